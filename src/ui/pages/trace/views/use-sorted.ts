import { useCallback } from 'react';
import { sortSteps } from '../../../../model/sorted-order.ts';
import type { InTurns } from '../../../../model/in-turns.ts';
import type { Column, SortChoice } from '../../../components/data-table.tsx';
import { useInTurns } from '../../../components/use-in-turns.ts';

/** Beyond, sorting takes longer than a click may. */
const AT_ONCE_MAX = 3_000;

/**
 * The rows in the order of a column. Very many keep their order until they have the new one: the page
 * can answer meanwhile. Undefined until there is a first order.
 */
export function useSorted<Row>(
  rows: readonly Row[] | undefined,
  columns: readonly Column<Row>[],
  sort: SortChoice | undefined,
): readonly Row[] | undefined {
  const sortValue = columns.find(({ id }) => id === sort?.column)?.sortValue;
  const descending = sort?.descending ?? false;
  const start = useCallback(
    () => sortedRows(rows, sortValue, descending),
    [rows, sortValue, descending],
  );
  const isLittle = rows === undefined || sortValue === undefined || rows.length <= AT_ONCE_MAX;
  return useInTurns(start, isLittle).result;
}

function* sortedRows<Row>(
  rows: readonly Row[] | undefined,
  sortValue: Column<Row>['sortValue'],
  descending: boolean,
): InTurns<readonly Row[] | undefined> {
  if (rows === undefined || sortValue === undefined) return rows;
  return yield* sortSteps(rows, sortValue, descending);
}
