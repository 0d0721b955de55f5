import { pino } from 'pino';
import { afterEach, describe, expect, it } from 'vitest';
import { createCollectorPool } from '../../src/agent-sidecar/collector-pool.ts';
import type { CollectorPool } from '../../src/agent-sidecar/collector-pool.ts';
import { createOtlpExporter } from '../../src/agent-sidecar/otlp-exporter.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createHealth } from '../../src/runtime/health.ts';
import type { ComponentSnapshot } from '../../src/runtime/health.ts';
import type { Logger } from '../../src/runtime/logger.ts';
import { createFakeClock } from '../harness/fake-clock.ts';
import type { FakeClock } from '../harness/fake-clock.ts';
import { startFakeCollector } from './fake-collector.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** A name server whose answers the test changes, a pool that asks it, and what the pool connects. */
interface Bed {
  readonly clock: FakeClock;
  readonly pool: CollectorPool<{ close(): void }>;
  /** Addresses, or the error of the name server. */
  answer: readonly string[] | Error;
  readonly questions: string[];
  /** Why no client can be made; '' when one can. */
  unusable: string;
  /** What is logged. */
  readonly lines: readonly string[];
  readonly open: Set<string>;
  /** What the process says of the collectors; it serves on whatever that is. */
  readonly health: () => ComponentSnapshot | undefined;
  /** Where the next calls go. */
  next(calls: number): Promise<readonly string[]>;
}

function loggerTo(lines: string[]): Logger {
  const write = (line: string): void => {
    const { level, msg } = JSON.parse(line) as { level: number; msg: string };
    lines.push(`${level >= 40 ? 'warn' : 'info'} ${msg}`);
  };
  return pino({ level: 'info' }, { write });
}

function startBed(answer: Bed['answer'], peersMax = 3): Bed {
  const clock = createFakeClock();
  const open = new Set<string>();
  const lines: string[] = [];
  const health = createHealth(() => clock.now());
  const pool = createCollectorPool({
    targets: [{ host: 'collector', port: 4317 }],
    peersMax,
    clock,
    logger: loggerTo(lines),
    health: health.component('collectors'),
    resolve: (host) => {
      bed.questions.push(host);
      return bed.answer instanceof Error ? Promise.reject(bed.answer) : Promise.resolve(bed.answer);
    },
    connect: (uri) => {
      if (bed.unusable !== '') throw new Error(bed.unusable);
      open.add(uri);
      return { close: () => open.delete(uri) };
    },
  });
  const bed: Bed = {
    clock,
    pool,
    answer,
    questions: [],
    unusable: '',
    lines,
    open,
    health: () => {
      expect(health.snapshot().healthy).toBe(true);
      return health.snapshot().components['collectors'];
    },
    next: async (calls) => {
      const hosts: string[] = [];
      while (hosts.length < calls) hosts.push((await pool.next()).hostPort);
      return hosts;
    },
  };
  return bed;
}

