import type { ReactElement } from 'react';
import { traceIdPart } from '../../../model/trace-id.ts';
import type { FoundTrace } from '../../api/found-trace.ts';
import { type Column, DataTable, type SortChoice } from '../../components/data-table.tsx';
import { Duration } from '../../components/duration.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { useEmbed } from '../../config/embed.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { wholeNumber } from '../../number-text.ts';
import { followLink } from '../../routing.ts';
import { resultsText } from '../../text/results-text.ts';
import { dayAndTime } from '../../time-text.ts';
import { CompareBox } from './compare-box.tsx';
import { TraceName } from './result-row.tsx';
import type { TraceOrder } from './sort-traces.ts';

interface ResultTableProps {
  readonly traces: readonly FoundTrace[];
  readonly traceHrefOf: (traceId: string) => string;
  readonly order: TraceOrder;
  readonly onOrder: (order: TraceOrder) => void;
}

const MAX_SERVICES = 4;

/** A column's two orders: falling, rising. */
const ORDERS: Readonly<Record<string, readonly [falling: TraceOrder, rising: TraceOrder]>> = {
  name: ['name-reversed', 'name'],
  duration: ['longest', 'shortest'],
  spans: ['spans', 'least-spans'],
  errors: ['errors', 'least-errors'],
  start: ['recent', 'oldest'],
};

/** The same traces as the list, a column for each number. */
export function ResultTable({
  traces,
  traceHrefOf,
  order,
  onOrder,
}: ResultTableProps): ReactElement {
  const { traceIdDisplayLength } = useUiConfig();
  const { embedded } = useEmbed();
  const columns = columnsOf(traceHrefOf, traceIdDisplayLength);
  return (
    <section className="panel result-table">
      <DataTable
        caption={resultsText.tableCaption}
        columns={embedded ? columns.slice(1) : columns}
        rows={traces}
        rowKey={(trace) => trace.traceId}
        sort={sortOf(order)}
        onSort={({ column, descending }) => {
          const chosen = ORDERS[column]?.[descending ? 0 : 1];
          if (chosen !== undefined) onOrder(chosen);
        }}
      />
    </section>
  );
}

function sortOf(order: TraceOrder): SortChoice {
  const [column = '', orders] =
    Object.entries(ORDERS).find(([, choices]) => choices.includes(order)) ?? [];
  return { column, descending: orders?.[0] === order };
}

type TraceColumn = Column<FoundTrace>;

function columnsOf(
  traceHrefOf: (traceId: string) => string,
  idLength: number,
): readonly TraceColumn[] {
  const { columns } = resultsText;
  return [
    {
      id: 'compare',
      title: columns.compare,
      width: '3rem',
      cell: (trace) => <CompareBox trace={trace} />,
    },
    {
      id: 'name',
      width: '19rem',
      title: columns.name,
      sortValue: (trace) => `${trace.rootService} ${trace.rootOperation}`,
      cell: (trace) => (
        <a href={traceHrefOf(trace.traceId)} onClick={followLink}>
          <TraceName trace={trace} />
        </a>
      ),
    },
    {
      id: 'traceId',
      title: columns.traceId,
      width: '6rem',
      cell: ({ traceId }) => <span className="mono">{traceIdPart(traceId, idLength)}</span>,
    },
    numberColumn('duration', (trace) => trace.durationUs, {
      cell: (trace) => <Duration us={trace.durationUs} />,
    }),
    numberColumn('spans', (trace) => trace.spanCount),
    numberColumn('errors', (trace) => trace.errorCount, {
      cell: ({ errorCount }) => (
        <span className="result-errors" data-error={errorCount > 0}>
          {wholeNumber(errorCount)}
        </span>
      ),
    }),
    { id: 'services', title: columns.services, cell: (trace) => <Services trace={trace} /> },
    numberColumn('start', (trace) => trace.startUs, {
      width: '11rem',
      cell: (trace) => dayAndTime(trace.startUs),
    }),
  ];
}

function numberColumn(
  id: 'duration' | 'spans' | 'errors' | 'start',
  sortValue: (trace: FoundTrace) => number,
  other: Partial<TraceColumn> = {},
): TraceColumn {
  return {
    id,
    title: resultsText.columns[id],
    align: 'end',
    width: '6.5rem',
    sortValue,
    cell: (trace) => wholeNumber(sortValue(trace)),
    ...other,
  };
}

function Services({ trace: { services } }: { trace: FoundTrace }): ReactElement {
  return (
    <span className="result-services">
      {services.slice(0, MAX_SERVICES).map(({ name }) => (
        <ServiceDot key={name} name={name} />
      ))}
      {services.length > MAX_SERVICES && (
        <span className="muted">+{services.length - MAX_SERVICES}</span>
      )}
    </span>
  );
}
