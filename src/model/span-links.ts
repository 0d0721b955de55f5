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
  const count = ids.length / 2;
  const mask = 2 ** Math.ceil(Math.log2(2 * count + 2)) - 1;
  const slots = new Int32Array(mask + 1).fill(-1);
  const find = (high: number, low: number): number => {
    let slot = (Math.imul(high ^ Math.imul(low, 0x9e3779b1), 0x85ebca6b) >>> 7) & mask;
    for (;;) {
      const at = slots[slot] ?? -1;
      if (at < 0 || (ids[2 * at] === high && ids[2 * at + 1] === low)) return slot;
      slot = (slot + 1) & mask;
    }
  };
  for (let at = 0; at < count; at++) {
    const slot = find(ids[2 * at] ?? 0, ids[2 * at + 1] ?? 0);
    if ((slots[slot] ?? -1) < 0) slots[slot] = at;
  }
  return {
    isRoot: (at) => {
      const [high = 0, low = 0] = [parentIds[2 * at], parentIds[2 * at + 1]];
      if (high === 0 && low === 0) return true;
      return ids[2 * at] === high && ids[2 * at + 1] === low;
    },
    parentOf: (at) => slots[find(parentIds[2 * at] ?? 0, parentIds[2 * at + 1] ?? 0)] ?? -1,
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
