import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createEngineMetrics } from '../../../src/controller/engine/engine-metrics.ts';
import { createLeaderElection } from '../../../src/controller/engine/leader.ts';
import type { LeaderElection, LeaderOptions } from '../../../src/controller/engine/leader.ts';
import { createKubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import type { KubeClient } from '../../../src/controller/kube/create-kube-api.ts';
import { WriteRefusedError } from '../../../src/controller/kube/kube-api.ts';
import { systemClock } from '../../../src/runtime/clock.ts';
import { createFakeClock } from '../../harness/fake-clock.ts';
import type { FakeClock } from '../../harness/fake-clock.ts';
import { startFakeKubeServer } from '../../harness/fake-kube-server.ts';
import type { FakeKubeServer } from '../../harness/fake-kube-server.ts';

const LEASE = {
  apiVersion: 'coordination.k8s.io/v1',
  kind: 'Lease',
  plural: 'leases',
  namespaced: true,
};
const KEY = { namespace: 'ns', name: 'leader' };

interface Replica {
  readonly election: LeaderElection;
  /** `began` and `ended`, in turn. */
  readonly terms: string[];
  readonly running: Promise<void>;
  stop(): Promise<void>;
}

describe('the leader election', () => {
  let server: FakeKubeServer;
  let client: KubeClient;
  let clock: FakeClock;
  const stops: (() => void)[] = [];

  const start = (
    options: Partial<LeaderOptions> = {},
    windDown: (election: LeaderElection) => void = () => undefined,
  ): Replica => {
    const election = createLeaderElection({
      api: client.leaseApi,
      lease: KEY,
      identity: 'me',
      clock,
      logger: pino({ level: 'silent' }),
      metrics: createEngineMetrics(new Registry()),
      ...options,
    });
    const abort = new AbortController();
    const terms: string[] = [];
    const lead = async (term: AbortSignal): Promise<void> => {
      terms.push('began');
      await new Promise((resolve) => {
        term.addEventListener('abort', resolve);
      });
      windDown(election);
      terms.push('ended');
    };
    const running = election.run(lead, abort.signal);
    const stop = (): Promise<void> => {
      abort.abort();
      return running;
    };
    stops.push(() => void stop());
    return { election, terms, running, stop };
  };
  const holder = async (): Promise<unknown> => (await spec())['holderIdentity'];
  const spec = async (): Promise<Record<string, unknown>> => {
    const lease = await client.api.get(LEASE, KEY, AbortSignal.timeout(5000));
    return lease?.['spec'] as Record<string, unknown>;
  };
  const putLease = (holderIdentity: string, fields: object = {}): void => {
    const { apiVersion, kind } = LEASE;
    const times = { renewTime: '2000-01-01T00:00:00.000000Z', leaseDurationSeconds: 15 };
    server.put('leader', { apiVersion, kind, spec: { holderIdentity, ...times, ...fields } });
  };
  const requests = (what: string): number =>
    server.requests.filter((request) => request.what === what).length;
  /** Until the replica waits for its next turn, then that much later. */
  const later = async (ms: number): Promise<void> => {
    await vi.waitFor(() => {
      expect(clock.sleeping).toHaveLength(1);
    });
    await clock.advance(ms);
  };
  const begun = ({ terms }: Replica, times: readonly string[] = ['began']): Promise<void> =>
    vi.waitFor(() => {
      expect(terms).toEqual(times);
    });

  beforeEach(async () => {
    clock = createFakeClock();
    server = await startFakeKubeServer('leases');
    client = createKubeClient({ config: server.config, metrics: new Registry() });
  });
  afterEach(async () => {
    for (const stop of stops.splice(0)) stop();
    await client.close();
    await server.close();
  });

  it('leads at once when nobody holds the lease, and renews it every 2 s', async () => {
    const replica = start();
    await begun(replica);
    expect(replica.election.isLeader()).toBe(true);
    expect(await holder()).toBe('me');
    for (let renewals = 1; renewals <= 10; renewals++) {
      await later(2000);
      await vi.waitFor(() => {
        expect(requests('PUT')).toBe(renewals);
      });
    }
    expect(replica.election.isLeader()).toBe(true);
    expect(await spec()).toMatchObject({
      leaseDurationSeconds: 15,
      leaseTransitions: 0,
      acquireTime: '2026-01-01T00:00:00.000000Z',
      renewTime: '2026-01-01T00:00:20.000000Z',
    });
  });

  it('stops 10 s after the last renewal when the server refuses all further ones', async () => {
    const broken = { status: 500, reason: 'InternalError' };
    server.failNext('PUT', broken, broken, broken, broken, broken);
    const replica = start();
    await begun(replica);
    for (let tries = 1; tries <= 4; tries++) {
      await later(2000);
      await vi.waitFor(() => {
        expect(requests('PUT')).toBe(tries);
      });
    }
    await later(1999);
    expect(replica.election.isLeader()).toBe(true);
    await clock.advance(1);
    expect(replica.election.isLeader()).toBe(false);
    await vi.waitFor(() => {
      expect(replica.terms.slice(0, 2)).toEqual(['began', 'ended']);
    });
  });

  it('does not lead at the very moment it wakes from a pause longer than the deadline', async () => {
    const replica = start();
    await begun(replica);
    const paused = clock.advance(10_000);
    expect(replica.election.isLeader()).toBe(false);
    expect(replica.election.assertLeader).toThrow(WriteRefusedError);
    await paused;
  });

  it('waits until a lease has not changed for 15 s of its own time, whatever times it shows', async () => {
    putLease('other');
    const replica = start();
    clock.step(3_600_000);
    const turn = async (ms: number): Promise<void> => {
      await vi.waitFor(() => {
        expect(clock.sleeping).toHaveLength(1);
      });
      const before = requests('GET get');
      await clock.advance(ms);
      await vi.waitFor(() => {
        expect(requests('GET get')).toBeGreaterThan(before);
      });
    };
    await turn(7000);
    await turn(7000);
    // One from the future: the other replica's clock is an hour ahead.
    putLease('other', { renewTime: '2026-01-01T02:00:00.000000Z' });
    for (let waited = 0; waited < 14_000; waited += 2000) await turn(2000);
    expect(replica.terms).toEqual([]);
    expect(await holder()).toBe('other');
    await turn(2000);
    // 14 s over: the next try is not later than it has to be.
    await vi.waitFor(() => {
      expect(clock.sleeping).toEqual([1000]);
    });
    await clock.advance(999);
    expect(replica.terms).toEqual([]);
    await clock.advance(1);
    await begun(replica);
    expect(await spec()).toMatchObject({ holderIdentity: 'me', leaseTransitions: 1 });
  });

  it('lets one of two replicas lead', async () => {
    const replicas = [start({ identity: 'a' }), start({ identity: 'b' })];
    await vi.waitFor(() => {
      expect(clock.sleeping).toHaveLength(2);
    });
    expect(replicas.flatMap(({ terms }) => terms)).toEqual(['began']);
    expect(replicas.filter(({ election }) => election.isLeader())).toHaveLength(1);
  });

  it('gives the lease back when it is asked to stop, after its work has ended', async () => {
    const leadingWhileItEnds: boolean[] = [];
    const first = start({ identity: 'a' }, (election) => {
      leadingWhileItEnds.push(election.isLeader());
    });
    await begun(first);
    await first.stop();
    expect(leadingWhileItEnds).toEqual([true]);
    expect(first.election.isLeader()).toBe(false);
    expect(await spec()).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
    await begun(start({ identity: 'b' }));
  });

  it('gives back a lease whose last renewal it has not heard of', async () => {
    const replica = start();
    await begun(replica);
    // As a renewal leaves it that the server carries out and the stop cuts off.
    putLease('me', { note: 'renewed' });
    await replica.stop();
    expect(await spec()).toMatchObject({ holderIdentity: '', note: 'renewed' });
  });

  it('leaves a lease alone that another replica has taken meanwhile', async () => {
    const replica = start();
    await begun(replica);
    putLease('other');
    await replica.stop();
    expect(await spec()).toMatchObject({ holderIdentity: 'other' });
  });

  it('goes on when somebody has edited the lease without taking it', async () => {
    const replica = start();
    await begun(replica);
    putLease('me', { note: 'edited' });
    await later(2000);
    await later(2000);
    await vi.waitFor(() => {
      expect(requests('PUT')).toBe(2);
    });
    await vi.waitFor(() => {
      expect(clock.sleeping).toEqual([2000]);
    });
    expect(await spec()).toMatchObject({ note: 'edited', holderIdentity: 'me' });
    await clock.advance(7000);
    expect(replica.election.isLeader()).toBe(true);
    expect(replica.terms).toEqual(['began']);
  });

  it('writes nothing more, not even while its work ends, once another replica has the lease', async () => {
    const leadingWhileItEnds: boolean[] = [];
    const replica = start({}, (election) => {
      leadingWhileItEnds.push(election.isLeader());
    });
    await begun(replica);
    putLease('other');
    await later(2000);
    await begun(replica, ['began', 'ended']);
    expect(leadingWhileItEnds).toEqual([false]);
    expect(await holder()).toBe('other');
  });

  it('tries another connection when a renewal gets no answer', async () => {
    server.failNext('PUT', { status: 0 });
    const timing = { durationMs: 1500, renewDeadlineMs: 1000, retryMs: 100 };
    const replica = start({ clock: systemClock, timing });
    await begun(replica);
    await systemClock.sleep(1300);
    expect(replica.election.isLeader()).toBe(true);
    expect(replica.terms).toEqual(['began']);
  });

  it('ends with the error of its work, and gives the lease back', async () => {
    server.failNext('PUT', { status: 0 });
    const work = Promise.withResolvers<undefined>();
    const api = client.leaseApi;
    const metrics = createEngineMetrics(new Registry());
    const logger = pino({ level: 'silent' });
    const election = createLeaderElection({
      api,
      lease: KEY,
      identity: 'me',
      clock,
      logger,
      metrics,
    });
    const running = election.run(() => work.promise, new AbortController().signal);
    // Its renewal is under way at that moment.
    await later(2000);
    await vi.waitFor(() => {
      expect(requests('PUT')).toBe(1);
    });
    work.reject(new Error('broken for good'));
    await expect(running).rejects.toThrow('broken for good');
    expect(election.isLeader()).toBe(false);
    expect(await holder()).toBe('');
  });
});
