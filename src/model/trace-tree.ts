import { ghostOf, linkSpans, ROOT, type SpanLinks } from './span-links.ts';
import type { TimelineSpan } from './timeline-span.ts';

/**
 * One row of a trace's tree. Rows stand in display order, so the descendants of `rows[i]` are exactly
 * `rows[i + 1]` to `rows[i.end - 1]`, and a row is a few numbers whatever the depth.
 */
export type TreeRow = SpanRow | GhostRow;

export interface SpanRow extends TreePosition {
  readonly type: 'span';
  readonly span: TimelineSpan;
}

/** A parent that some spans name and that never arrived. It covers the time of its children. */
export interface GhostRow extends TreePosition {
  readonly type: 'ghost';
  readonly spanId: string;
  readonly startUs: number;
  readonly durationUs: number;
}

interface TreePosition {
  readonly index: number;
  /** Index of the parent row, -1 for a root. */
  readonly parent: number;
  readonly depth: number;
  readonly childCount: number;
  /** Index after the last descendant. */
  readonly end: number;
  /** A descendant has failed; the row itself need not. */
  readonly hasErrorBelow: boolean;
}

/**
 * Lays spans out as a forest: siblings by start time, then span id. Every span gets exactly one row,
 * also when parents are missing, ids repeat or parents form a cycle.
 */
export function buildTraceTree(
  spans: readonly TimelineSpan[],
  links: SpanLinks = linkSpans(spans),
): readonly TreeRow[] {
  const nodes = forestOf(spans, links);
  const placed = placeNodes(nodes);
  const order = placed.order;
  return Array.from(order, (node, index) => rowOf(index, { nodes, placed, span: spans[node] }));
}

/** Spans, and behind them the parents that never arrived, by number. */
interface Forest {
  readonly count: number;
  readonly spanCount: number;
  readonly ghostIds: readonly string[];
  readonly startUs: Float64Array;
  readonly endUs: Float64Array;
  readonly errors: Uint8Array;
  /** Roots in order, then the children of each node in order. */
  readonly siblings: Int32Array;
  readonly rootCount: number;
  /** Where the children of a node start in `siblings`, and behind the last one, where they end. */
  readonly childStarts: Int32Array;
}

function forestOf(spans: readonly TimelineSpan[], { ghostIds, parents }: SpanLinks): Forest {
  const spanCount = spans.length;
  const count = spanCount + ghostIds.length;
  const startUs = new Float64Array(count).fill(Infinity);
  const endUs = new Float64Array(count).fill(-Infinity);
  const errors = new Uint8Array(count);
  for (const [node, span] of spans.entries()) {
    startUs[node] = span.startUs;
    endUs[node] = span.startUs + span.durationUs;
    if (span.isError) errors[node] = 1;
    const ghost = spanCount + ghostOf(parents[node] ?? ROOT);
    if (ghost < spanCount) continue;
    startUs[ghost] = Math.min(startUs[ghost] ?? 0, startUs[node]);
    endUs[ghost] = Math.max(endUs[ghost] ?? 0, endUs[node]);
  }
  const idOf = (node: number): string => spans[node]?.spanId ?? ghostIds[node - spanCount] ?? '';
  const family = gather(count, (node) => {
    const parent = node < spanCount ? (parents[node] ?? ROOT) : ROOT;
    return parent < ROOT ? spanCount + ghostOf(parent) : parent;
  });
  sortSiblings(family, startUs, idOf);
  return { count, spanCount, ghostIds, startUs, endUs, errors, ...family };
}

type Family = Pick<Forest, 'childStarts' | 'rootCount' | 'siblings'>;

/** Puts nodes with the same parent next to each other, otherwise in their order. */
function gather(count: number, parentOf: (node: number) => number): Family {
  // Roots are the children of what stands before the first node.
  const starts = new Int32Array(count + 2);
  for (let node = 0; node < count; node++) {
    const after = parentOf(node) + 2;
    starts[after] = (starts[after] ?? 0) + 1;
  }
  for (let at = 1; at < starts.length; at++) starts[at] = (starts[at] ?? 0) + (starts[at - 1] ?? 0);
  const next = starts.slice();
  const siblings = new Int32Array(count);
  for (let node = 0; node < count; node++) {
    const parent = parentOf(node) + 1;
    const at = next[parent] ?? 0;
    next[parent] = at + 1;
    siblings[at] = node;
  }
  return { siblings, rootCount: starts[1] ?? 0, childStarts: starts.subarray(1) };
}

