import { createColumnFinder } from './find-columns.ts';
import { createTextFinder, type FindTerms, type TextFinder } from './text-finder.ts';
import type { TextAttribute, TimelineSpan } from './timeline-span.ts';
import { columnsOf } from './trace-columns.ts';
import type { TreeRow } from './trace-tree.ts';

/** Words are alternatives, quotes keep words together, `-key` leaves values of such keys out. */
export function parseFind(text: string): FindTerms {
  const terms: string[] = [];
  const excludedKeys: string[] = [];
  for (const [, quoted, word] of text.toLowerCase().matchAll(/"([^"]*)"?|([^\s"]+)/g)) {
    if (word?.startsWith('-') === true && word.length > 1) excludedKeys.push(word.slice(1));
    else if (word !== undefined) terms.push(word);
    else if (quoted !== undefined && quoted !== '') terms.push(quoted);
  }
  return { terms, excludedKeys };
}

/** Indexes of the matching rows, ascending. Ghost rows match by their span id. */
export function findRows(rows: readonly TreeRow[], text: string): readonly number[] {
  const find = parseFind(text);
  if (find.terms.length === 0) return [];
  const finder = createTextFinder(find);
  const inColumns = createColumnFinder(find, finder);
  const processes = new Map<TimelineSpan['process'], boolean>();
  const found: number[] = [];
  for (const row of rows) {
    if (row.type === 'ghost') {
      if (finder.isSpanId(row.spanId)) found.push(row.index);
      continue;
    }
    const { process } = row.span;
    // Thousands of spans share a process: look into each one once.
    let inProcess = processes.get(process);
    if (inProcess === undefined) {
      inProcess = finder.inText(process.serviceName) || inAttributes(process.tags, finder);
      processes.set(process, inProcess);
    }
    const place = columnsOf(row.span);
    if (inProcess || (place === undefined ? inSpan(row.span, finder) : inColumns(place))) {
      found.push(row.index);
    }
  }
  return found;
}

function inSpan(span: TimelineSpan, finder: TextFinder): boolean {
  return (
    finder.isSpanId(span.spanId) ||
    finder.inText(span.operationName) ||
    inAttributes(span.tags, finder) ||
    span.events.some(({ fields }) => inAttributes(fields, finder))
  );
}

function inAttributes(attributes: readonly TextAttribute[], finder: TextFinder): boolean {
  return attributes.some(({ key, value }) => finder.inAttribute(key, value));
}
