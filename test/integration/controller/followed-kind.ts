import { pino } from 'pino';
import { Registry } from 'prom-client';
import type { Counter } from 'prom-client';
import { createEngineMetrics } from '../../../src/controller/engine/engine-metrics.ts';
import { createObjectCache } from '../../../src/controller/engine/object-cache.ts';
import type { ObjectCache } from '../../../src/controller/engine/object-cache.ts';
import { createReflector } from '../../../src/controller/engine/reflector.ts';
import type { KubeApi } from '../../../src/controller/kube/kube-api.ts';
import type { ResourceKind } from '../../../src/controller/kube-object.ts';
import { systemClock } from '../../../src/runtime/clock.ts';

/** A kind in one namespace as a reflector sees it. */
export interface FollowedKind {
  readonly cache: ObjectCache;
  /** As `added a`, since the last time this was emptied. */
  readonly changes: string[];
  lists(): Promise<number>;
  watchEnds(): Promise<number>;
  stop(): Promise<void>;
}

/** Resolves when the first list is in. */
export async function followKind(
  api: KubeApi,
  kind: ResourceKind,
  namespace: string,
): Promise<FollowedKind> {
  const cache = createObjectCache();
  const metrics = createEngineMetrics(new Registry());
  const changes: string[] = [];
  const abort = new AbortController();
  const reflector = createReflector({
    api,
    kind,
    namespace,
    cache,
    onChange: ({ type, object }) => changes.push(`${type} ${object.metadata.name}`),
    clock: systemClock,
    logger: pino({ level: process.env['TEST_LOG'] ?? 'silent' }),
    metrics,
    timing: { retryFirstMs: 50, retryMaxMs: 500 },
  });
  const running = reflector.run(abort.signal);
  await reflector.synced;
  return {
    cache,
    changes,
    lists: () => sumOf(metrics.lists),
    watchEnds: () => sumOf(metrics.watchEnds),
    stop: async () => {
      abort.abort();
      await running;
    },
  };
}

async function sumOf<L extends string>(counter: Counter<L>): Promise<number> {
  return (await counter.get()).values.reduce((sum, { value }) => sum + value, 0);
}
