import type { Clock } from '../../runtime/clock.ts';
import { errorText } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { KubeApiError } from '../kube/kube-api.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import type { KubeObject, ResourceKind } from '../kube-object.ts';
import { slept } from './backoff.ts';
import type { EngineMetrics } from './engine-metrics.ts';

export interface EventNote {
  readonly type: 'Normal' | 'Warning';
  /** CamelCase, for machines: `StorageUnreachable`. */
  readonly reason: string;
  /** What the controller was doing: `Reconcile`. */
  readonly action: string;
  /** For people; cut at 1,024 bytes. */
  readonly note: string;
}

/** Tells the users of an object what happened to it. Never rejects and never waits for the server. */
export interface EventRecorder {
  record(regarding: KubeObject, note: EventNote): void;
  /** Resolves when what was recorded has been sent or given up, after `flushMs` at the latest. */
  flush(): Promise<void>;
}

export interface EventRecorderOptions {
  readonly api: KubeApi;
  /** `jaegertracing.io/jaeger-instance-operator`. */
  readonly controller: string;
  /** Which replica. */
  readonly instance: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: EngineMetrics;
  readonly limits?: Partial<EventLimits>;
}

export interface EventLimits {
  /** Per object: so many at once, then one each `refillMs`. */
  readonly burst: number;
  readonly refillMs: number;
  /** The same event within this time is counted up on the first one. */
  readonly seriesMs: number;
  /** Waiting to be sent. */
  readonly queueMax: number;
  /** `flush` gives up what has not been sent by then. */
  readonly flushMs: number;
}

const EVENT: ResourceKind = {
  apiVersion: 'events.k8s.io/v1',
  kind: 'Event',
  plural: 'events',
  namespaced: true,
};
const LIMITS: EventLimits = {
  burst: 25,
  refillMs: 300_000,
  seriesMs: 360_000,
  queueMax: 1000,
  flushMs: 5000,
};
const NOTE_BYTES_MAX = 1024;
const SEND_TIMEOUT_MS = 10_000;
/** Objects and series remembered; the oldest are forgotten first. */
const REMEMBERED_MAX = 4096;

interface Series {
  readonly key: { readonly namespace: string; readonly name: string };
  count: number;
  lastAt: number;
}

export function createEventRecorder(options: EventRecorderOptions): EventRecorder {
  const { api, clock, logger, metrics } = options;
  const limits = { ...LIMITS, ...options.limits };
  const series = new Map<string, Series>();
  const mayRecord = createBudgets(limits, clock);
  let sending: Promise<void> = Promise.resolve();
  let queued = 0;
  let serial = 0;
  let giveUp = new AbortController();

  /** Gives whether there was an event to count up. */
  const countUp = async (id: string, time: string, signal: AbortSignal): Promise<boolean> => {
    const known = series.get(id);
    if (known === undefined || clock.monotonic() - known.lastAt >= limits.seriesMs) return false;
    known.count++;
    known.lastAt = clock.monotonic();
    const body = { series: { count: known.count, lastObservedTime: time } };
    try {
      await api.patch(EVENT, known.key, body, signal);
      return true;
    } catch (error) {
      if (!(error instanceof KubeApiError && error.status === 404)) throw error;
      // Somebody deleted it.
      return false;
    }
  };

  const send = async (regarding: KubeObject, note: EventNote): Promise<void> => {
    const signal = AbortSignal.any([giveUp.signal, AbortSignal.timeout(SEND_TIMEOUT_MS)]);
    const id = JSON.stringify([regarding.metadata.uid, note.type, note.reason, note.note]);
    const time = new Date(clock.now()).toISOString().replace('Z', '000Z');
    if (await countUp(id, time, signal)) return;
    // Events of cluster-wide objects live in the default namespace.
    const namespace = regarding.metadata.namespace ?? 'default';
    const suffix = `${clock.now().toString(16)}${(serial++).toString(16)}`;
    const key = { namespace, name: `${regarding.metadata.name.slice(0, 200)}.${suffix}` };
    await api.create(EVENT, eventOf(options, { regarding, note, key, time }), signal);
    series.delete(id);
    series.set(id, { key, count: 1, lastAt: clock.monotonic() });
    forgetOldest(series);
  };

  const sendOrGiveUp = async (regarding: KubeObject, note: EventNote): Promise<void> => {
    try {
      await send(regarding, note);
      metrics.events.inc({ result: 'sent' });
    } catch (error) {
      metrics.events.inc({ result: 'failed' });
      logger.debug({ error: errorText(error), reason: note.reason }, 'event not recorded');
    } finally {
      queued--;
    }
  };

  return {
    record: (regarding, note) => {
      if (!mayRecord(regarding.metadata.uid ?? '') || queued >= limits.queueMax) {
        metrics.events.inc({ result: 'limited' });
        return;
      }
      queued++;
      sending = sending.then(() => sendOrGiveUp(regarding, note));
    },
    flush: async () => {
      const sent = new AbortController();
      const limit = slept(clock, limits.flushMs, sent.signal).then((late) => {
        if (late) giveUp.abort(new Error('given up: the operator stops'));
      });
      await sending;
      sent.abort();
      await limit;
      if (giveUp.signal.aborted) giveUp = new AbortController();
    },
  };
}

/** Takes from an object's budget, if something is left of it. */
function createBudgets({ burst, refillMs }: EventLimits, clock: Clock): (uid: string) => boolean {
  const budgets = new Map<string, { left: number; at: number }>();
  return (uid) => {
    const now = clock.monotonic();
    const { left, at } = budgets.get(uid) ?? { left: burst, at: now };
    const tokens = Math.min(burst, left + (now - at) / refillMs);
    budgets.delete(uid);
    budgets.set(uid, { left: tokens >= 1 ? tokens - 1 : tokens, at: now });
    forgetOldest(budgets);
    return tokens >= 1;
  };
}

interface EventParts {
  readonly regarding: KubeObject;
  readonly note: EventNote;
  readonly key: { readonly namespace: string; readonly name: string };
  readonly time: string;
}

function eventOf(
  { controller, instance }: EventRecorderOptions,
  { regarding, note, key, time }: EventParts,
): KubeObject {
  const { apiVersion, kind, metadata } = regarding;
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion: EVENT.apiVersion,
    kind: EVENT.kind,
    metadata: key,
    eventTime: time,
    reportingController: controller,
    reportingInstance: instance,
    action: note.action,
    reason: note.reason,
    type: note.type,
    note: cutText(note.note),
    regarding: { apiVersion, kind, name, namespace, uid, resourceVersion },
  };
}

/** `stream` leaves out a character that is cut in two; its replacement would be longer. */
function cutText(text: string): string {
  const bytes = Buffer.from(text).subarray(0, NOTE_BYTES_MAX);
  return new TextDecoder().decode(bytes, { stream: true });
}

function forgetOldest(map: Map<string, unknown>): void {
  for (const oldest of map.keys()) {
    if (map.size <= REMEMBERED_MAX) return;
    map.delete(oldest);
  }
}
