import type { Gathering } from './gathering.ts';
import { selfTimeUs } from './self-time.ts';
import type { TimelineSpan } from './timeline-span.ts';
import type { SpanRow, TreeRow } from './trace-tree.ts';

/** All spans of a trace that were reached by the same operations of the same services. */
export interface PathNode {
  readonly index: number;
  readonly service: string;
  readonly operation: string;
  /** The same number for all nodes of the same service and operation, counted from 0. */
  readonly name: number;
  /** Index of the node of the parents, -1 for a root. It is smaller than the own one. */
  readonly parent: number;
  readonly depth: number;
  /** In the order in which they first started. */
  readonly children: readonly number[];
  readonly count: number;
  readonly errorCount: number;
  /** Sums over the spans, in microseconds; what runs at the same time counts side by side. */
  readonly totalUs: number;
  readonly selfUs: number;
  /** Nobody waits for any of the spans. */
  readonly nonBlocking: boolean;
}

export interface PathTree {
  /** Parents before their children. */
  readonly nodes: readonly PathNode[];
  readonly roots: readonly number[];
  /** Index of a row's node, -1 for ghosts. */
  readonly nodeOfRow: Int32Array;
}

type Draft = {
  -readonly [Key in keyof PathNode]: Key extends 'children' ? number[] : PathNode[Key];
};

/** Merges the rows of a trace, each of which is to be added in order, into their paths. */
export function gatherPaths(rows: readonly TreeRow[]): Gathering<TreeRow, PathTree> {
  const nodes: Draft[] = [];
  const roots: number[] = [];
  const nodeOfRow = new Int32Array(rows.length).fill(-1);
  const nameOf = nameIds();
  // Children by name, only for nodes that have some; at -1 the roots.
  const childrenByName = new Map<number, Map<number, Draft>>();

  const nodeAt = (parent: number, { span }: SpanRow): Draft => {
    const byName = childrenByName.get(parent) ?? new Map<number, Draft>();
    childrenByName.set(parent, byName);
    const name = nameOf(span);
    const known = byName.get(name);
    if (known !== undefined) return known;
    const above = nodes[parent];
    const node = emptyNode({ span, name, index: nodes.length }, above);
    byName.set(name, node);
    nodes.push(node);
    (above?.children ?? roots).push(node.index);
    return node;
  };

  return {
    add: (row) => {
      // The children of a ghost are roots: what was above them is not known.
      if (row.type === 'ghost') return;
      const node = nodeAt(nodeOfRow[row.parent] ?? -1, row);
      nodeOfRow[row.index] = node.index;
      node.count += 1;
      node.totalUs += row.span.durationUs;
      node.selfUs += selfTimeUs(rows, row);
      if (row.span.isError) node.errorCount += 1;
      if (row.span.kind !== 'consumer') node.nonBlocking = false;
    },
    result: () => ({ nodes, roots, nodeOfRow }),
  };
}

/** The nodes of some rows. */
export function nodesOfRows(tree: PathTree, rows: Iterable<number>): ReadonlySet<number> {
  const nodes = new Set<number>();
  for (const row of rows) {
    const node = tree.nodeOfRow[row] ?? -1;
    if (node >= 0) nodes.add(node);
  }
  return nodes;
}

function emptyNode(
  {
    span,
    name,
    index,
  }: { readonly span: TimelineSpan; readonly name: number; readonly index: number },
  above: Draft | undefined,
): Draft {
  return {
    index,
    service: span.process.serviceName,
    operation: span.operationName,
    name,
    parent: above?.index ?? -1,
    depth: above === undefined ? 0 : above.depth + 1,
    children: [],
    count: 0,
    errorCount: 0,
    totalUs: 0,
    selfUs: 0,
    nonBlocking: true,
  };
}

/** Numbers for the pairs of service and operation. */
function nameIds(): (span: TimelineSpan) => number {
  const services = new Map<string, Map<string, number>>();
  let count = 0;
  return ({ operationName, process: { serviceName } }) => {
    const operations = services.get(serviceName) ?? new Map<string, number>();
    services.set(serviceName, operations);
    const id = operations.get(operationName) ?? count;
    if (id === count) {
      operations.set(operationName, id);
      count += 1;
    }
    return id;
  };
}
