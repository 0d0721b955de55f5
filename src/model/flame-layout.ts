import type { PathNode, PathTree } from './path-tree.ts';

/** A box of a flame graph; places are in pixels. */
export interface FlameBox {
  /** Index of its node; -1 for neighbours too narrow to be drawn one by one. */
  readonly node: number;
  readonly x: number;
  readonly width: number;
}

interface FlameView {
  /** The node that takes the whole width, -1 for all roots. */
  readonly focus: number;
  /** Whether the levels above the focus are left out. */
  readonly collapsed: boolean;
  readonly width: number;
}

/** All spans of one operation of a service, wherever they stand in the trace. */
export interface FlameName {
  readonly service: string;
  readonly operation: string;
  readonly count: number;
  readonly errorCount: number;
  readonly selfUs: number;
  /**
   * What the spans and all below them took themselves, so never less than `selfUs`. Of spans below
   * spans of the same name, only the upper ones: recursion counts once.
   */
  readonly totalUs: number;
}

/** Narrower boxes are drawn as one. */
const LEAST_PX = 1;

/**
 * Microseconds by node: what the spans took themselves and what all below them took themselves. A
 * microsecond is equally wide everywhere, also where spans ran side by side.
 */
export function flameWeights({ nodes }: PathTree): Float64Array {
  const timed = nodes.some(({ selfUs }) => selfUs > 0);
  return sumsBelow(nodes, ({ selfUs, count }) => (timed ? selfUs : count));
}

/** By node, its own and all below it. */
function sumsBelow(nodes: readonly PathNode[], own: (node: PathNode) => number): Float64Array {
  const sums = Float64Array.from(nodes, own);
  for (let index = nodes.length - 1; index >= 0; index--) {
    const parent = nodes[index]?.parent ?? -1;
    if (parent >= 0) sums[parent] = (sums[parent] ?? 0) + (sums[index] ?? 0);
  }
  return sums;
}

/** The boxes by level, each level from left to right. */
export function layoutFlame(
  { nodes, roots }: PathTree,
  weights: Float64Array,
  view: FlameView,
): readonly (readonly FlameBox[])[] {
  const top = view.focus === -1 ? roots : [view.focus];
  const total = top.reduce((sum, node) => sum + (weights[node] ?? 0), 0);
  const widths = weights.map((weight) => (total === 0 ? 0 : (weight / total) * view.width));
  const levels = (view.collapsed ? [] : ancestors(nodes, view.focus)).map(
    (node): readonly FlameBox[] => [{ node, x: 0, width: view.width }],
  );
  let families: readonly Family[] = [{ siblings: top, x: 0 }];
  while (families.length > 0) {
    const boxes = families.flatMap((family) => placeSiblings(family, widths));
    if (boxes.length > 0) levels.push(boxes);
    families = boxes.flatMap(({ node, x }) => {
      const siblings = nodes[node]?.children ?? [];
      return siblings.length === 0 ? [] : { siblings, x };
    });
  }
  return levels;
}

/** The box of a level at some pixel. */
export function boxAt(boxes: readonly FlameBox[], x: number): FlameBox | undefined {
  let low = 0;
  let high = boxes.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    const box = boxes[middle];
    if (box === undefined || box.x > x) high = middle;
    else low = middle + 1;
  }
  const box = boxes[low - 1];
  return box !== undefined && x < box.x + box.width ? box : undefined;
}

/** Totals by name, in the order in which names first come. */
export function flameNames({ nodes, roots }: PathTree): readonly FlameName[] {
  const names: Draft[] = [];
  for (const { name, service, operation } of nodes) {
    names[name] ??= {
      ...{ service, operation },
      ...{ count: 0, errorCount: 0, selfUs: 0, totalUs: 0, open: 0 },
    };
  }
  const totals = sumsBelow(nodes, ({ selfUs }) => selfUs);
  // Down with a node's index, up again with its complement: traces may be deeper than the call stack.
  const steps = [...roots];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    const node = nodes[step < 0 ? ~step : step];
    const name = names[node?.name ?? -1];
    if (node === undefined || name === undefined) continue;
    if (step < 0) {
      name.open -= 1;
      continue;
    }
    addNode(name, node, totals[step] ?? 0);
    steps.push(~step);
    for (const child of node.children) steps.push(child);
  }
  return names;
}

interface Family {
  readonly siblings: readonly number[];
  readonly x: number;
}

type Draft = { -readonly [Key in keyof FlameName]: FlameName[Key] } & {
  /** How many spans of the name are above, and the one itself. */
  open: number;
};

function addNode(name: Draft, node: PathNode, totalUs: number): void {
  name.count += node.count;
  name.errorCount += node.errorCount;
  name.selfUs += node.selfUs;
  if (name.open === 0) name.totalUs += totalUs;
  name.open += 1;
}

function placeSiblings({ siblings, x }: Family, widths: Float64Array): readonly FlameBox[] {
  const boxes: FlameBox[] = [];
  let end = x;
  let narrow = 0;
  const closeNarrow = (): void => {
    if (narrow >= LEAST_PX) boxes.push({ node: -1, x: end - narrow, width: narrow });
    narrow = 0;
  };
  for (const node of siblings) {
    const width = widths[node] ?? 0;
    if (width < LEAST_PX) {
      narrow += width;
    } else {
      closeNarrow();
      boxes.push({ node, x: end, width });
    }
    end += width;
  }
  closeNarrow();
  return boxes;
}

/** From the root to the parent. */
function ancestors(nodes: readonly PathNode[], of: number): readonly number[] {
  const above: number[] = [];
  for (let at = nodes[of]?.parent ?? -1; at >= 0; at = nodes[at]?.parent ?? -1) above.push(at);
  return above.reverse();
}
