import { defaultRangeExtractor, useVirtualizer } from '@tanstack/react-virtual';
import {
  type KeyboardEvent,
  type ReactElement,
  type ReactNode,
  type RefObject,
  useRef,
  useState,
} from 'react';

/** Until a row is measured; also what a row of one line takes. */
const ROW_PX = 32;
/** The head covers the first of the scrolled area. */
const HEAD_PX = 34;
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

export type RowMark = 'found' | 'error' | 'selected';

/** Every row, for tables of a length that a browser lays out at once. */
export function AllRows<Row>(props: RowsProps<Row>): ReactElement {
  const { rows, rowKey } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const { active, onKeyDown } = useActiveRow(props, (index) => {
    focusRow(body, index);
  });
  return (
    <tbody ref={body} onKeyDown={onKeyDown}>
      {rows.map((row, index) => (
        <TableRow key={rowKey(row)} {...{ ...props, row, index }} active={index === active} />
      ))}
    </tbody>
  );
}

type WindowedRowsProps<Row> = RowsProps<Row> & {
  readonly scroller: HTMLDivElement | null;
};

/** The rows in sight and the one with the focus; empty rows keep the place of the others. */
export function WindowedRows<Row>(props: WindowedRowsProps<Row>): ReactElement {
  const { rows, rowKey, columns, scroller } = props;
  const body = useRef<HTMLTableSectionElement>(null);
  const { active, onKeyDown } = useActiveRow(props, (index) => {
    virtualizer.scrollToIndex(index, { align: 'auto' });
    // The row may come into being with the next frame only.
    if (!focusRow(body, index)) requestAnimationFrame(() => focusRow(body, index));
  });
  // eslint-disable-next-line react-hooks/incompatible-library -- its result stays in this component
  const virtualizer = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller,
    estimateSize: () => ROW_PX,
    getItemKey: (index) => {
      const row = rows[index];
      return row === undefined ? index : rowKey(row);
    },
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX,
    overscan: 12,
    // The row that the keys are on stays, so that the focus is not lost while one scrolls.
    rangeExtractor: (range) => withActive(defaultRangeExtractor(range), active, props),
  });
  const lines: ReactElement[] = [];
  let reached = HEAD_PX;
  for (const item of virtualizer.getVirtualItems()) {
    const row = rows[item.index];
    if (row === undefined) continue;
    if (item.start > reached) {
      lines.push(<Gap key={`gap-${item.index}`} height={item.start - reached} {...{ columns }} />);
    }
    reached = item.end;
    lines.push(
      <TableRow
        key={item.key}
        {...{ ...props, row }}
        index={item.index}
        active={item.index === active}
        measure={virtualizer.measureElement}
      />,
    );
  }
  const end = virtualizer.getTotalSize() + HEAD_PX;
  if (end > reached) lines.push(<Gap key="gap" height={end - reached} {...{ columns }} />);
  return (
    <tbody ref={body} onKeyDown={onKeyDown}>
      {lines}
    </tbody>
  );
}

function withActive<Row>(
  indexes: number[],
  active: number,
  { onRow, rows }: RowsProps<Row>,
): number[] {
  if (onRow === undefined || active >= rows.length || indexes.includes(active)) return indexes;
  return [...indexes, active].sort((a, b) => a - b);
}

function Gap({ height, columns }: { height: number; columns: readonly unknown[] }): ReactElement {
  return (
    <tr className="data-table-gap" aria-hidden>
      <td colSpan={columns.length} style={{ height }} />
    </tr>
  );
}

interface TableRowProps<Row> extends RowsProps<Row> {
  readonly row: Row;
  readonly index: number;
  readonly active: boolean;
  readonly measure?: (element: HTMLTableRowElement | null) => void;
}

function TableRow<Row>(props: TableRowProps<Row>): ReactElement {
  const { row, index, active, columns, onRow, rowMark, measure } = props;
  return (
    <tr
      ref={measure}
      data-index={index}
      data-mark={rowMark?.(row)}
      data-choosable={onRow !== undefined}
      aria-rowindex={measure === undefined ? undefined : index + 2}
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
}

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
