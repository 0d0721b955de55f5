import type { SortChoice } from '../../../components/data-table.tsx';

/** `duration` or, from the largest, `-duration`: how addresses write the order of a table. */
export function readSort(text: string, otherwise: SortChoice): SortChoice {
  if (text === '') return otherwise;
  const descending = text.startsWith('-');
  return { column: descending ? text.slice(1) : text, descending };
}

/** Undefined for the order that needs no mention. */
export function writeSort(sort: SortChoice, otherwise: SortChoice): string | undefined {
  const same = sort.column === otherwise.column && sort.descending === otherwise.descending;
  return same ? undefined : `${sort.descending ? '-' : ''}${sort.column}`;
}
