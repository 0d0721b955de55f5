import type { Clock } from '../../runtime/clock.ts';
import { errorText } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { KubeApiError, WriteRefusedError } from '../kube/kube-api.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { isJsonObject } from '../kube/kube-json.ts';
import type { KubeObject, ObjectKey, ResourceKind } from '../kube-object.ts';
import { jittered } from './backoff.ts';
import type { EngineMetrics } from './engine-metrics.ts';

export interface LeaderOptions {
  /** Not held back by a rate limit. */
  readonly api: KubeApi;
  readonly lease: ObjectKey;
  /** Who we are; must differ between replicas, and between two lives of one. */
  readonly identity: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly metrics: EngineMetrics;
  readonly timing?: Partial<LeaseTiming>;
}

/** As client-go has them: a leader that cannot renew stops before another one may start. */
export interface LeaseTiming {
  /** Others leave the lease alone until it has not been renewed this long; default 15 s. */
  readonly durationMs: number;
  /** The leader stops when it has not renewed this long; default 10 s. */
  readonly renewDeadlineMs: number;
  /** Between two tries; default 2 s. */
  readonly retryMs: number;
}

export interface LeaderElection {
  /**
   * Whether this replica leads at this very moment, by the monotonic clock: true never outlives
   * the renew deadline, not even when the process was stopped and its timers are late.
   */
  isLeader(): boolean;
  /** @throws WriteRefusedError when this replica does not lead: the guard of all writes. */
  assertLeader(): void;
  /**
   * Stands for election until the signal aborts, then gives the lease back. Calls `lead` for each
   * term with a signal that ends with the term, and stands again only when it has returned.
   */
  run(lead: (term: AbortSignal) => Promise<void>, signal: AbortSignal): Promise<void>;
}

const LEASE: ResourceKind = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};
const TIMING: LeaseTiming = { durationMs: 15_000, renewDeadlineMs: 10_000, retryMs: 2000 };

