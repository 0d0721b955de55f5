import './data-table.css';
import { ArrowDown, ArrowUp } from 'lucide-react';
import { type ReactElement, type ReactNode, useMemo, useState } from 'react';
import { sortedBy } from '../../model/sorted-order.ts';
import { AllRows, type CellColumn, type RowsProps, WindowedRows } from './data-table-rows.tsx';

/** More rows than this are drawn only where they are in sight. */
const WINDOWED_FROM = 200;
/** What a column without a width gets at least, in a table too long to be measured as a whole. */
const TEXT_WIDTH = '11rem';
const NUMBER_WIDTH = '8rem';

export interface Column<Row> extends CellColumn<Row> {
  readonly title: string;
  /** Said when the title is pointed at. */
  readonly hint?: string;
  /** A column with one can be sorted by; NaN stands for "no value" and is always last. */
  readonly sortValue?: (row: Row) => number | string;
  /** A CSS length. */
  readonly width?: string;
}

export interface SortChoice {
  readonly column: string;
  readonly descending: boolean;
}

interface DataTableProps<Row> extends RowsProps<Row> {
  /** Read aloud only. */
  readonly caption: string;
  readonly columns: readonly Column<Row>[];
  /** Without it the table keeps its own order, at first the one of the rows. */
  readonly sort?: SortChoice;
  /** The rows come in the order that `sort` names: the table has only to say so. */
  readonly isSorted?: boolean;
  readonly onSort?: (sort: SortChoice) => void;
  /** Shown in place of rows when there are none. */
  readonly empty?: ReactNode;
}

/**
 * A table with a head that stays in sight and orders the rows. It scrolls within itself when it is
 * long, and then only the rows in sight exist. Rows that can be chosen are one stop of the Tab key;
 * the arrow keys go from row to row.
 */
export function DataTable<Row>(props: DataTableProps<Row>): ReactElement {
  const { caption, columns, rows, empty, isSorted = false } = props;
  const [ownSort, setOwnSort] = useState<SortChoice>();
  // A state, for the rows below need it once it is there.
  const [scroller, setScroller] = useState<HTMLDivElement | null>(null);
  const sort = props.sort ?? ownSort;
  const shown = useMemo(
    () => (isSorted ? rows : sortRows(rows, columns, sort)),
    [isSorted, rows, columns, sort],
  );
  const windowed = rows.length > WINDOWED_FROM;
  const sortable = columns.some(({ sortValue }) => sortValue !== undefined);
  return (
    <div
      className="data-table"
      ref={setScroller}
      role="group"
      aria-label={caption}
      data-windowed={windowed}
      // What scrolls must be reached by the keyboard, if not by way of its buttons.
      tabIndex={windowed || !sortable ? 0 : undefined}
    >
      <table
        aria-rowcount={windowed ? rows.length + 1 : undefined}
        style={windowed ? { minWidth: leastWidth(columns) } : undefined}
      >
        <caption className="only-read-aloud">{caption}</caption>
        <colgroup>
          {columns.map((column) => (
            <col key={column.id} style={{ width: columnWidth(column, windowed) }} />
          ))}
        </colgroup>
        <thead>
          <tr>
            {columns.map((column) => (
              <HeadCell
                key={column.id}
                column={column}
                sort={sort?.column === column.id ? sort : undefined}
                onSort={(choice) => {
                  setOwnSort(choice);
                  props.onSort?.(choice);
                }}
                // Of numbers, the largest are looked for first; of texts, the first.
                descendingFirst={column.align === 'end'}
              />
            ))}
          </tr>
        </thead>
        {windowed ? (
          <WindowedRows {...props} rows={shown} scroller={scroller} />
        ) : (
          <AllRows {...props} rows={shown} />
        )}
      </table>
      {rows.length === 0 && <div className="data-table-empty muted">{empty}</div>}
    </div>
  );
}

interface HeadCellProps<Row> {
  readonly column: Column<Row>;
  /** Undefined while another column orders the rows. */
  readonly sort: SortChoice | undefined;
  readonly onSort: (sort: SortChoice) => void;
  readonly descendingFirst: boolean;
}

function HeadCell<Row>({
  column,
  sort,
  onSort,
  descendingFirst,
}: HeadCellProps<Row>): ReactElement {
  const { id, title, hint, sortValue, align } = column;
  const descending = sort?.descending;
  if (sortValue === undefined) {
    return (
      <th scope="col" data-align={align} title={hint}>
        {title}
      </th>
    );
  }
  const order = descending === undefined ? 'none' : descending ? 'descending' : 'ascending';
  const Arrow = (descending ?? descendingFirst) ? ArrowDown : ArrowUp;
  return (
    <th scope="col" data-align={align} aria-sort={order} title={hint}>
      <button
        type="button"
        onClick={() => {
          const next = descending === undefined ? descendingFirst : !descending;
          onSort({ column: id, descending: next });
        }}
      >
        {title}
        <Arrow size={13} aria-hidden data-active={descending !== undefined} />
      </button>
    </th>
  );
}

function sortRows<Row>(
  rows: readonly Row[],
  columns: readonly Column<Row>[],
  sort: SortChoice | undefined,
): readonly Row[] {
  const sortValue = columns.find(({ id }) => id === sort?.column)?.sortValue;
  if (sort === undefined || sortValue === undefined) return rows;
  return sortedBy(rows, sortValue, sort.descending);
}

/** Only a few rows of a long table exist, so its columns cannot be as wide as their content. */
function columnWidth<Row>({ width, align }: Column<Row>, windowed: boolean): string | undefined {
  return width ?? (windowed && align === 'end' ? NUMBER_WIDTH : undefined);
}

function leastWidth<Row>(columns: readonly Column<Row>[]): string {
  const widths = columns.map((column) => columnWidth(column, true) ?? TEXT_WIDTH);
  return `calc(${widths.join(' + ')})`;
}
