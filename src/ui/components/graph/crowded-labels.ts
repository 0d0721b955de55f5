import type { EdgeLayout, GraphLayout, LayoutRequest, Point } from './graph-layout.ts';

/** Of a line of a label, in CSS pixels. */
const LABEL_HEIGHT = 14;

interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** Marks the labels that would lie on a box or on a label before them. Of a few, everyone can read any. */
export function withCrowdedLabels(layout: GraphLayout, request: LayoutRequest): GraphLayout {
  const boxes = request.nodes.flatMap(({ id, width, height }) => {
    const at = layout.nodes.get(id);
    return at === undefined ? [] : [{ ...at, width, height }];
  });
  const shown: Box[] = [...boxes];
  const edges = layout.edges.map((edge, index): EdgeLayout => {
    const width = request.edges[index]?.labelWidth ?? 0;
    if (width === 0) return edge;
    const label: Box = { ...edge.label, width, height: LABEL_HEIGHT };
    if (shown.some((other) => overlap(label, other))) return { ...edge, isCrowded: true };
    shown.push(label);
    return edge;
  });
  return { ...layout, edges };
}

/** Both around their middles. */
function overlap(a: Box, b: Box): boolean {
  return (
    Math.abs(a.x - b.x) * 2 < a.width + b.width && Math.abs(a.y - b.y) * 2 < a.height + b.height
  );
}
