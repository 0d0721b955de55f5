import './metrics-table.css';
import { type ReactElement, type ReactNode, useMemo, useState } from 'react';
import { type Column, DataTable } from '../../components/data-table.tsx';
import type { ChartData, ChartLine } from '../../components/time-chart.tsx';
import { monitorText } from '../../text/monitor-text.ts';
import { dayAndTime } from '../../time-text.ts';

interface MetricsTableProps {
  readonly data: ChartData;
  /** How the values of each line are written. */
  readonly cells: readonly ((value: number) => ReactNode)[];
  readonly onTime: (timeMs: number) => void;
}

/** The numbers behind the charts, once they are asked for. */
export function MetricsTable({ data, cells, onTime }: MetricsTableProps): ReactElement {
  const [open, setOpen] = useState(false);
  const title = [monitorText.latency, monitorText.errorRate, monitorText.requestRate].join(', ');
  return (
    <details
      className="metrics-table"
      onToggle={(event) => {
        setOpen(event.currentTarget.open);
      }}
    >
      <summary>{monitorText.asTable(title)}</summary>
      {open && (
        <>
          <p className="muted">{monitorText.tracesOfMinute}</p>
          <Numbers {...{ data, cells, onTime }} caption={title} />
        </>
      )}
    </details>
  );
}

interface TimeRow {
  readonly timeMs: number;
  /** Position in the lines' values. */
  readonly index: number;
}

function Numbers({
  data,
  cells,
  onTime,
  caption,
}: MetricsTableProps & { readonly caption: string }): ReactElement {
  const columns = useMemo(() => columnsOf(data.lines, cells), [data, cells]);
  const rows = useMemo(() => data.timesMs.map((timeMs, index) => ({ timeMs, index })), [data]);
  return (
    <DataTable
      caption={caption}
      columns={columns}
      rows={rows}
      rowKey={({ timeMs }) => String(timeMs)}
      onRow={({ timeMs }) => {
        onTime(timeMs);
      }}
      empty={monitorText.noPoints}
    />
  );
}

function columnsOf(
  lines: readonly ChartLine[],
  cells: readonly ((value: number) => ReactNode)[],
): readonly Column<TimeRow>[] {
  return [
    {
      id: 'time',
      title: monitorText.time,
      cell: ({ timeMs }) => <span className="numbers">{dayAndTime(timeMs * 1_000)}</span>,
      sortValue: ({ timeMs }) => timeMs,
    },
    ...lines.map(({ label, values }, line): Column<TimeRow> => ({
      id: label,
      title: label,
      align: 'end',
      cell: ({ index }) => {
        const value = values[index];
        return value === undefined ? '–' : cells[line]?.(value);
      },
      sortValue: ({ index }) => values[index] ?? NaN,
    })),
  ];
}
