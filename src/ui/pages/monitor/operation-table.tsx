import './operation-table.css';
import { type CSSProperties, type ReactElement, type ReactNode, useMemo, useState } from 'react';
import {
  type MetricTrend,
  operationMetrics,
  type OperationMetrics,
} from '../../../model/service-metrics.ts';
import { METRIC_STEP_MS, type MetricsAnswers } from '../../api/service-metrics.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { WaitNotice } from '../../components/notice.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { columnShare } from '../../number-text.ts';
import { followLink } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { monitorText } from '../../text/monitor-text.ts';
import { Latency, rateCell } from './metric-cells.tsx';
import { shareText } from './metric-text.ts';

/** More points than pixels would only blur a line. */
const TREND_POINTS_MAX = 96;

interface OperationTableProps {
  /** By operation: latencies p95, calls, errors. Undefined until they have come. */
  readonly families: MetricsAnswers['families'];
  /** Address of a search for an operation's traces. */
  readonly hrefOf: (operation: string) => string;
}

/** How each operation of a service has been doing, where most time goes first. */
export function OperationTable({ families, hrefOf }: OperationTableProps): ReactElement {
  const [find, setFind] = useState('');
  const rows = useMemo(() => {
    if (families === undefined) return undefined;
    const [latencies = [], calls = [], errors = []] = families;
    return operationMetrics({ latencies, calls, errors }, METRIC_STEP_MS);
  }, [families]);
  const wanted = find.trim().toLowerCase();
  const found = rows?.filter(({ name }) => name.toLowerCase().includes(wanted));
  return (
    <section className="operation-table" aria-label={monitorText.operations}>
      <div className="operation-table-head">
        <h2>{monitorText.operations}</h2>
        <input
          type="search"
          className="input"
          aria-label={monitorText.findOperation}
          placeholder={monitorText.findOperation}
          value={find}
          onChange={(event) => {
            setFind(event.currentTarget.value);
          }}
        />
      </div>
      {found === undefined ? (
        <WaitNotice>{monitorText.loading}</WaitNotice>
      ) : (
        <DataTable
          caption={monitorText.operations}
          columns={columnsOf(hrefOf)}
          rows={found}
          rowKey={({ name }) => name}
          empty={rows?.length === 0 ? monitorText.noOperations : text.noMatch}
        />
      )}
    </section>
  );
}

function columnsOf(hrefOf: (operation: string) => string): readonly Column<OperationMetrics>[] {
  return [
    {
      id: 'name',
      title: monitorText.name,
      cell: ({ name }) => <SafeText>{name}</SafeText>,
      sortValue: ({ name }) => name,
    },
    trendColumn(
      'latency',
      monitorText.p95Latency,
      ({ latencyMs }) => latencyMs,
      (ms) => <Latency ms={ms} />,
    ),
    trendColumn('requests', monitorText.requestRate, ({ requestRate }) => requestRate, rateCell),
    trendColumn('errors', monitorText.errorRate, ({ errorShare }) => errorShare, columnShare),
    {
      id: 'impact',
      title: monitorText.impact,
      hint: monitorText.impactHint,
      align: 'end',
      cell: ({ impact }) => <Impact share={impact} />,
      sortValue: ({ impact }) => impact,
    },
    {
      id: 'traces',
      title: monitorText.traces,
      cell: ({ name }) => (
        <a
          className="operation-table-link"
          href={hrefOf(name)}
          aria-label={monitorText.viewTracesOf(name)}
          onClick={followLink}
        >
          {monitorText.viewTraces}
        </a>
      ),
    },
  ];
}

function trendColumn(
  id: string,
  title: string,
  trendOf: (row: OperationMetrics) => MetricTrend,
  valueCell: (value: number) => ReactNode,
): Column<OperationMetrics> {
  return {
    id,
    title,
    align: 'end',
    cell: (row) => {
      const { mean, values } = trendOf(row);
      return (
        <span className="operation-trend">
          <Sparkline values={thinned(values)} label={monitorText.trend(title)} />
          <span className="operation-trend-value">
            {Number.isNaN(mean) ? '–' : valueCell(mean)}
          </span>
        </span>
      );
    },
    sortValue: (row) => trendOf(row).mean,
  };
}

function Impact({ share }: { share: number }): ReactElement {
  if (Number.isNaN(share)) return <>–</>;
  const part: CSSProperties = { width: `${share * 100}%` };
  return (
    <span className="operation-impact">
      <span className="operation-impact-bar" aria-hidden="true">
        <span style={part} />
      </span>
      <span className="operation-impact-value">{shareText(Math.round(share * 100) / 100)}</span>
    </span>
  );
}

/** Of each run of neighbours the largest, so that no peak is lost. */
function thinned(values: readonly (number | undefined)[]): readonly (number | undefined)[] {
  const run = Math.ceil(values.length / TREND_POINTS_MAX);
  if (run <= 1) return values;
  return Array.from({ length: Math.ceil(values.length / run) }, (_, index) => {
    const known = values.slice(index * run, (index + 1) * run).filter((one) => one !== undefined);
    return known.length === 0 ? undefined : Math.max(...known);
  });
}
