import type { Clock } from '../../runtime/clock.ts';
import { errorText } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { KubeApiError } from '../kube/kube-api.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import type { KubeObject, ObjectKey, ResourceKind } from '../kube-object.ts';
import { jittered, slept } from './backoff.ts';
import type { BackoffLimits } from './backoff.ts';
import type { EngineMetrics } from './engine-metrics.ts';
import { createObjectCache } from './object-cache.ts';
import type { CacheFeed, ObjectCache } from './object-cache.ts';
import { createReflector } from './reflector.ts';
import type { ReflectorTiming } from './reflector.ts';
import { createWorkQueue } from './work-queue.ts';
import type { WorkQueue } from './work-queue.ts';

/** A kind to keep in a cache, and whose reconcile a change of one of its objects asks for. */
export interface WatchedKind {
  readonly kind: ResourceKind;
  readonly labelSelector?: string;
  readonly metadataOnly?: boolean;
  readonly indexedLabels?: readonly string[];
  /** The primary objects to reconcile; when absent: the controller owner, if it is a primary. */
  readonly mapTo?: (object: KubeObject) => readonly ObjectKey[];
}

export interface ControllerOptions {
  /** In metrics and logs. */
  readonly name: string;
  /** For reading. */
  readonly api: KubeApi;
  readonly primary: WatchedKind;
  readonly watched: readonly WatchedKind[];
  /** All when empty. */
  readonly namespaces: readonly string[];
  /** Looks at the world and makes it as the primary object wants it; called again on failure. */
  readonly reconcile: Reconcile;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: EngineMetrics;
  readonly limits?: Partial<ControllerLimits>;
  readonly reflectorTiming?: Partial<ReflectorTiming>;
}

export interface ControllerLimits {
  /** Default 8. */
  readonly workers: number;
  /** One reconcile; its signal ends then. Default 2 min. */
  readonly reconcileTimeoutMs: number;
  /** Every primary object is reconciled at least this often; default 10 min. */
  readonly resyncMs: number;
  /** Waits after failures of one key; default 5 ms to 5 min. */
  readonly backoff: BackoffLimits;
}

export type Reconcile = (key: ObjectKey, signal: AbortSignal) => Promise<ReconcileResult>;

export interface ReconcileResult {
  /** Look again after this, though nothing has changed. */
  readonly requeueAfterMs?: number;
}

/** Trying again will not help: the key waits until its objects change (or the next resync). */
export class TerminalError extends Error {
  override readonly name = 'TerminalError';
}

export interface Controller {
  /** Resolves when every cache holds what the server held. */
  readonly synced: Promise<void>;
  /** @throws Error for a kind that is not watched. */
  readonly cache: (kind: ResourceKind) => ObjectCache;
  /** Asks for a reconcile. */
  enqueue(key: ObjectKey): void;
  /** Keeps the caches; on every replica, leading or not. Until the signal aborts. */
  watch(signal: AbortSignal): Promise<void>;
  /** Reconciles, all primary objects first; only while leading. Until the signal aborts. */
  work(signal: AbortSignal): Promise<void>;
}

const LIMITS: ControllerLimits = {
  workers: 8,
  reconcileTimeoutMs: 120_000,
  resyncMs: 600_000,
  backoff: { firstMs: 5, maxMs: 300_000 },
};

