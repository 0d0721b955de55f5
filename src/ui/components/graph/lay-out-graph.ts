import { withCrowdedLabels } from './crowded-labels.ts';
import { forceLayout } from './force-layout.ts';
import type { GraphLayout, LayoutRequest } from './graph-layout.ts';
import { layeredLayout } from './layered-layout.ts';

/** Layers of more edges would take minutes, and nobody could follow them. */
const LAYERED_EDGES_MAX = 3_000;

/** Pure and deterministic. Runs in a worker, where there is one. */
export function layOutGraph(request: LayoutRequest): GraphLayout {
  const layered = request.layout === 'layered' && request.edges.length <= LAYERED_EDGES_MAX;
  const layout = layered ? layeredLayout(request) : forceLayout(request);
  return withCrowdedLabels(layout, request);
}
