import { type FlameName, flameNames, flameWeights } from '../../../../../model/flame-layout.ts';
import type { PathNode, PathTree } from '../../../../../model/path-tree.ts';

/** A trace as its flame graph and the table beside it see it. */
export interface Flame {
  readonly tree: PathTree;
  readonly weights: Float64Array;
  /** By the number that nodes call them. */
  readonly names: readonly FlameName[];
  /** Of all roots. */
  readonly totalWeight: number;
}

export function flameOf(tree: PathTree): Flame {
  const weights = flameWeights(tree);
  const totalWeight = tree.roots.reduce((sum, root) => sum + (weights[root] ?? 0), 0);
  return { tree, weights, totalWeight, names: flameNames(tree) };
}

/** Where `find` occurs in the name of a service or an operation. */
export function flameMatches({ names, tree }: Flame, find: string): (node: number) => boolean {
  const wanted = find.toLowerCase();
  const matches = names.map(
    ({ service, operation }) =>
      service.toLowerCase().includes(wanted) || operation.toLowerCase().includes(wanted),
  );
  return (node) => matches[tree.nodes[node]?.name ?? -1] === true;
}

/** The child with the most below it. */
export function heaviestChild({ tree, weights }: Flame, node: PathNode): PathNode | undefined {
  let heaviest: PathNode | undefined;
  for (const index of node.children) {
    const child = tree.nodes[index];
    if (child === undefined) continue;
    if ((weights[index] ?? 0) > (weights[heaviest?.index ?? -1] ?? -1)) heaviest = child;
  }
  return heaviest;
}

/** The part of all time spent that was spent in a path and below it, 0 to 1. */
export function workShare({ weights, totalWeight }: Flame, { index }: PathNode): number {
  return totalWeight === 0 ? 0 : (weights[index] ?? 0) / totalWeight;
}