/** Watches a primary kind and what belongs to it, and reconciles by key, each key on its own. */
export function createController(options: ControllerOptions): Controller {
  const { name, clock, metrics, primary } = options;
  const limits = { ...LIMITS, ...options.limits };
  const logger = options.logger.child({ controller: name });
  const queue = createWorkQueue({ name, clock, metrics, backoff: limits.backoff });
  const caches = new Map<string, ObjectCache & CacheFeed>();
  const watchedKinds = [
    { ...primary, mapTo: (object: KubeObject) => [keyOf(object)] },
    ...options.watched,
  ];
  const reflectors = watchedKinds.flatMap((watched) => {
    const { indexedLabels } = watched;
    const cache = createObjectCache(indexedLabels === undefined ? {} : { indexedLabels });
    caches.set(kindId(watched.kind), cache);
    const mapTo = watched.mapTo ?? ownerIn(primary.kind);
    const scopes = options.namespaces.length === 0 ? [undefined] : options.namespaces;
    return scopes.map((namespace) =>
      createReflector({
        ...pick(watched),
        ...(namespace === undefined || !watched.kind.namespaced ? {} : { namespace }),
        ...(options.reflectorTiming === undefined ? {} : { timing: options.reflectorTiming }),
        api: options.api,
        cache,
        onChange: ({ object }) => {
          for (const key of mapTo(object)) enqueue(key);
        },
        clock,
        logger,
        metrics,
      }),
    );
  });
  const synced = Promise.all(reflectors.map((reflector) => reflector.synced));

  const cacheOf = (kind: ResourceKind): ObjectCache => {
    const cache = caches.get(kindId(kind));
    if (cache === undefined) throw new Error(`${kindId(kind)} is not watched`);
    return cache;
  };
  function enqueue({ namespace, name: object }: ObjectKey): void {
    queue.add(`${namespace}/${object}`);
  }

  const reconcileOne = createKeyReconciler({ ...options, logger }, limits, queue);
  const resync = async (signal: AbortSignal): Promise<void> => {
    do {
      for (const object of cacheOf(primary.kind).list()) enqueue(keyOf(object));
    } while (await slept(clock, jittered(limits.resyncMs), signal));
  };

  return {
    synced: synced.then(() => undefined),
    cache: cacheOf,
    enqueue,
    watch: async (signal) => {
      await Promise.all(reflectors.map((reflector) => reflector.run(signal)));
    },
    work: async (signal) => {
      await Promise.race([synced, untilAborted(signal)]);
      metrics.workersMax.set({ controller: name }, limits.workers);
      await Promise.all([
        resync(signal),
        queue.run(limits.workers, (id) => reconcileOne(id, signal), signal),
      ]);
    },
  };
}

/** One reconcile of one key, with its time limit, its retry and its metrics. */
function createKeyReconciler(
  { name, metrics, logger, reconcile }: ControllerOptions,
  limits: ControllerLimits,
  queue: WorkQueue,
): (id: string, signal: AbortSignal) => Promise<void> {
  const settle = (id: string, { requeueAfterMs }: ReconcileResult): string => {
    queue.forget(id);
    if (requeueAfterMs === undefined) return 'success';
    queue.addAfter(id, requeueAfterMs);
    return 'requeue_after';
  };

  const fail = (id: string, error: unknown): string => {
    const terminal = error instanceof TerminalError;
    metrics.reconcileErrors.inc({ controller: name });
    if (terminal) metrics.terminalErrors.inc({ controller: name });
    else queue.retry(id, error instanceof KubeApiError ? error.retryAfterMs : undefined);
    logger.warn({ key: id, terminal, error: errorText(error) }, 'reconcile failed');
    return 'error';
  };

  return async (id, signal) => {
    const [namespace = '', object = ''] = id.split('/');
    const limited = AbortSignal.any([signal, AbortSignal.timeout(limits.reconcileTimeoutMs)]);
    const timer = metrics.reconcileSeconds.startTimer({ controller: name });
    metrics.workersActive.inc({ controller: name });
    let result: string;
    try {
      // A reconcile that does not look at its signal must not keep its worker either.
      const work = reconcile({ namespace, name: object }, limited);
      result = settle(id, await Promise.race([work, aborted(limited)]));
    } catch (error) {
      if (signal.aborted) return;
      result = fail(id, error);
    } finally {
      timer();
      metrics.workersActive.dec({ controller: name });
    }
    metrics.reconciles.inc({ controller: name, result });
  };
}

function pick({ kind, labelSelector, metadataOnly }: WatchedKind): {
  kind: ResourceKind;
  labelSelector?: string;
  metadataOnly?: boolean;
} {
  return {
    kind,
    ...(labelSelector === undefined ? {} : { labelSelector }),
    ...(metadataOnly === undefined ? {} : { metadataOnly }),
  };
}

function ownerIn(primary: ResourceKind): (object: KubeObject) => readonly ObjectKey[] {
  return ({ metadata }) =>
    (metadata.ownerReferences ?? [])
      .filter(({ controller, kind }) => controller === true && kind === primary.kind)
      .map(({ name }) => ({ namespace: metadata.namespace ?? '', name }));
}

function keyOf({ metadata }: KubeObject): ObjectKey {
  return { namespace: metadata.namespace ?? '', name: metadata.name };
}

function kindId({ apiVersion, kind }: ResourceKind): string {
  return `${apiVersion} ${kind}`;
}

function untilAborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) resolve();
    else
      signal.addEventListener(
        'abort',
        () => {
          resolve();
        },
        { once: true },
      );
  });
}

async function aborted(signal: AbortSignal): Promise<never> {
  await untilAborted(signal);
  throw signal.reason instanceof Error ? signal.reason : new Error('aborted');
}
