import type { KubeConfig } from '@kubernetes/client-node';
import type { Registry } from 'prom-client';
import type { Clock } from '../../runtime/clock.ts';
import { systemClock } from '../../runtime/clock.ts';
import { systemErrorCode } from '../../runtime/errors.ts';
import type { KubeObject, ResourceKind } from '../kube-object.ts';
import { createConnectionSource } from './connection.ts';
import { KubeApiError } from './kube-api.ts';
import type { KubeApi, ListOptions, WatchEvent, WatchOptions } from './kube-api.ts';
import { isJsonObject } from '../../runtime/json-object.ts';
import { asKubeList, asKubeObject, asWatchEvent, parseJson } from './kube-json.ts';
import { createKubeMetrics } from './kube-metrics.ts';
import { collectionPath, groupVersionPath, objectPath, queryText } from './kube-path.ts';
import { createRateLimiter } from './rate-limiter.ts';
import type { RateLimit } from './rate-limiter.ts';
import { createTransport, transportError } from './transport.ts';
import type { KubeRequest, Transport, WriteGuard } from './transport.ts';
import { watchLines } from './watch-lines.ts';

/** The one name our writes carry in managedFields. */
export const FIELD_MANAGER = 'jaeger-instance-operator';

/** Bookmarks come about once a minute. */
export const WATCH_IDLE_MS = 70_000;

export interface KubeClientOptions {
  readonly config: KubeConfig;
  readonly metrics: Registry;
  readonly clock?: Clock;
  /** Default 50 requests a second, 100 at once. */
  readonly rateLimit?: RateLimit;
  /** One request with its answer, waiting for the rate limit included; default 30 s. */
  readonly requestTimeoutMs?: number;
  /** A watch that says nothing this long is taken for dead; default `WATCH_IDLE_MS`. */
  readonly watchIdleMs?: number;
  /** The server ends a watch after between one and two times this; default 5 min. */
  readonly watchTimeoutMs?: number;
  /** One answer; default 64 MiB. */
  readonly responseBytesMax?: number;
}

/** One connection to a cluster, in the shapes its users need. */
export interface KubeClient {
  readonly api: KubeApi;
  /** Not held back by the rate limit: a lease renewed late is a lease lost. */
  readonly leaseApi: KubeApi;
  /** `api`, whose every write asks the guard at the moment its bytes go out. */
  guarded(guard: WriteGuard): KubeApi;
  /** Ends what is still running. */
  close(): Promise<void>;
}

interface WatchLimits {
  readonly idleMs: number;
  readonly timeoutMs: number;
}

/** KubeApi over client-node's configuration and authentication, and undici's connections. */
export function createKubeClient(options: KubeClientOptions): KubeClient {
  const clock = options.clock ?? systemClock;
  const source = createConnectionSource(options.config, clock);
  const shared = {
    source,
    clock,
    metrics: createKubeMetrics(options.metrics),
    requestTimeoutMs: options.requestTimeoutMs ?? 30_000,
    responseBytesMax: options.responseBytesMax ?? 64 * 1_048_576,
  };
  const limiter = createRateLimiter(options.rateLimit ?? { qps: 50, burst: 100 }, clock);
  const unlimited = createRateLimiter({ qps: 0, burst: 0 }, clock);
  const watch = {
    idleMs: options.watchIdleMs ?? WATCH_IDLE_MS,
    timeoutMs: options.watchTimeoutMs ?? 300_000,
  };
  return {
    api: createKubeApi(createTransport({ ...shared, limiter }), watch),
    leaseApi: createKubeApi(createTransport({ ...shared, limiter: unlimited }), watch),
    guarded: (guard) => createKubeApi(createTransport({ ...shared, limiter, guard }), watch),
    close: () => source.close(),
  };
}

