import type { GraphLayout, LayoutRequest } from './graph-layout.ts';

/**
 * Lays a graph out in a worker of its own, so that the page keeps answering; aborting ends it.
 * Where no worker starts, the page does it itself.
 */
export async function layOutAside(
  request: LayoutRequest,
  signal: AbortSignal,
): Promise<GraphLayout> {
  const layout = await layOutInWorker(request, signal);
  signal.throwIfAborted();
  return layout ?? (await import('./lay-out-graph.ts')).layOutGraph(request);
}

/** Undefined when there is no worker, or when it ended without a layout. */
async function layOutInWorker(
  request: LayoutRequest,
  signal: AbortSignal,
): Promise<GraphLayout | undefined> {
  if (typeof Worker === 'undefined') return undefined;
  const worker = new Worker(new URL('./graph-worker.ts', import.meta.url), { type: 'module' });
  try {
    return await new Promise((resolve) => {
      const giveUp = (): void => {
        resolve(undefined);
      };
      worker.addEventListener('message', ({ data }: MessageEvent<GraphLayout>) => {
        resolve(data);
      });
      worker.addEventListener('error', giveUp);
      signal.addEventListener('abort', giveUp);
      worker.postMessage(request);
    });
  } finally {
    worker.terminate();
  }
}
