import type { KubeObject, ObjectKey, ResourceKind } from '../kube-object.ts';

/**
 * The cluster, as the engine and the webhooks use it. Every call honours its signal, has a time
 * limit of its own, and rejects with `KubeApiError` when the server answers with a Status and with
 * `KubeTransportError` when no complete answer came.
 */
export interface KubeApi {
  list(kind: ResourceKind, options: ListOptions, signal: AbortSignal): Promise<KubeList>;
  /**
   * Events after `resourceVersion` until the server or the idle limit ends the watch (the iteration
   * ends: watch again from the last version seen) or it fails (the iteration throws; a
   * `KubeApiError` with status 410 means: list again).
   */
  watch(kind: ResourceKind, options: WatchOptions, signal: AbortSignal): AsyncIterable<WatchEvent>;
  /** undefined when there is no such object. */
  get(kind: ResourceKind, key: ObjectKey, signal: AbortSignal): Promise<KubeObject | undefined>;
  create(kind: ResourceKind, object: KubeObject, signal: AbortSignal): Promise<KubeObject>;
  /** Replaces; the object's resourceVersion guards against a lost update (409). */
  update(kind: ResourceKind, object: KubeObject, signal: AbortSignal): Promise<KubeObject>;
  /** JSON merge patch. */
  patch(
    kind: ResourceKind,
    key: ObjectKey,
    patch: unknown,
    signal: AbortSignal,
  ): Promise<KubeObject>;
  /** Server-side apply, forced, by this operator's one field manager. */
  apply(kind: ResourceKind, object: KubeObject, options: ApplyOptions): Promise<KubeObject>;
  /** Done as well when the object is already gone. */
  delete(kind: ResourceKind, key: ObjectKey, options: DeleteOptions): Promise<void>;
  /** The kinds the server serves of a group version; [] when it serves none. */
  discover(apiVersion: string, signal: AbortSignal): Promise<readonly ResourceKind[]>;
  serverVersion(signal: AbortSignal): Promise<{ readonly major: number; readonly minor: number }>;
}

export interface ListOptions {
  /** All namespaces when absent. */
  readonly namespace?: string;
  readonly labelSelector?: string;
  readonly fieldSelector?: string;
  readonly limit?: number;
  readonly continue?: string;
  /** Objects come without spec, data and status: all that is needed of kinds that are not ours. */
  readonly metadataOnly?: boolean;
}

export interface WatchOptions extends ListOptions {
  readonly resourceVersion: string;
}

export interface KubeList {
  readonly items: readonly KubeObject[];
  readonly resourceVersion: string;
  /** Token of the next page; '' on the last. */
  readonly continue: string;
}

export interface WatchEvent {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK';
  readonly object: KubeObject;
}

export interface ApplyOptions {
  readonly subresource?: 'status';
  readonly dryRun?: boolean;
  readonly signal: AbortSignal;
}

export interface DeleteOptions {
  /** Delete only this very object, not one made since under its name. */
  readonly uid?: string;
  /** What happens to the objects this one owns; Background when absent. */
  readonly propagation?: 'Background' | 'Foreground' | 'Orphan';
  readonly signal: AbortSignal;
}

/** The API server answered with a Status that is not a success. */
export class KubeApiError extends Error {
  override readonly name = 'KubeApiError';
  /** HTTP status. */
  readonly status: number;
  /** `Conflict`, `AlreadyExists`, `Expired`, …; '' when the answer was not a Status. */
  readonly reason: string;
  /** From Retry-After or the Status details, when given. */
  readonly retryAfterMs: number | undefined;
  /** The server's own words, for people who know nothing of the request. */
  readonly said: string;

  constructor(
    message: string,
    answer: {
      status: number;
      reason: string;
      retryAfterMs?: number | undefined;
      /** The whole message when absent. */
      said?: string;
    },
  ) {
    super(message);
    this.said = answer.said ?? message;
    this.status = answer.status;
    this.reason = answer.reason;
    this.retryAfterMs = answer.retryAfterMs;
  }
}

/** No complete answer came: refused, reset, timed out, or not what an API server says. */
export class KubeTransportError extends Error {
  override readonly name = 'KubeTransportError';
}

/** This process may not write (any more); nothing was sent. A write guard throws it. */
export class WriteRefusedError extends Error {
  override readonly name = 'WriteRefusedError';
}
