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

interface Node {
  readonly span: TimelineSpan | undefined;
  readonly spanId: string;
  readonly children: Node[];
  startUs: number;
  endUs: number;
  placed: boolean;
}

interface Draft {
  readonly node: Node;
  readonly parent: number;
  readonly depth: number;
  end: number;
  hasErrorBelow: boolean;
}

/**
 * Lays spans out as a forest: siblings by start time, then span id. Every span gets exactly one row,
 * also when parents are missing, ids repeat or parents form a cycle.
 */
export function buildTraceTree(spans: readonly TimelineSpan[]): readonly TreeRow[] {
  const nodes = spans.map(spanNode);
  const byId = new Map<string, Node>();
  for (const node of nodes) if (!byId.has(node.spanId)) byId.set(node.spanId, node);

  const roots: Node[] = [];
  const ghosts = new Map<string, Node>();
  for (const node of nodes) attach(node, { roots, byId, ghosts });
  roots.push(...ghosts.values());
  sortSiblings(roots);
  for (const node of nodes) sortSiblings(node.children);
  for (const ghost of ghosts.values()) sortSiblings(ghost.children);

  const drafts: Draft[] = [];
  for (const root of roots) placeSubtree(root, drafts);
  // What no root reaches hangs in a cycle of parents: break it at its first span.
  for (const node of nodes) if (!node.placed) placeSubtree(node, drafts);
  closeSubtrees(drafts);
  return drafts.map(toRow);
}

function spanNode(span: TimelineSpan): Node {
  return {
    span,
    spanId: span.spanId,
    children: [],
    startUs: span.startUs,
    endUs: span.startUs + span.durationUs,
    placed: false,
  };
}

interface Forest {
  readonly roots: Node[];
  readonly byId: ReadonlyMap<string, Node>;
  readonly ghosts: Map<string, Node>;
}

function attach(node: Node, forest: Forest): void {
  const parentId = node.span?.parentSpanId ?? '';
  if (parentId === '' || parentId === node.spanId) {
    forest.roots.push(node);
    return;
  }
  const parent = forest.byId.get(parentId);
  if (parent !== undefined) {
    parent.children.push(node);
    return;
  }
  const ghost = forest.ghosts.get(parentId);
  if (ghost !== undefined) {
    ghost.children.push(node);
    ghost.startUs = Math.min(ghost.startUs, node.startUs);
    ghost.endUs = Math.max(ghost.endUs, node.endUs);
    return;
  }
  forest.ghosts.set(parentId, { ...node, span: undefined, spanId: parentId, children: [node] });
}

function sortSiblings(siblings: Node[]): void {
  siblings.sort((a, b) => a.startUs - b.startUs || (a.spanId < b.spanId ? -1 : 1));
}

/** Depth first with an own stack: traces may be deeper than the call stack. */
function placeSubtree(root: Node, drafts: Draft[]): void {
  const open: { node: Node; parent: number; depth: number }[] = [
    { node: root, parent: -1, depth: 0 },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { node, parent, depth } = next;
    if (node.placed) continue;
    node.placed = true;
    const index = drafts.length;
    drafts.push({ node, parent, depth, end: index + 1, hasErrorBelow: false });
    for (const child of node.children.toReversed()) {
      open.push({ node: child, parent: index, depth: depth + 1 });
    }
  }
}

/** Parents stand before their children, so one pass from the end carries everything upwards. */
function closeSubtrees(drafts: readonly Draft[]): void {
  for (const draft of drafts.toReversed()) {
    const parent = drafts[draft.parent];
    if (parent === undefined) continue;
    parent.end = Math.max(parent.end, draft.end);
    parent.hasErrorBelow ||= draft.hasErrorBelow || draft.node.span?.isError === true;
  }
}

function toRow(draft: Draft, index: number): TreeRow {
  const { node, parent, depth, end, hasErrorBelow } = draft;
  const position = { index, parent, depth, end, hasErrorBelow, childCount: node.children.length };
  if (node.span !== undefined) return { ...position, type: 'span', span: node.span };
  const { spanId, startUs, endUs } = node;
  return { ...position, type: 'ghost', spanId, startUs, durationUs: endUs - startUs };
}
