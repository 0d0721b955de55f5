import type { Clock } from '../../runtime/clock.ts';
import { errorText } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import { KubeApiError, WriteRefusedError } from '../kube/kube-api.ts';
import type { KubeApi } from '../kube/kube-api.ts';
import { isJsonObject } from '../../runtime/json-object.ts';
import { ownedBy } from '../kube-object.ts';
import type { KubeObject, ObjectKey, OwnerReference, ResourceKind } from '../kube-object.ts';
import { jittered, slept } from './backoff.ts';
import type { EngineMetrics } from './engine-metrics.ts';

export interface LeaderOptions {
  /** Not held back by a rate limit. */
  readonly api: KubeApi;
  readonly lease: ObjectKey;
  /** Who we are; must differ between replicas, and between two lives of one. */
  readonly identity: string;
  /** The lease goes with it. */
  readonly owner?: OwnerReference | undefined;
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
  readonly assertLeader: () => void;
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

interface Candidate extends LeaderOptions {
  readonly timing: LeaseTiming;
  /** The end of what was granted; counted from before the request, so never later than others see. */
  leadsUntil: number;
  /** What the lease looked like and since when, by our own clock: others' clocks are not asked. */
  observed?: { readonly version: string; readonly at: number };
  held?: KubeObject;
  /** When what was observed will have been left alone long enough. */
  freeAt: number;
}

export function createLeaderElection(options: LeaderOptions): LeaderElection {
  const { clock, identity, lease, metrics } = options;
  const candidate: Candidate = {
    ...options,
    timing: { ...TIMING, ...options.timing },
    logger: options.logger.child({ lease: `${lease.namespace}/${lease.name}`, identity }),
    leadsUntil: Number.NEGATIVE_INFINITY,
    freeAt: Number.NEGATIVE_INFINITY,
  };
  const isLeader = (): boolean => clock.monotonic() < candidate.leadsUntil;
  return {
    isLeader,
    assertLeader: () => {
      if (!isLeader()) throw new WriteRefusedError(`${identity} does not lead`);
    },
    run: async (lead, signal) => {
      metrics.leader.set({ name: lease.name }, 0);
      let waitMs = 0;
      while (await slept(clock, waitMs, signal)) {
        if (await tryTake(candidate, signal)) {
          await serveTerm(candidate, lead, signal);
          waitMs = 0;
        } else waitMs = untilNextTry(candidate);
      }
    },
  };
}

/** Writes the lease in our name, on top of what we read. */
async function write(
  candidate: Candidate,
  before: KubeObject | undefined,
  signal: AbortSignal,
): Promise<void> {
  const { api, clock, identity, owner, timing } = candidate;
  const asked = clock.monotonic();
  const lease = leaseOf(candidate.lease, before, { identity, timing, now: clock.now() });
  const object = { ...lease, metadata: ownedBy(owner, lease.metadata) };
  candidate.held =
    before === undefined
      ? await api.create(LEASE, object, signal)
      : await api.update(LEASE, object, signal);
  candidate.leadsUntil = asked + timing.renewDeadlineMs;
}

function mayTake(candidate: Candidate, current: KubeObject): boolean {
  const { clock, timing, identity } = candidate;
  const { holder, durationMs } = readLease(current);
  const version = current.metadata.resourceVersion ?? '';
  if (candidate.observed?.version !== version) {
    candidate.observed = { version, at: clock.monotonic() };
  }
  if (holder === '' || holder === identity) return true;
  candidate.freeAt = candidate.observed.at + (durationMs ?? timing.durationMs);
  return clock.monotonic() >= candidate.freeAt;
}

/** A lease about to become free is tried for right then: nobody leads meanwhile. */
function untilNextTry({ clock, freeAt, timing }: Candidate): number {
  const leftMs = freeAt - clock.monotonic();
  const retryMs = jittered(timing.retryMs);
  return leftMs > 0 ? Math.min(leftMs, retryMs) : retryMs;
}

async function tryTake(candidate: Candidate, signal: AbortSignal): Promise<boolean> {
  const { api, clock, lease, logger, timing } = candidate;
  const limited = within(signal, timing.renewDeadlineMs);
  try {
    const current = await api.get(LEASE, lease, limited);
    if (current !== undefined && !mayTake(candidate, current)) return false;
    await write(candidate, current, limited);
    return clock.monotonic() < candidate.leadsUntil;
  } catch (error) {
    // A conflict: another replica was faster.
    if (!signal.aborted && !isConflict(error)) {
      logger.warn({ error: errorText(error) }, 'lease not taken');
    }
    return false;
  }
}

/** Renews until it fails for too long or somebody else holds the lease; gives why it ended. */
async function renew(candidate: Candidate, signal: AbortSignal): Promise<string> {
  const { clock, timing } = candidate;
  const leftMs = (): number => candidate.leadsUntil - clock.monotonic();
  while (await slept(clock, Math.min(timing.retryMs, leftMs()), signal)) {
    if (leftMs() <= 0) return 'not renewed in time';
    // Half of the time, so that a dead connection leaves some for a try over another one.
    const limitMs = Math.min(leftMs(), timing.renewDeadlineMs / 2);
    const problem = await renewOnce(candidate, within(signal, limitMs));
    if (problem === undefined) continue;
    // At once: what is left of the term's work must not write over the new leader's.
    candidate.leadsUntil = Number.NEGATIVE_INFINITY;
    return problem;
  }
  return 'asked to stop';
}

async function renewOnce(candidate: Candidate, signal: AbortSignal): Promise<string | undefined> {
  const { api, identity, lease, logger } = candidate;
  try {
    await write(candidate, candidate.held, signal);
    return undefined;
  } catch (error) {
    logger.warn({ error: errorText(error) }, 'lease not renewed');
    if (!isConflict(error)) return undefined;
  }
  try {
    const current = await api.get(LEASE, lease, signal);
    if (readLease(current).holder !== identity) return 'taken by another replica';
    if (current !== undefined) candidate.held = current;
  } catch (error) {
    logger.warn({ error: errorText(error) }, 'lease not read');
  }
  return undefined;
}

async function release(candidate: Candidate): Promise<void> {
  const { api, clock, held, lease, logger, timing } = candidate;
  const mine = held !== undefined && clock.monotonic() < candidate.leadsUntil;
  candidate.leadsUntil = Number.NEGATIVE_INFINITY;
  delete candidate.held;
  if (!mine) return;
  const signal = AbortSignal.timeout(timing.retryMs);
  const giveBack = async (known: KubeObject): Promise<void> => {
    const object = leaseOf(lease, known, { identity: '', timing, now: clock.now() });
    await api.update(LEASE, object, signal);
  };
  try {
    try {
      await giveBack(held);
    } catch (error) {
      // The stop may have cut off a renewal that the server has carried out.
      const current = isConflict(error) ? await api.get(LEASE, lease, signal) : undefined;
      if (current === undefined || readLease(current).holder !== candidate.identity) throw error;
      await giveBack(current);
    }
    logger.info('lease given back');
  } catch (error) {
    logger.warn({ error: errorText(error) }, 'lease not given back: others wait until it is old');
  }
}

async function serveTerm(
  candidate: Candidate,
  lead: (term: AbortSignal) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  const { lease, logger, metrics } = candidate;
  const over = new AbortController();
  const term = AbortSignal.any([over.signal, signal]);
  metrics.leader.set({ name: lease.name }, 1);
  logger.info('leading');
  const work = lead(term).finally(() => {
    over.abort();
  });
  try {
    const why = await renew(candidate, term);
    logger.info({ why }, 'no longer leading');
  } finally {
    metrics.leader.set({ name: lease.name }, 0);
    over.abort(new WriteRefusedError('this replica no longer leads'));
    // The lease goes back only after the term's work has ended.
    await work.finally(() => release(candidate));
  }
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
