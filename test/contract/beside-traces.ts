import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Clock } from '../../src/runtime/clock.ts';
import type { Throughput } from '../../src/storage/sampling-store.ts';
import type { Storage, TraceArchive } from '../../src/storage/storage.ts';
import { aBatch, aSpan, aTrace, traceId } from '../harness/a-span.ts';
import { createFakeClock } from '../harness/fake-clock.ts';
import type { FakeClock } from '../harness/fake-clock.ts';
import { NEVER_ABORTED, collectTraces, getSpans } from '../harness/read-traces.ts';

const MINUTE = 60_000;

export interface BesideTraces {
  /** A storage with nothing in it; it is closed after each test. */
  readonly open: (clock: Clock) => Promise<Storage>;
  /** Opens it again after an end, with what it kept; undefined when it keeps nothing. */
  readonly reopen?: (closed: Storage, clock: Clock) => Promise<Storage>;
  /** It has an archive, and neither sampling data nor leases. */
  readonly isArchiveOnly?: boolean;
}

/** What every storage that has an archive, sampling data and leases promises of them. */
export function describeBesideTraces(
  name: string,
  { open, reopen, isArchiveOnly = false }: BesideTraces,
): void {
  describe(`beside traces: ${name}`, () => {
    let clock: FakeClock;
    let storage: Storage;

    beforeEach(async () => {
      clock = createFakeClock();
      storage = await open(clock);
    });

    afterEach(async () => {
      await storage.close();
    });

    const restart = async (): Promise<void> => {
      if (reopen === undefined) return;
      await storage.close();
      storage = await reopen(storage, clock);
    };

    describe('the archive', () => {
      const archive = (): TraceArchive => present(storage.archive);
      const write = (number: number, spans = 3, tenant = ''): Promise<unknown> =>
        archive().writer.write(
          aBatch(aTrace(spans, { traceId: traceId(number) }), { tenant }),
          NEVER_ABORTED,
        );
      const spansOf = async (number: number, tenant = ''): Promise<number | undefined> => {
        const { reader } = archive();
        const found = reader.getTraces(tenant, [traceId(number)], {}, NEVER_ABORTED);
        const [trace] = await collectTraces(found);
        return trace?.spans.length;
      };

      it('gives back a whole trace by its id, also after a restart', async () => {
        const spans = aTrace(50, { attributes: { key: 'value' } });
        const batch = aBatch(spans);
        expect(await archive().writer.write(batch, NEVER_ABORTED)).toEqual({
          ...{ accepted: 50, refused: [], dropped: [] },
        });
        await restart();
        const stored = archive().reader.getTraces('', [traceId(1)], {}, NEVER_ABORTED);
        expect((await collectTraces(stored))[0]?.spans).toEqual(spans);
      });

      it('is apart from other traces', async () => {
        await write(1);
        expect(await storage.reader.services('')).toEqual([]);
        expect(await getSpans(storage, traceId(1))).toEqual([]);
        await storage.writer.write(aBatch([aSpan({ traceId: traceId(2) })]), NEVER_ABORTED);
        expect(await spansOf(2)).toBeUndefined();
      });

      it('keeps a trace once that is archived twice', async () => {
        await write(1);
        await write(1);
        expect(await spansOf(1)).toBe(3);
      });

      it('keeps tenants apart', async () => {
        await write(1, 3, 'a');
        await write(1, 5, 'b');
        expect([await spansOf(1, 'a'), await spansOf(1, 'b'), await spansOf(1)]).toEqual([
          3,
          5,
          undefined,
        ]);
      });

      it('yields nothing for an unknown id', async () => {
        expect(await spansOf(9)).toBeUndefined();
        await write(1);
        expect(await spansOf(9)).toBeUndefined();
      });
    });

    if (isArchiveOnly) return;

    describe('sampling data', () => {
      const row = (operation: string, count: number): Throughput => ({
        ...{ service: 'frontend', operation, count },
        probabilities: ['0.001000', '0.500000'],
      });

      it('gives back throughput of a time, both ends included, in the order it came', async () => {
        const sampling = present(storage.sampling);
        const start = clock.now();
        await sampling.insertThroughput([row('a', 1), row('b', 2)]);
        await clock.advance(MINUTE);
        await sampling.insertThroughput([row('a', 3)]);
        await clock.advance(MINUTE);
        await sampling.insertThroughput([row('a', 4)]);
        await restart();
        const read = async (from: number, to: number): Promise<number[]> =>
          (await present(storage.sampling).throughput(start + from, start + to)).map(
            ({ count }) => count,
          );
        expect(await read(0, 2 * MINUTE)).toEqual([1, 2, 3, 4]);
        expect(await read(1, MINUTE)).toEqual([3]);
        expect(await read(MINUTE, 2 * MINUTE)).toEqual([3, 4]);
        expect(await read(3 * MINUTE, 4 * MINUTE)).toEqual([]);
        expect((await present(storage.sampling).throughput(start, start))[0]).toEqual(row('a', 1));
      });

      it('keeps odd names as they are', async () => {
        const odd = ['__proto__', 'größe', '\u202egnp', '', '"\n'].map((name) => row(name, 1));
        await present(storage.sampling).insertThroughput(odd);
        await restart();
        expect(await present(storage.sampling).throughput(0, clock.now())).toEqual(odd);
      });

      it('has the probabilities that were inserted last', async () => {
        expect(await present(storage.sampling).latestProbabilities()).toBeUndefined();
        const calculated = (probability: number) => ({
          hostname: 'collector-1',
          operations: [{ service: 'frontend', operation: 'GET /', probability, qps: 12.5 }],
        });
        await present(storage.sampling).insertProbabilities(calculated(0.5));
        await present(storage.sampling).insertProbabilities(calculated(0.25));
        await clock.advance(100 * 24 * 60 * MINUTE);
        await restart();
        expect(await present(storage.sampling).latestProbabilities()).toEqual(calculated(0.25));
      });

      it('forgets throughput that is a day old', async () => {
        const start = clock.now();
        await present(storage.sampling).insertThroughput([row('old', 1)]);
        for (const operation of ['a', 'b', 'c']) {
          await clock.advance(25 * 60 * MINUTE);
          await present(storage.sampling).insertThroughput([row(operation, 1)]);
        }
        const kept = await present(storage.sampling).throughput(start, clock.now());
        expect(kept.map(({ operation }) => operation)).toEqual(['c']);
      });
    });

    describe('leases', () => {
      const acquire = (holder: string, ttlMs = MINUTE, resource = 'leader'): Promise<boolean> =>
        present(storage.leases).acquire(resource, holder, ttlMs);

      it('go to one holder at a time, who may renew them', async () => {
        expect([await acquire('a'), await acquire('b'), await acquire('a')]).toEqual([
          true,
          false,
          true,
        ]);
        expect(await acquire('b', MINUTE, 'another')).toBe(true);
      });

      it('go to one of many who ask at once', async () => {
        const holders = Array.from({ length: 20 }, (_, number) => `holder-${number}`);
        const got = await Promise.all(holders.map((holder) => acquire(holder)));
        expect(got.filter(Boolean)).toHaveLength(1);
      });

      it('end after their time, counted from when they were renewed', async () => {
        await acquire('a');
        await clock.advance(MINUTE - 1);
        await acquire('a');
        await clock.advance(MINUTE - 1);
        expect(await acquire('b')).toBe(false);
        await clock.advance(1);
        expect(await acquire('b')).toBe(true);
        expect(await acquire('a')).toBe(false);
      });

      it.each([-60, 60])('neither end nor stay when the clock is set by %d minutes', async (by) => {
        await acquire('a');
        clock.step(by * MINUTE);
        expect(await acquire('b')).toBe(false);
        await clock.advance(MINUTE);
        expect(await acquire('b')).toBe(true);
      });

      it('are given up by their holder alone', async () => {
        const { leases } = storage;
        await acquire('a');
        expect(await present(leases).forfeit('leader', 'b')).toBe(false);
        expect(await acquire('b')).toBe(false);
        expect(await present(leases).forfeit('leader', 'a')).toBe(true);
        expect(await present(leases).forfeit('leader', 'a')).toBe(false);
        expect(await acquire('b')).toBe(true);
      });

      if (reopen !== undefined) {
        it('last their whole time again after a restart', async () => {
          await acquire('a');
          await present(storage.leases).acquire('other', 'a', MINUTE);
          await present(storage.leases).forfeit('other', 'a');
          await clock.advance(MINUTE - 1);
          await restart();
          await clock.advance(MINUTE - 1);
          expect(await acquire('b')).toBe(false);
          expect(await acquire('b', MINUTE, 'other')).toBe(true);
          await clock.advance(1);
          expect(await acquire('b')).toBe(true);
        });
      }

      it.each([
        ['', 'a', MINUTE],
        ['leader', '', MINUTE],
        ['x'.repeat(2000), 'a', MINUTE],
        ['leader', 'a', 0],
        ['leader', 'a', Number.NaN],
        ['leader', 'a', 1e12],
      ])('are refused when they cannot be: %.10s, %s, %d ms', async (resource, holder, ttlMs) => {
        await expect(present(storage.leases).acquire(resource, holder, ttlMs)).rejects.toThrow(
          /a (name of a )?lease (has|lasts) 1 to/,
        );
      });

      it('are refused beyond a thousand that run', async () => {
        for (let number = 0; number < 1000; number++) await acquire('a', MINUTE, `${number}`);
        await expect(acquire('a', MINUTE, 'one more')).rejects.toThrow('1000 leases');
        await clock.advance(MINUTE);
        expect(await acquire('a', MINUTE, 'one more')).toBe(true);
      }, 60_000);
    });
  });
}

function present<T>(value: T | undefined): T {
  if (value === undefined) throw new Error('the storage does not have it');
  return value;
}
