import type { Clock } from '../../runtime/clock.ts';
import { errorText } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { KubeApiError } from '../kube/kube-api.ts';
import type { KubeApi, KubeList } from '../kube/kube-api.ts';
import type { KubeObject, ResourceKind } from '../kube-object.ts';
import { backoffMs, jittered, slept } from './backoff.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import type { CacheChange, CacheFeed, ObjectCache } from './object-cache.ts';

export interface ReflectorOptions {
  readonly api: KubeApi;
  readonly kind: ResourceKind;
  readonly cache: ObjectCache & CacheFeed;
  /** One namespace; all when absent. */
  readonly namespace?: string;
  /** Only these objects are cached. */
  readonly labelSelector?: string;
  readonly metadataOnly?: boolean;
  /** After the cache has it. */
  readonly onChange: (change: CacheChange) => void;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: EngineMetrics;
  readonly timing?: Partial<ReflectorTiming>;
}

export interface ReflectorTiming {
  /** Waits between failures. */
  readonly retryFirstMs: number;
  readonly retryMaxMs: number;
  /** How often a kind that the server does not serve is asked for again. */
  readonly absentRetryMs: number;
  /** Lists again after this even when the watch looks healthy. */
  readonly relistMs: number;
}

export interface Reflector {
  /** Resolves when the cache holds what the server held (nothing, for a kind it does not serve). */
  readonly synced: Promise<void>;
  /** Follows the server until the signal aborts; comes back from every failure. */
  run(signal: AbortSignal): Promise<void>;
}

const PAGE = 500;
/** A watch that ends sooner than this is a failure, however politely it ended. */
const SHORT_WATCH_MS = 1000;
/** So often refused, a watch is not from a version the server knows: it came back from a backup. */
const REFUSALS_MAX = 5;
const TIMING: ReflectorTiming = {
  retryFirstMs: 500,
  retryMaxMs: 5_000,
  absentRetryMs: 60_000,
  relistMs: 3_600_000,
};

/** Keeps a cache equal to what the API server holds of a kind: list in pages, then watch. */
export function createReflector(options: ReflectorOptions): Reflector {
  const { api, kind, cache, clock, metrics } = options;
  const timing = { ...TIMING, ...options.timing };
  const logger = options.logger.child({ kind: kind.kind });
  const scope = options.namespace ?? '';
  const selection = selectionOf(options);
  const synced = Promise.withResolvers<undefined>();

  const publish = (change: CacheChange | undefined): void => {
    if (change === undefined) return;
    metrics.cacheObjects.set({ kind: kind.kind }, cache.size);
    options.onChange(change);
  };

  const list = async (signal: AbortSignal): Promise<string> => {
    metrics.lists.inc({ kind: kind.kind });
    const { items, resourceVersion } = await listAll((next) => {
      const page = next === undefined ? {} : { limit: PAGE, continue: next };
      return api.list(kind, { ...selection, ...page }, signal);
    });
    cache.replace(scope, items, resourceVersion).forEach(publish);
    synced.resolve(undefined);
    return resourceVersion;
  };

  /** Gives the version to go on from when the watch ends; `onEvent` says that it works. */
  const watch = async (from: Position, signal: AbortSignal): Promise<void> => {
    const { version: resourceVersion } = from;
    for await (const event of api.watch(kind, { ...selection, resourceVersion }, signal)) {
      const version = event.object.metadata.resourceVersion ?? from.version;
      if (event.type === 'BOOKMARK') cache.seen(scope, version);
      else if (event.type === 'DELETED') publish(cache.remove(scope, event.object));
      else publish(cache.put(scope, event.object));
      Object.assign(from, { version, failures: 0, refusals: 0 });
    }
  };

  /** One list or one watch. Gives the wait before the next one. */
  const step = async (at: Position, signal: AbortSignal): Promise<number> => {
    if (at.version === '') {
      at.version = await list(signal);
      at.relistAt = clock.monotonic() + jittered(timing.relistMs);
    }
    const started = clock.monotonic();
    await watch(at, signal);
    metrics.watchEnds.inc({ kind: kind.kind, reason: 'end' });
    if (clock.monotonic() >= at.relistAt) at.version = '';
    if (clock.monotonic() - started >= SHORT_WATCH_MS) return 0;
    return jittered(backoffMs(at.failures++, retryLimits(timing)));
  };

  return {
    synced: synced.promise,
    run: async (signal) => {
      const at: Position = { version: '', relistAt: 0, failures: 0, refusals: 0 };
      let waitMs = 0;
      while (await slept(clock, waitMs, signal)) {
        waitMs = await step(at, signal).catch((error: unknown) => recover(at, error, signal));
      }
    },
  };

  function recover(at: Position, error: unknown, signal: AbortSignal): number {
    if (signal.aborted) return 0;
    const waitMs = jittered(backoffMs(at.failures++, retryLimits(timing)));
    const reason = reasonOf(error);
    metrics.watchEnds.inc({ kind: kind.kind, reason });
    at.refusals = isRefusal(error) ? at.refusals + 1 : 0;
    if (reason !== 'error' || at.refusals >= REFUSALS_MAX) at.version = '';
    if (reason === 'absent') {
      cache.replace(scope, [], '').forEach(publish);
      synced.resolve(undefined);
      return jittered(timing.absentRetryMs);
    }
    logger.warn({ error: errorText(error), retryMs: Math.round(waitMs) }, 'watch failed');
    return Math.max(waitMs, error instanceof KubeApiError ? (error.retryAfterMs ?? 0) : 0);
  }
}

/** Expired: list again. Absent: the kind is not served (any more), so there is nothing of it. */
function reasonOf(error: unknown): 'expired' | 'absent' | 'error' {
  if (!(error instanceof KubeApiError)) return 'error';
  return error.status === 410 ? 'expired' : error.status === 404 ? 'absent' : 'error';
}

type Selection = Pick<ReflectorOptions, 'namespace' | 'labelSelector' | 'metadataOnly'>;

function selectionOf({ namespace, labelSelector, metadataOnly }: ReflectorOptions): Selection {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(metadataOnly === undefined ? {} : { metadataOnly }),
  };
}

interface Position {
  /** To watch from; '' = list first. */
  version: string;
  relistAt: number;
  failures: number;
  /** Of the failures, those in a row that were an answer. */
  refusals: number;
}

/** The server works and will not do it; too busy is none. */
function isRefusal(error: unknown): boolean {
  return error instanceof KubeApiError && error.status !== 429;
}

function retryLimits({ retryFirstMs, retryMaxMs }: ReflectorTiming): {
  firstMs: number;
  maxMs: number;
} {
  return { firstMs: retryFirstMs, maxMs: retryMaxMs };
}

/**
 * Every page of a list. When the server forgets the list between two pages (410), once more in one
 * piece, which cannot be forgotten. `undefined` asks for that; '' for the first page.
 */
async function listAll(
  page: (next: string | undefined) => Promise<KubeList>,
): Promise<{ items: readonly KubeObject[]; resourceVersion: string }> {
  try {
    const items: KubeObject[] = [];
    let next = '';
    for (;;) {
      const answer = await page(next);
      for (const item of answer.items) items.push(item);
      if (answer.continue === '') return { items, resourceVersion: answer.resourceVersion };
      next = answer.continue;
    }
  } catch (error) {
    if (!(error instanceof KubeApiError && error.status === 410)) throw error;
    return page(undefined);
  }
}
