import { SpanIdIndex } from './span-id-index.ts';
import type { TimelineSpan } from './timeline-span.ts';
import { columnsOf, ID_LENGTH } from './trace-columns.ts';

/** Which span is below which, by their positions in the list. */
export interface SpanLinks {
  /** By span: the position of its parent, `ROOT`, or of what never arrived, see `ghostOf`. */
  readonly parents: Int32Array;
  /** Ids of parents that never arrived. */
  readonly ghostIds: readonly string[];
}

export const ROOT = -1;

/** The index in `ghostIds` of a parent below `ROOT`. */
export function ghostOf(parent: number): number {
  return ROOT - 1 - parent;
}

/** Of spans with the same id, the first one is the parent. */
export function linkSpans(spans: readonly TimelineSpan[]): SpanLinks {
  const ids = idTable(spans);
  const ghosts = new Map<string, number>();
  const parents = new Int32Array(spans.length).fill(ROOT);
  for (let at = 0; at < spans.length; at++) {
    if (ids.isRoot(at)) continue;
    const parent = ids.parentOf(at);
    if (parent >= 0) {
      parents[at] = parent;
      continue;
    }
    const id = spans[at]?.parentSpanId ?? '';
    const ghost = ghosts.get(id) ?? ghosts.size;
    ghosts.set(id, ghost);
    parents[at] = ROOT - 1 - ghost;
  }
  return { parents, ghostIds: [...ghosts.keys()] };
}

interface IdTable {
  /** Without a parent, or its own. */
  isRoot(at: number): boolean;
  /** -1 when the parent is not there. */
  parentOf(at: number): number;
}

function idTable(spans: readonly TimelineSpan[]): IdTable {
  const [first] = spans;
  const columns = first === undefined ? undefined : columnsOf(first)?.columns;
  if (columns?.count === spans.length) return hexTable(columns.spanIds, columns.parentSpanIds);
  const byId = new Map<string, number>();
  for (const [at, { spanId }] of spans.entries()) if (!byId.has(spanId)) byId.set(spanId, at);
  const parentId = (at: number): string => spans[at]?.parentSpanId ?? '';
  return {
    isRoot: (at) => parentId(at) === '' || parentId(at) === spans[at]?.spanId,
    parentOf: (at) => byId.get(parentId(at)) ?? -1,
  };
}

/** Ids of 16 hex digits each, as numbers in a table: a text and an entry for each would take longer. */
function hexTable(spanIds: string, parentSpanIds: string): IdTable {
  const ids = wordsOf(spanIds);
  const parentIds = wordsOf(parentSpanIds);
  const rows = new SpanIdIndex(ids);
  for (let at = 0; at < ids.length / 2; at++) rows.add(at);
  return {
    isRoot: (at) => {
      const [high = 0, low = 0] = [parentIds[2 * at], parentIds[2 * at + 1]];
      if (high === 0 && low === 0) return true;
      return ids[2 * at] === high && ids[2 * at + 1] === low;
    },
    parentOf: (at) => rows.find(parentIds[2 * at] ?? 0, parentIds[2 * at + 1] ?? 0),
  };
}

/** Two words an id. */
function wordsOf(hex: string): Uint32Array {
  const half = ID_LENGTH / 2;
  const words = new Uint32Array(hex.length / half);
  for (let at = 0; at < words.length; at++) {
    let word = 0;
    for (let digit = at * half; digit < (at + 1) * half; digit++) {
      const code = hex.charCodeAt(digit);
      // '0' to '9', 'a' to 'f'.
      word = (word << 4) | (code < 0x40 ? code & 15 : code - 0x57);
    }
    words[at] = word;
  }
  return words;
}
