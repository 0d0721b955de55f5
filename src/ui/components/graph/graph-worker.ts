import type { LayoutRequest } from './graph-layout.ts';
import { layOutGraph } from './lay-out-graph.ts';

// One request, one answer; whoever started the worker ends it.
addEventListener('message', ({ data }: MessageEvent<LayoutRequest>) => {
  postMessage(layOutGraph(data));
});
