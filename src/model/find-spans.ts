import type { TextAttribute, TimelineSpan } from './timeline-span.ts';
import type { TreeRow } from './trace-tree.ts';

/** What is looked for: any of the terms, in any text that is not under an excluded key. */
export interface FindTerms {
  readonly terms: readonly string[];
  /** Parts of keys. */
  readonly excludedKeys: readonly string[];
}

/** Looks into texts. Each distinct one is looked at once, however many spans have it. */
export interface TextFinder {
  /** Names of services and operations. */
  inText(text: string): boolean;
  /** In the key, the value, or `key=value`, unless the key is excluded. */
  inAttribute(key: string, value: string): boolean;
  isSpanId(spanId: string): boolean;
}

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

/** Remembers what it has looked at: make one for each text that is looked for. */
export function createTextFinder({ terms, excludedKeys }: FindTerms): TextFinder {
  const plain = remembering((text) => terms.some((term) => text.includes(term)));
  const excluded = remembering((key) => excludedKeys.some((part) => key.includes(part)));
  const pairs = terms.flatMap(splitsAtEquals);
  // What both parts have been compared with is decided by each of them: look at them once as well.
  const endings = pairs.map(([end]) => remembering((key) => key.endsWith(end)));
  const beginnings = pairs.map(([, start]) => remembering((value) => value.startsWith(start)));
  return {
    inText: plain,
    inAttribute: (key, value) =>
      !excluded(key) &&
      (plain(key) ||
        plain(value) ||
        endings.some((ends, index) => ends(key) && beginnings[index]?.(value) === true)),
    isSpanId: (spanId) => terms.includes(spanId),
  };
}

/** Indexes of the matching rows, ascending. Ghost rows match by their span id. */
export function findRows(rows: readonly TreeRow[], text: string): readonly number[] {
  const find = parseFind(text);
  if (find.terms.length === 0) return [];
  const finder = createTextFinder(find);
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
    if (inProcess || inSpan(row.span, finder)) found.push(row.index);
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

/** `a=b` is in `key=value` when the key ends with `a` and the value starts with `b`. */
function splitsAtEquals(term: string): readonly (readonly [string, string])[] {
  return [...term.matchAll(/=/g)].map(({ index }) => [term.slice(0, index), term.slice(index + 1)]);
}

/** `look` gets the text in lower case. */
function remembering(look: (text: string) => boolean): (text: string) => boolean {
  const known = new Map<string, boolean>();
  return (text) => {
    let answer = known.get(text);
    if (answer === undefined) {
      answer = look(text.toLowerCase());
      known.set(text, answer);
    }
    return answer;
  };
}
