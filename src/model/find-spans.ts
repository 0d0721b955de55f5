import type { TextAttribute, TimelineSpan } from './timeline-span.ts';
import type { TreeRow } from './trace-tree.ts';

/** What is looked for: any of the terms, in any text that is not under an excluded key. */
export interface FindTerms {
  readonly terms: readonly string[];
  readonly excludedKeys: ReadonlySet<string>;
}

/** Words are alternatives, quotes keep words together, `-key` leaves a key's values out. */
export function parseFind(text: string): FindTerms {
  const terms: string[] = [];
  const excludedKeys = new Set<string>();
  for (const [, quoted, word] of text.toLowerCase().matchAll(/"([^"]*)"?|(\S+)/g)) {
    if (word?.startsWith('-') === true && word.length > 1) excludedKeys.add(word.slice(1));
    else if (word !== undefined) terms.push(word);
    else if (quoted !== undefined && quoted !== '') terms.push(quoted);
  }
  return { terms, excludedKeys };
}

/** Indexes of the matching rows, ascending. Ghost rows match by their span id. */
export function findRows(rows: readonly TreeRow[], text: string): readonly number[] {
  const find = parseFind(text);
  if (find.terms.length === 0) return [];
  const processes = new Map<TimelineSpan['process'], boolean>();
  const matches = (row: TreeRow): boolean => {
    if (row.type === 'ghost') return find.terms.includes(row.spanId);
    const { process } = row.span;
    // Thousands of spans share a process: look into each one once.
    let inProcess = processes.get(process);
    if (inProcess === undefined) {
      inProcess = inText(process.serviceName, find) || inAttributes(process.tags, find);
      processes.set(process, inProcess);
    }
    return inProcess || inSpan(row.span, find);
  };
  return rows.filter(matches).map((row) => row.index);
}

function inSpan(span: TimelineSpan, find: FindTerms): boolean {
  return (
    find.terms.includes(span.spanId) ||
    inText(span.operationName, find) ||
    inAttributes(span.tags, find) ||
    span.events.some((event) => inAttributes(event.fields, find))
  );
}

function inAttributes(attributes: readonly TextAttribute[], find: FindTerms): boolean {
  return attributes.some(
    ({ key, value }) =>
      !find.excludedKeys.has(key.toLowerCase()) && inText(`${key}=${value}`, find),
  );
}

function inText(text: string, find: FindTerms): boolean {
  const lower = text.toLowerCase();
  return find.terms.some((term) => lower.includes(term));
}