export function createLeaderElection(options: LeaderOptions): LeaderElection {
  const { api, clock, identity, lease } = options;
  const timing = { ...TIMING, ...options.timing };
  const logger = options.logger.child({ lease: `${lease.namespace}/${lease.name}`, identity });
  /** The end of what was granted; counted from before the request, so never later than others see. */
  let leadsUntil = Number.NEGATIVE_INFINITY;
  /** What the lease looked like and since when, by our own clock: others' clocks are not asked. */
  let observed: { readonly version: string; readonly at: number } | undefined;
  let held: KubeObject | undefined;

  const isLeader = (): boolean => clock.monotonic() < leadsUntil;

  /** Writes the lease in our name, on top of what we read. */
  const write = async (before: KubeObject | undefined, signal: AbortSignal): Promise<void> => {
    const asked = clock.monotonic();
    const object = leaseOf(lease, before, { identity, timing, now: clock.now() });
    held =
      before === undefined
        ? await api.create(LEASE, object, signal)
        : await api.update(LEASE, object, signal);
    leadsUntil = asked + timing.renewDeadlineMs;
  };

  const mayTake = (current: KubeObject): boolean => {
    const { holder, durationMs } = readLease(current);
    const version = current.metadata.resourceVersion ?? '';
    if (observed?.version !== version) observed = { version, at: clock.monotonic() };
    if (holder === '' || holder === identity) return true;
    return clock.monotonic() >= observed.at + (durationMs ?? timing.durationMs);
  };

  const tryTake = async (signal: AbortSignal): Promise<boolean> => {
    const limited = within(signal, timing.renewDeadlineMs);
    try {
      const current = await api.get(LEASE, lease, limited);
      if (current !== undefined && !mayTake(current)) return false;
      await write(current, limited);
      return isLeader();
    } catch (error) {
      signal.throwIfAborted();
      // Another replica was faster.
      if (!isConflict(error)) logger.warn({ error: errorText(error) }, 'lease not taken');
      return false;
    }
  };

  /** Renews until it fails for too long or somebody else holds the lease. */
  const renew = async (signal: AbortSignal): Promise<string> => {
    for (;;) {
      await clock.sleep(
        Math.min(timing.retryMs, Math.max(leadsUntil - clock.monotonic(), 0)),
        signal,
      );
      const leftMs = leadsUntil - clock.monotonic();
      if (leftMs <= 0) return 'not renewed in time';
      const limited = within(signal, leftMs);
      try {
        await write(held, limited);
      } catch (error) {
        signal.throwIfAborted();
        if (!isConflict(error)) {
          logger.warn({ error: errorText(error) }, 'lease not renewed');
          continue;
        }
        const current = await readAgain(limited);
        if (current === undefined) continue;
        if (readLease(current).holder !== identity) return 'taken by another replica';
        held = current;
      }
    }
  };

  const readAgain = async (signal: AbortSignal): Promise<KubeObject | undefined> => {
    try {
      return await api.get(LEASE, lease, signal);
    } catch (error) {
      logger.warn({ error: errorText(error) }, 'lease not read');
      return undefined;
    }
  };

  const release = async (): Promise<void> => {
    if (held === undefined || !isLeader()) return;
    leadsUntil = Number.NEGATIVE_INFINITY;
    const object = leaseOf(lease, held, { identity: '', timing, now: clock.now() });
    try {
      await api.update(LEASE, object, AbortSignal.timeout(timing.retryMs));
      logger.info('lease given back');
    } catch (error) {
      logger.warn({ error: errorText(error) }, 'lease not given back: others wait until it is old');
    }
  };

  const term = async (
    lead: (term: AbortSignal) => Promise<void>,
    signal: AbortSignal,
  ): Promise<void> => {
    const over = new AbortController();
    const ended = AbortSignal.any([over.signal, signal]);
    options.metrics.leader.set({ name: lease.name }, 1);
    logger.info('leading');
    const work = lead(ended).finally(() => {
      over.abort();
    });
    try {
      const why = await renew(ended);
      logger.warn({ why }, 'no longer leading');
    } catch (error) {
      if (!ended.aborted) throw error;
    } finally {
      options.metrics.leader.set({ name: lease.name }, 0);
      over.abort(new WriteRefusedError('this replica no longer leads'));
      await work;
      // Only now: what the term still had to finish was covered by the lease.
      await release();
      leadsUntil = Number.NEGATIVE_INFINITY;
      held = undefined;
    }
  };

  return {
    isLeader,
    assertLeader: () => {
      if (!isLeader()) throw new WriteRefusedError(`${identity} does not lead`);
    },
    run: async (lead, signal) => {
      options.metrics.leader.set({ name: lease.name }, 0);
      while (!signal.aborted) {
        try {
          if (await tryTake(signal)) await term(lead, signal);
          else await clock.sleep(jittered(timing.retryMs), signal);
        } catch (error) {
          if (!signal.aborted) throw error;
        }
      }
    },
  };
}

interface LeaseWrite {
  /** '' gives the lease back. */
  readonly identity: string;
  readonly timing: LeaseTiming;
  readonly now: number;
}

function leaseOf(
  { namespace, name }: ObjectKey,
  before: KubeObject | undefined,
  { identity, timing, now }: LeaseWrite,
): KubeObject {
  const { spec, holder } = readLease(before);
  // MicroTime has six digits behind the point.
  const time = new Date(now).toISOString().replace('Z', '000Z');
  const taken = holder !== identity;
  const transitions = Number(spec['leaseTransitions'] ?? 0);
  return {
    ...(before ?? {
      apiVersion: LEASE.apiVersion,
      kind: LEASE.kind,
      metadata: { namespace, name },
    }),
    spec: {
      ...spec,
      holderIdentity: identity,
      // A lease given back is free at once, even for clients that do not look at the holder.
      leaseDurationSeconds: identity === '' ? 1 : Math.max(1, Math.ceil(timing.durationMs / 1000)),
      acquireTime: taken ? time : spec['acquireTime'],
      renewTime: time,
      leaseTransitions:
        taken && identity !== '' && before !== undefined ? transitions + 1 : transitions,
    },
  };
}

function readLease(lease: KubeObject | undefined): {
  spec: Readonly<Record<string, unknown>>;
  holder: string;
  durationMs: number | undefined;
} {
  const spec = isJsonObject(lease?.['spec']) ? lease['spec'] : {};
  const { holderIdentity: holder, leaseDurationSeconds: seconds } = spec;
  return {
    spec,
    holder: typeof holder === 'string' ? holder : '',
    durationMs: typeof seconds === 'number' ? seconds * 1000 : undefined,
  };
}

function isConflict(error: unknown): boolean {
  return error instanceof KubeApiError && error.status === 409;
}

function within(signal: AbortSignal, ms: number): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(Math.max(1, Math.floor(ms)))]);
}