function createKubeApi(transport: Transport, watchLimits: WatchLimits): KubeApi {
  const object = async (request: KubeRequest): Promise<KubeObject> =>
    asKubeObject(await transport.json(request));
  return {
    list: async (kind, list, signal) => {
      const path = collectionPath(kind, list.namespace) + queryText(listQuery(list));
      const accept = list.metadataOnly === true ? METADATA_LIST : undefined;
      return asKubeList(await transport.json(get(path, signal, accept)), kind);
    },
    watch: (kind, watch, signal) => watchEvents(transport, watchLimits, { kind, watch, signal }),
    get: (kind, key, signal) => orUndefined(object(get(objectPath(kind, key), signal))),
    create: (kind, body, signal) => {
      const query = queryText({ fieldManager: FIELD_MANAGER });
      const path = collectionPath(kind, body.metadata.namespace) + query;
      return object({ method: 'POST', path, body, signal });
    },
    update: (kind, body, signal) => {
      const path = objectPath(kind, body.metadata) + queryText({ fieldManager: FIELD_MANAGER });
      return object({ method: 'PUT', path, body, signal });
    },
    patch: (kind, key, body, signal) => {
      const path = objectPath(kind, key) + queryText({ fieldManager: FIELD_MANAGER });
      const contentType = 'application/merge-patch+json';
      return object({ method: 'PATCH', path, body, contentType, signal });
    },
    apply: (kind, body, { subresource, dryRun, signal }) => {
      const query = queryText({
        fieldManager: FIELD_MANAGER,
        force: true,
        dryRun: dryRun === true ? 'All' : undefined,
      });
      const path = objectPath(kind, body.metadata, subresource) + query;
      const contentType = 'application/apply-patch+yaml';
      return object({ method: 'PATCH', path, body, contentType, signal });
    },
    delete: async (kind, key, { uid, propagation, signal }) => {
      const body = {
        apiVersion: 'v1',
        kind: 'DeleteOptions',
        propagationPolicy: propagation ?? 'Background',
        ...(uid === undefined ? {} : { preconditions: { uid } }),
      };
      const path = objectPath(kind, key);
      try {
        await transport.json({ method: 'DELETE', path, body, signal });
      } catch (error) {
        // 409: the uid is another one, so the object meant is gone.
        const gone = error instanceof KubeApiError && (error.status === 404 || isOther(error, uid));
        if (!gone) throw error;
      }
    },
    discover: async (apiVersion, signal) => {
      const list = await orUndefined(transport.json(get(groupVersionPath(apiVersion), signal)));
      return asResourceKinds(list, apiVersion);
    },
    serverVersion: async (signal) => {
      const version = await transport.json(get('/version', signal));
      const { major, minor } = isJsonObject(version) ? version : {};
      // Some providers write the minor version as `31+`.
      const number = (part: unknown): number => Number.parseInt(String(part), 10);
      return { major: number(major), minor: number(minor) };
    },
  };
}

const METADATA = 'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1';
const METADATA_LIST = 'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1';

function get(path: string, signal: AbortSignal, accept?: string): KubeRequest {
  return { method: 'GET', path, signal, ...(accept === undefined ? {} : { accept }) };
}

function listQuery(list: ListOptions): Record<string, string | number | undefined> {
  return {
    labelSelector: list.labelSelector,
    fieldSelector: list.fieldSelector,
    limit: list.limit,
    continue: list.continue === '' ? undefined : list.continue,
  };
}

async function orUndefined<T>(answer: Promise<T>): Promise<T | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof KubeApiError && error.status === 404) return undefined;
    throw error;
  }
}

function isOther(error: KubeApiError, uid: string | undefined): boolean {
  return uid !== undefined && error.status === 409;
}

function asResourceKinds(list: unknown, apiVersion: string): readonly ResourceKind[] {
  const resources = isJsonObject(list) ? list['resources'] : undefined;
  if (!Array.isArray(resources)) return [];
  return resources.flatMap((resource: unknown): ResourceKind[] => {
    const { name, kind, namespaced } = isJsonObject(resource) ? resource : {};
    if (typeof name !== 'string' || typeof kind !== 'string' || name.includes('/')) return [];
    return [{ apiVersion, kind, plural: name, namespaced: namespaced === true }];
  });
}

interface WatchCall {
  readonly kind: ResourceKind;
  readonly watch: WatchOptions;
  readonly signal: AbortSignal;
}

/** The server ends a watch by itself in time; if it does not, we do, a little later. */
const OVERTIME_MS = 30_000;

async function* watchEvents(
  transport: Transport,
  limits: WatchLimits,
  { kind, watch, signal }: WatchCall,
): AsyncGenerator<WatchEvent> {
  const timeoutMs = Math.ceil(limits.timeoutMs * (1 + Math.random()));
  const query = queryText({
    ...listQuery(watch),
    watch: true,
    allowWatchBookmarks: true,
    resourceVersion: watch.resourceVersion,
    timeoutSeconds: Math.ceil(timeoutMs / 1000),
  });
  const overtime = AbortSignal.timeout(timeoutMs + OVERTIME_MS);
  const path = collectionPath(kind, watch.namespace) + query;
  const accept = watch.metadataOnly === true ? METADATA : undefined;
  const both = AbortSignal.any([signal, overtime]);
  try {
    const bytes = await transport.stream(get(path, both, accept), limits.idleMs);
    for await (const line of watchLines(bytes)) yield asWatchEvent(parseJson(line), kind);
  } catch (error) {
    signal.throwIfAborted();
    if (overtime.aborted || systemErrorCode(error) === 'UND_ERR_BODY_TIMEOUT') return;
    throw transportError(error, `watch ${kind.plural}`, signal);
  }
}
