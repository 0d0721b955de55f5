import type { PathNode, PathTree } from './path-tree.ts';
import { sortedOrder } from './sorted-order.ts';

/** The part of a tree of paths that a drawing has room for. */
export interface HeaviestPaths {
  /** Parents before their children. */
  readonly nodes: readonly PathNode[];
  /** How many nodes below a shown one are left out, for those with some. */
  readonly hiddenBelow: ReadonlyMap<number, number>;
}

/** The nodes with the longest total times. The parent of one that is shown is shown as well. */
export function heaviestPaths({ nodes }: PathTree, max: number): HeaviestPaths {
  if (nodes.length <= max) return { nodes, hiddenBelow: new Map() };
  // No node is heavier than its parent, and among equals parents stand first.
  const weights = new Array<number>(nodes.length);
  for (const { index, parent, totalUs } of nodes) {
    weights[index] = Math.min(totalUs, weights[parent] ?? Infinity);
  }
  const shown = sortedOrder(weights, true).slice(0, max);
  return {
    nodes: Array.from(shown.sort()).flatMap((index) => nodes[index] ?? []),
    hiddenBelow: countHidden(nodes, new Set(shown)),
  };
}

function countHidden(
  nodes: readonly PathNode[],
  shown: ReadonlySet<number>,
): ReadonlyMap<number, number> {
  const hidden = new Map<number, number>();
  const shownAbove = new Int32Array(nodes.length);
  for (const { index, parent } of nodes) {
    const above = shown.has(index) ? index : (shownAbove[parent] ?? -1);
    shownAbove[index] = above;
    if (above !== index && above >= 0) hidden.set(above, (hidden.get(above) ?? 0) + 1);
  }
  return hidden;
}
