import type { SortChoice } from '../../../../components/data-table.tsx';
import { readSort, writeSort } from '../view-sort.ts';
import { viewParam } from '../view-search.ts';

/** Which spans are listed, and in which order; all of it is in the address. */
export interface SpansChoice {
  /** Empty for all. */
  readonly services: ReadonlySet<string>;
  readonly operations: ReadonlySet<string>;
  readonly sort: SortChoice;
}

const FIRST_SORT: SortChoice = { column: 'start', descending: false };

export function readSpansChoice(search: string): SpansChoice {
  return {
    services: readNames(viewParam(search, 'spanServices')),
    operations: readNames(viewParam(search, 'spanOperations')),
    sort: readSort(viewParam(search, 'spanSort'), FIRST_SORT),
  };
}

export function writeSpansChoice(
  choice: SpansChoice,
): Readonly<Record<string, string | undefined>> {
  return {
    spanServices: writeNames(choice.services),
    spanOperations: writeNames(choice.operations),
    spanSort: writeSort(choice.sort, FIRST_SORT),
  };
}

/** Names may hold any character, so they stand as a JSON array. */
function writeNames(names: ReadonlySet<string>): string | undefined {
  return names.size === 0 ? undefined : JSON.stringify([...names]);
}

/** An address may have been written by hand: what is no list names nothing. */
function readNames(text: string): ReadonlySet<string> {
  try {
    const names: unknown = text === '' ? [] : JSON.parse(text);
    return new Set(Array.isArray(names) ? names.filter((name) => typeof name === 'string') : []);
  } catch {
    return new Set();
  }
}