describe('createCollectorPool', () => {
  it('takes the addresses of a name in turn', async () => {
    const bed = startBed(['10.0.0.1', '::1']);
    const four = await bed.next(4);
    expect(four.toSorted()).toEqual(['10.0.0.1:4317', '10.0.0.1:4317', '[::1]:4317', '[::1]:4317']);
    expect(four.slice(2)).toEqual(four.slice(0, 2));
    expect([...bed.open].toSorted()).toEqual(['ipv4:10.0.0.1:4317', 'ipv6:[::1]:4317']);
    expect(bed.questions).toEqual(['collector']);
  });

  it('uses a changed address within 10 seconds and leaves the old one', async () => {
    const bed = startBed(['10.0.0.1']);
    await bed.next(1);
    bed.answer = ['10.0.0.2'];
    await bed.clock.advance(10_000);
    await bed.next(1);
    await bed.clock.advance(0);
    expect(await bed.next(1)).toEqual(['10.0.0.2:4317']);
    expect([...bed.open]).toEqual(['ipv4:10.0.0.2:4317']);
  });

  it('looks for a changed address at once when the old one fails', async () => {
    const bed = startBed(['10.0.0.1']);
    const old = await bed.pool.next();
    bed.answer = ['10.0.0.2'];
    await bed.clock.advance(1000);
    bed.pool.failed(old, 'gone', undefined);
    await bed.clock.advance(0);
    expect(await bed.next(1)).toEqual(['10.0.0.2:4317']);
  });

  it('keeps the addresses it knows while the name server does not answer', async () => {
    const bed = startBed(['10.0.0.1']);
    await bed.next(1);
    bed.answer = new Error('getaddrinfo ENOTFOUND collector');
    await bed.clock.advance(60_000);
    await bed.next(1);
    expect(await bed.next(2)).toEqual(['10.0.0.1:4317', '10.0.0.1:4317']);
    expect(bed.questions).toHaveLength(2);
  });

  it('says why there is no address, and finds one later', async () => {
    const bed = startBed(new Error('getaddrinfo ENOTFOUND collector'));
    await expect(bed.pool.next()).rejects.toThrow(
      'collector cannot be resolved: getaddrinfo ENOTFOUND collector',
    );
    bed.answer = ['10.0.0.1'];
    await bed.clock.advance(1000);
    expect(await bed.next(1)).toEqual(['10.0.0.1:4317']);
  });

  it('lets one that fails rest while others work, and comes back to it', async () => {
    const bed = startBed(['10.0.0.1', '10.0.0.2']);
    const failing = await bed.pool.next();
    bed.pool.failed(failing, 'gone', undefined);
    expect(await bed.next(2)).not.toContain(failing.hostPort);
    await bed.clock.advance(200);
    expect(await bed.next(2)).toContain(failing.hostPort);
  });

  it('logs each collector that goes away or comes back once, and at most every 30 seconds', async () => {
    const bed = startBed(['10.0.0.1', '10.0.0.2']);
    const [dead, alive] = [await bed.pool.next(), await bed.pool.next()];
    for (let round = 0; round < 5; round += 1) {
      bed.pool.failed(dead, 'UNAVAILABLE: no connection', undefined);
      bed.pool.reached(alive);
    }
    const gone = `warn collector ${dead.hostPort} does not take spans: UNAVAILABLE: no connection`;
    expect(bed.lines).toEqual([gone]);
    bed.pool.reached(dead);
    bed.pool.failed(dead, 'UNAVAILABLE: no connection', undefined);
    await bed.clock.advance(30_000);
    bed.pool.failed(dead, 'UNAVAILABLE: no connection', undefined);
    expect(bed.lines).toEqual([gone]);
    bed.pool.reached(dead);
    expect(bed.lines).toEqual([gone, `info collector ${dead.hostPort} is back`]);
  });

  it('logs a name that cannot be resolved once', async () => {
    const bed = startBed(new Error('getaddrinfo ENOTFOUND collector'));
    for (let round = 0; round < 3; round += 1) {
      await expect(bed.pool.next()).rejects.toThrow('ENOTFOUND');
      await bed.clock.advance(20_000);
    }
    bed.answer = ['10.0.0.1'];
    await bed.next(1);
    expect(bed.lines).toEqual([
      'warn collector name collector cannot be resolved: getaddrinfo ENOTFOUND collector',
      'info collector name collector is resolved again',
    ]);
  });

  it('says when no client can be made, and tries again', async () => {
    const bed = startBed(['10.0.0.1']);
    bed.unusable = 'the certificate is damaged';
    await expect(bed.pool.next()).rejects.toThrow('cannot connect: the certificate is damaged');
    await bed.clock.advance(1000);
    bed.unusable = '';
    expect(await bed.next(1)).toEqual(['10.0.0.1:4317']);
  });

  it('tells of one that refuses for good until that takes something', async () => {
    const bed = startBed(['10.0.0.1', '10.0.0.2']);
    const [refusing, other] = [await bed.pool.next(), await bed.pool.next()];
    bed.pool.refused(refusing, 'UNAUTHENTICATED: who are you?');
    bed.pool.reached(other);
    const problem = 'UNAUTHENTICATED: who are you?';
    expect(bed.health()).toMatchObject({
      status: 'StatusRecoverableError',
      error: `${refusing.hostPort} refuses spans for good: ${problem}`,
    });
    expect(bed.lines).toEqual([
      `warn collector ${refusing.hostPort} does not take spans: ${problem}`,
    ]);
    expect(await bed.next(2)).toContain(refusing.hostPort);
    bed.pool.reached(refusing);
    expect(bed.health()).toMatchObject({ status: 'StatusOK' });
  });

  it('leaves a collector alone for as long as it asks', async () => {
    const bed = startBed(['10.0.0.1', '10.0.0.2']);
    const busy = await bed.pool.next();
    bed.pool.failed(busy, 'busy', 5000);
    await bed.clock.advance(4999);
    expect(await bed.next(2)).not.toContain(busy.hostPort);
    await bed.clock.advance(1);
    expect(await bed.next(2)).toContain(busy.hostPort);
  });

  it('goes on with one that rests when there is no other', async () => {
    const bed = startBed(['10.0.0.1']);
    bed.pool.failed(await bed.pool.next(), 'gone', undefined);
    expect(await bed.next(1)).toEqual(['10.0.0.1:4317']);
  });

  it('uses as many collectors as it may, and another for one that fails', async () => {
    const bed = startBed(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.0.4', '10.0.0.5'], 2);
    const used = new Set(await bed.next(10));
    expect(used.size).toBe(2);
    const failing = await bed.pool.next();
    bed.pool.failed(failing, 'gone', undefined);
    const then = new Set(await bed.next(10));
    expect(then.size).toBe(2);
    expect(then).not.toContain(failing.hostPort);
  });

  it('says that no collector takes spans when each has failed, and serves on', async () => {
    const bed = startBed(['10.0.0.1', '10.0.0.2']);
    const one = await bed.pool.next();
    bed.pool.failed(one, 'no route', undefined);
    expect(bed.health()).toMatchObject({ status: 'StatusOK' });
    const other = await bed.pool.next();
    bed.pool.failed(other, 'refused', undefined);
    expect(bed.health()).toMatchObject({
      status: 'StatusRecoverableError',
      error: `no collector takes spans; ${other.hostPort}: refused`,
    });
    bed.pool.reached(one);
    expect(bed.health()).toMatchObject({ status: 'StatusOK' });
  });

  it('says that no collector is known while the name server does not answer', async () => {
    const bed = startBed(new Error('ENOTFOUND'));
    await expect(bed.pool.next()).rejects.toThrow('ENOTFOUND');
    const { status, error } = bed.health() ?? {};
    expect(status).toBe('StatusRecoverableError');
    expect(error).toMatch(/^no collector is known: .*ENOTFOUND/);
  });

  it('closes every connection', async () => {
    const bed = startBed(['10.0.0.1', '10.0.0.2']);
    await bed.next(1);
    bed.pool.close();
    expect([...bed.open]).toEqual([]);
  });
});

describe('createOtlpExporter', () => {
  it('sends to the collector a name stands for now', async () => {
    const first = await startFakeCollector();
    const second = await startFakeCollector([], { host: '127.0.0.2', port: first.port });
    cleanups.push(() => second.stop());
    let address = '127.0.0.1';
    const exporter = createOtlpExporter(
      {
        hostPort: `dns:///collector.test:${first.port}`,
        peers: 3,
        requestTimeoutMs: 1000,
        tenant: '',
        tenantHeader: 'x-tenant',
      },
      {
        clock: systemClock,
        logger: loggerTo([]),
        health: createHealth(() => 0).component('collectors'),
        resolve: () => Promise.resolve([address]),
        tls: undefined,
      },
    );
    cleanups.push(() => {
      exporter.close();
      return Promise.resolve();
    });
    const { signal } = new AbortController();
    await exporter.export(new Uint8Array(), signal);
    expect(first.requestTimes).toHaveLength(1);
    address = '127.0.0.2';
    await first.stop();
    for (let attempts = 0; second.requestTimes.length === 0 && attempts < 100; attempts++) {
      await exporter.export(new Uint8Array(), signal).catch(() => systemClock.sleep(50));
    }
    expect(second.requestTimes).toHaveLength(1);
  });
});