function sortSiblings(
  { childStarts, rootCount, siblings }: Family,
  startUs: Float64Array,
  idOf: (node: number) => string,
): void {
  const compare = (a: number, b: number): number => {
    const byStart = (startUs[a] ?? 0) - (startUs[b] ?? 0);
    if (byStart !== 0) return byStart;
    const [idOfA, idOfB] = [idOf(a), idOf(b)];
    return idOfA === idOfB ? a - b : idOfA < idOfB ? -1 : 1;
  };
  const sort = (start: number, end: number): void => {
    for (let at = start + 1; at < end; at++) {
      if (compare(siblings[at - 1] ?? 0, siblings[at] ?? 0) < 0) continue;
      siblings.subarray(start, end).sort(compare);
      return;
    }
  };
  sort(0, rootCount);
  for (let node = 0; node + 1 < childStarts.length; node++) {
    sort(childStarts[node] ?? 0, childStarts[node + 1] ?? 0);
  }
}

/** By row, but for `order`: which node each is. */
interface Placed {
  readonly order: Int32Array;
  readonly parents: Int32Array;
  readonly depths: Int32Array;
  readonly ends: Int32Array;
  readonly errorsBelow: Uint8Array;
}

function placeNodes(forest: Forest): Placed {
  const { count, rootCount, siblings, spanCount } = forest;
  const placed: Placed = {
    order: new Int32Array(count),
    parents: new Int32Array(count),
    depths: new Int32Array(count),
    ends: new Int32Array(count),
    errorsBelow: new Uint8Array(count),
  };
  const isPlaced = new Uint8Array(count);
  let length = 0;
  const place = (root: number): void => {
    length = placeSubtree(forest, root, { placed, isPlaced, length });
  };
  for (let at = 0; at < rootCount; at++) place(siblings[at] ?? 0);
  // What no root reaches hangs in a cycle of parents: break it at its first span.
  for (let node = 0; node < spanCount; node++) if (isPlaced[node] === 0) place(node);
  closeSubtrees(forest, placed);
  return placed;
}

interface Placing {
  readonly placed: Placed;
  readonly isPlaced: Uint8Array;
  readonly length: number;
}

/** Depth first with an own stack: traces may be deeper than the call stack. Returns the next row. */
function placeSubtree(
  { childStarts, siblings }: Forest,
  root: number,
  { isPlaced, length, placed }: Placing,
): number {
  const { depths, order, parents } = placed;
  const open: number[] = [root, -1, 0];
  let index = length;
  while (open.length > 0) {
    const depth = open.pop() ?? 0;
    const parent = open.pop() ?? -1;
    const node = open.pop() ?? 0;
    if (isPlaced[node] === 1) continue;
    isPlaced[node] = 1;
    order[index] = node;
    parents[index] = parent;
    depths[index] = depth;
    const first = childStarts[node] ?? 0;
    for (let at = (childStarts[node + 1] ?? 0) - 1; at >= first; at--) {
      open.push(siblings[at] ?? 0, index, depth + 1);
    }
    index += 1;
  }
  return index;
}

/** Parents stand before their children, so one pass from the end carries everything upwards. */
function closeSubtrees({ errors }: Forest, placed: Placed): void {
  const { ends, errorsBelow, order, parents } = placed;
  for (let index = order.length - 1; index >= 0; index--) {
    const end = Math.max(ends[index] ?? 0, index + 1);
    ends[index] = end;
    const parent = parents[index] ?? -1;
    if (parent < 0) continue;
    ends[parent] = Math.max(ends[parent] ?? 0, end);
    if (errorsBelow[index] === 1 || errors[order[index] ?? 0] === 1) errorsBelow[parent] = 1;
  }
}

interface RowSource {
  readonly nodes: Forest;
  readonly placed: Placed;
  /** undefined for a ghost. */
  readonly span: TimelineSpan | undefined;
}

function rowOf(index: number, { nodes, placed, span }: RowSource): TreeRow {
  const node = placed.order[index] ?? 0;
  const parent = placed.parents[index] ?? -1;
  const depth = placed.depths[index] ?? 0;
  const childCount = (nodes.childStarts[node + 1] ?? 0) - (nodes.childStarts[node] ?? 0);
  const end = placed.ends[index] ?? 0;
  const hasErrorBelow = placed.errorsBelow[index] === 1;
  if (span !== undefined) {
    return { index, parent, depth, childCount, end, hasErrorBelow, type: 'span', span };
  }
  const spanId = nodes.ghostIds[node - nodes.spanCount] ?? '';
  const startUs = nodes.startUs[node] ?? 0;
  const durationUs = (nodes.endUs[node] ?? 0) - startUs;
  const position = { index, parent, depth, childCount, end, hasErrorBelow };
  return { ...position, type: 'ghost', spanId, startUs, durationUs };
}
