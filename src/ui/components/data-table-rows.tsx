import {
  type KeyboardEvent,
  memo,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useRef,
  useState,
} from 'react';
import { useRowWindow } from './use-row-window.ts';

const KEY_STEPS: Readonly<Partial<Record<string, number>>> = {
  ArrowDown: 1,
  ArrowUp: -1,
  PageDown: 10,
  PageUp: -10,
  Home: -Infinity,
  End: Infinity,
};

/** What rows are made of: the table's columns without their heads. */
export interface RowsProps<Row> {
  readonly columns: readonly CellColumn<Row>[];
  readonly rows: readonly Row[];
  readonly rowKey: (row: Row) => string;
  /** Called for a click on a row beside its links and buttons, and for Enter on it. */
  readonly onRow?: (row: Row) => void;
  /** Why the row stands out. */
  readonly rowMark?: (row: Row) => RowMark | undefined;
}

export interface CellColumn<Row> {
  readonly id: string;
  readonly cell: (row: Row) => ReactNode;
  /** `end` is for numbers and durations: they are never wrapped or cut off. */
  readonly align?: 'start' | 'end';
}

type RowMark = 'found' | 'error' | 'selected';

/** Every row, for tables of a length that a browser lays out at once. */
export function AllRows<Row>(props: RowsProps<Row>): ReactElement {
  const { rows, rowKey, columns, onRow, rowMark } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const { active, onKeyDown } = useActiveRow(props, (index) => {
    focusRow(body, index);
  });
  return (
    <tbody ref={body} onKeyDown={onKeyDown}>
      {rows.map((row, index) => (
        <TableRow
          key={rowKey(row)}
          {...{ row, index, columns, onRow, rowMark }}
          active={index === active}
        />
      ))}
    </tbody>
  );
}

type WindowedRowsProps<Row> = RowsProps<Row> & {
  readonly scroller: HTMLDivElement | null;
};

/** The rows in sight and the one with the focus; empty rows keep the place of the others. */
export function WindowedRows<Row>(props: WindowedRowsProps<Row>): ReactElement {
  const { rows, rowKey, columns, onRow, rowMark, scroller } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const { first, end, places, reveal } = useRowWindow(rows, scroller, body);
  const { active, onKeyDown } = useActiveRow(props, (index) => {
    reveal(index);
    // The row may come into being with the next frame only.
    if (!focusRow(body, index)) requestAnimationFrame(() => focusRow(body, index));
  });
  const indexes = Array.from({ length: end - first }, (_, at) => first + at);
  // The row that the keys are on stays, so that the focus is not lost while one scrolls.
  if (onRow !== undefined && active >= 0 && active < first) indexes.unshift(active);
  if (onRow !== undefined && active >= end) indexes.push(active);
  const lines: ReactElement[] = [];
  let reached = 0;
  const leaveGap = (to: number): void => {
    if (to > reached) {
      lines.push(<Gap key={`gap-${lines.length}`} height={to - reached} {...{ columns }} />);
    }
  };
  for (const index of indexes) {
    const row = rows[index];
    if (row === undefined) continue;
    leaveGap(places.top(index));
    reached = places.top(index + 1);
    lines.push(
      <TableRow
        key={rowKey(row)}
        {...{ row, index, columns, onRow, rowMark }}
        active={index === active}
        windowed
      />,
    );
  }
  leaveGap(places.totalPx());
  return (
    <tbody ref={body} onKeyDown={onKeyDown}>
      {lines}
    </tbody>
  );
}

function Gap({ height, columns }: { height: number; columns: readonly unknown[] }): ReactElement {
  return (
    <tr className="data-table-gap" aria-hidden>
      <td colSpan={columns.length} style={{ height }} />
    </tr>
  );
}

interface TableRowProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly columns: readonly CellColumn<Row>[];
  readonly onRow: ((row: Row) => void) | undefined;
  readonly rowMark: ((row: Row) => RowMark | undefined) | undefined;
  readonly active: boolean;
  readonly windowed?: boolean;
}

/** Drawn anew only when it changes, not with each scroll. The assertion keeps the type parameter. */
const TableRow = memo(function TableRow<Row>(props: TableRowProps<Row>): ReactElement {
  const { row, index, active, columns, onRow, rowMark, windowed = false } = props;
  return (
    <tr
      data-index={index}
      data-mark={rowMark?.(row)}
      data-choosable={onRow !== undefined}
      aria-rowindex={windowed ? index + 2 : undefined}
      tabIndex={onRow === undefined ? undefined : active ? 0 : -1}
      onClick={(event) => {
        if (!isOnControl(event.target)) onRow?.(row);
      }}
    >
      {columns.map((column) => (
        <Cell key={column.id} column={column} row={row} />
      ))}
    </tr>
  );
}) as <Row>(props: TableRowProps<Row>) => ReactElement;

function Cell<Row>({ column, row }: { column: CellColumn<Row>; row: Row }): ReactElement {
  return <td data-align={column.align}>{column.cell(row)}</td>;
}

/** The row that Tab leads to, and the keys that go on from it. */
function useActiveRow<Row>(
  { rows, onRow }: RowsProps<Row>,
  show: (index: number) => void,
): { active: number; onKeyDown: (event: KeyboardEvent) => void } {
  const [chosen, setChosen] = useState(0);
  const active = Math.min(chosen, rows.length - 1);
  const onKeyDown = (event: KeyboardEvent): void => {
    if (onRow === undefined || isOnControl(event.target)) return;
    const at = Number(rowOf(event.target)?.dataset['index'] ?? active);
    const row = rows[at];
    if (event.key === 'Enter' && row !== undefined) {
      onRow(row);
      return;
    }
    const step = KEY_STEPS[event.key];
    if (step === undefined) return;
    event.preventDefault();
    // The page has keys of its own for the same.
    event.stopPropagation();
    const next = Math.min(rows.length - 1, Math.max(0, at + step));
    setChosen(next);
    show(next);
  };
  return { active, onKeyDown };
}

function focusRow(body: RefObject<HTMLElement | null>, index: number): boolean {
  const row = body.current?.querySelector<HTMLElement>(`tr[data-index="${index}"]`);
  row?.focus();
  return row !== null && row !== undefined;
}

function rowOf(target: EventTarget): HTMLElement | null {
  return target instanceof Element ? target.closest('tr') : null;
}

function isOnControl(target: EventTarget): boolean {
  return target instanceof Element && target.closest('a, button, input, select, summary') !== null;
}
