import { type FindTerms, splitsAtEquals, type TextFinder } from './text-finder.ts';
import { type ColumnPlace, ID_LENGTH, type TraceColumns } from './trace-columns.ts';

/** By number: whether what is looked for is in it. */
interface FoundNumbers {
  readonly pairs: Uint8Array;
  readonly operations: Uint8Array;
  readonly spans: ReadonlySet<number>;
}

/** Looks into spans that are columns: each attribute and each name once, whoever has it. */
export function createColumnFinder(
  find: FindTerms,
  finder: TextFinder,
): (place: ColumnPlace) => boolean {
  const known = new Map<TraceColumns, FoundNumbers>();
  return ({ columns, row }) => {
    let found = known.get(columns);
    if (found === undefined) {
      found = findNumbers(columns, find, finder);
      known.set(columns, found);
    }
    return isFound(columns, row, found);
  };
}

function isFound(columns: TraceColumns, row: number, found: FoundNumbers): boolean {
  if (found.operations[columns.operationOf[row] ?? 0] === 1 || found.spans.has(row)) return true;
  const { tags, tagStarts } = columns;
  const end = tagStarts[row + 1] ?? 0;
  for (let at = tagStarts[row] ?? 0; at < end; at++) {
    if (found.pairs[tags[at] ?? 0] === 1) return true;
  }
  const events = columns.events.get(row) ?? [];
  return events.some(({ fields }) => fields.some((pair) => found.pairs[pair] === 1));
}

function findNumbers(
  columns: TraceColumns,
  { terms }: FindTerms,
  finder: TextFinder,
): FoundNumbers {
  const { operations, spanIds } = columns;
  const ids = terms.filter(({ length }) => length === ID_LENGTH);
  return {
    pairs: findPairs(columns, terms, finder),
    operations: Uint8Array.from(operations, (name) => (finder.inText(name) ? 1 : 0)),
    spans: new Set(ids.flatMap((id) => rowsOfId(spanIds, id))),
  };
}

function rowsOfId(spanIds: string, id: string): readonly number[] {
  const rows: number[] = [];
  for (let at = spanIds.indexOf(id); at >= 0; at = spanIds.indexOf(id, at + 1)) {
    if (at % ID_LENGTH === 0) rows.push(at / ID_LENGTH);
  }
  return rows;
}

/** As `TextFinder.inAttribute` would. */
function findPairs(
  { pairs }: TraceColumns,
  terms: readonly string[],
  finder: TextFinder,
): Uint8Array {
  const found = new Uint8Array(pairs.count);
  for (const term of terms) {
    pairs.eachWith(term, (pair) => {
      found[pair] = 1;
    });
  }
  const isExcluded = pairs.keys.map((key) => finder.isExcluded(key));
  const isInKey = pairs.keys.map((key) => finder.inText(key));
  const splits = pairs.keys.map((key) => valueStarts(key, terms));
  for (let pair = 0; pair < pairs.count; pair++) {
    const key = pairs.keyOf[pair] ?? 0;
    if (isExcluded[key] === true) found[pair] = 0;
    else if (isInKey[key] === true) found[pair] = 1;
    else if (found[pair] === 0) {
      const starts = splits[key] ?? [];
      if (starts.length === 0) continue;
      const value = pairs.value(pair).toLowerCase();
      if (starts.some((start) => value.startsWith(start))) found[pair] = 1;
    }
  }
  return found;
}

/** With which of them behind the equals sign a term is in `key=value`. */
function valueStarts(key: string, terms: readonly string[]): readonly string[] {
  const lower = key.toLowerCase();
  return terms
    .flatMap(splitsAtEquals)
    .filter(([end]) => lower.endsWith(end))
    .map(([, start]) => start);
}
