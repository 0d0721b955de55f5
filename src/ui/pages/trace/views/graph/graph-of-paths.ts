import { durationText } from '../../../../../model/duration-text.ts';
import type { HeaviestPaths } from '../../../../../model/heaviest-paths.ts';
import type { PathNode } from '../../../../../model/path-tree.ts';
import type { GraphEdge, GraphNode } from '../../../../components/graph/graph-view.tsx';
import { wholeNumber } from '../../../../number-text.ts';
import { text } from '../../../../text/common-text.ts';
import { traceGraphText } from '../../../../text/trace-graph-text.ts';

export const COLORINGS = ['service', 'total', 'self'] as const;

/** What the colour of a box tells. */
export type Coloring = (typeof COLORINGS)[number];

export interface PathBox extends GraphNode {
  readonly node: PathNode;
  /** Nodes below that are left out. */
  readonly hidden: number;
  /** Of the largest total and the largest self time among the boxes, 0 to 1. */
  readonly totalShare: number;
  readonly selfShare: number;
}

const WIDTH = 232;
const HEIGHT = 92;

export function boxesOf({ nodes, hiddenBelow }: HeaviestPaths): readonly PathBox[] {
  let mostTotal = 1;
  let mostSelf = 1;
  for (const { totalUs, selfUs } of nodes) {
    mostTotal = Math.max(mostTotal, totalUs);
    mostSelf = Math.max(mostSelf, selfUs);
  }
  return nodes.map((node) => ({
    id: String(node.index),
    width: WIDTH,
    height: HEIGHT,
    node,
    hidden: hiddenBelow.get(node.index) ?? 0,
    totalShare: node.totalUs / mostTotal,
    selfShare: node.selfUs / mostSelf,
  }));
}

/** From each box to those it called; dashed where nobody waited for the answer. */
export function edgesOf({ nodes }: HeaviestPaths): readonly GraphEdge[] {
  const byIndex = new Map(nodes.map((node) => [node.index, node]));
  return nodes.flatMap((node) => {
    const parent = byIndex.get(node.parent);
    if (parent === undefined) return [];
    const title = traceGraphText.edge(nameOf(parent), nameOf(node), text.spans(node.count));
    return {
      from: String(parent.index),
      to: String(node.index),
      dashed: node.nonBlocking,
      title: node.nonBlocking ? `${title} ${traceGraphText.nonBlocking}` : title,
    };
  });
}

/** All that a box says, in its own words and order, so that it can be chosen by speaking to it. */
export function boxLabel({ node, hidden }: PathBox): string {
  const { service, operation, count, errorCount, totalUs, selfUs } = node;
  return [
    `${service} ×${wholeNumber(count)} ${operation}`,
    `${traceGraphText.total} ${durationText(totalUs)}`,
    `${traceGraphText.avg} ${durationText(totalUs / count)}`,
    `${traceGraphText.self} ${durationText(selfUs)}`,
    ...(hidden > 0 ? [traceGraphText.hidden(hidden)] : []),
    ...(errorCount > 0 ? [text.errors(errorCount)] : []),
  ].join(', ');
}

function nameOf({ service, operation }: PathNode): string {
  return `${service} ${operation}`;
}
