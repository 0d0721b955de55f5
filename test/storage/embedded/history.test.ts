import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { expect, it } from 'vitest';
import type { Span } from '../../../src/model/span.ts';
import type { AttributeFilter } from '../../../src/model/search-filter.ts';
import type { TraceQuery, TraceSummary } from '../../../src/model/trace-query.ts';
import { HEAD_LIMITS } from '../../../src/storage/embedded/heads.ts';
import { createMemoryStorage } from '../../../src/storage/memory/memory-storage.ts';
import type { Storage } from '../../../src/storage/storage.ts';
import { TEST_TIME_NANO, aBatch, aSpan, spanId, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { createFakeClock } from '../../harness/fake-clock.ts';
import {
  NEVER_ABORTED,
  aQuery,
  findIds,
  findSummaries,
  getSpans,
} from '../../harness/read-traces.ts';

const TRACES = 8;
const MINUTE = 60_000;
const RETENTION_MS = 10 * MINUTE;
/** Only a flush makes blocks. */
const headLimits = { ...HEAD_LIMITS, ageMaxMs: Infinity };

const span: fc.Arbitrary<Span> = fc
  .record({
    trace: fc.integer({ min: 1, max: TRACES }),
    span: fc.integer({ min: 1, max: 6 }),
    parent: fc.integer({ min: 0, max: 6 }),
    seconds: fc.integer({ min: 0, max: 30 }),
    serviceName: fc.constantFrom('a', 'b', 'c'),
    kind: fc.constantFrom('server' as const, 'client' as const),
    value: fc.constantFrom('x', 'y'),
  })
  .map(({ trace, span, parent, seconds, serviceName, kind, value }) =>
    aSpan({
      ...{ serviceName, kind, attributes: { value } },
      traceId: traceId(trace),
      spanId: spanId(span),
      parentSpanId: parent === 0 ? '' : spanId(parent),
      startTimeUnixNano: TEST_TIME_NANO + BigInt(seconds) * 1_000_000_000n,
    }),
  );

type Step =
  | { readonly do: 'write'; readonly spans: readonly Span[] }
  | { readonly do: 'flush' | 'merge' | 'restart' | 'expire' };

const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc
      .array(span, { minLength: 1, maxLength: 8 })
      .map((spans) => ({ do: 'write' as const, spans })),
  },
  { weight: 2, arbitrary: fc.constant({ do: 'flush' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'merge' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'restart' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'expire' as const }) },
);

const is = (operator: '=' | '!=' | '=~', value: string): AttributeFilter => ({
  subject: { place: 'any', key: 'value' },
  test: { operator, value },
});
/** By operators, and from the middle of the order on: traces are in several heads and blocks. */
const pagedSearches: readonly TraceQuery[] = [5, 15, 25].flatMap((seconds) => {
  const startNano = TEST_TIME_NANO + BigInt(seconds) * 1_000_000_000n;
  const after = { startNano, traceId: traceId(TRACES / 2) };
  return [
    aQuery({ after, limit: 2 }),
    aQuery({ after, filters: [is('=', 'x')] }),
    aQuery({ after, filters: [is('!=', 'x')], serviceName: 'b' }),
    aQuery({
      ...{ after, limit: 1, filters: [is('=~', 'x|z')] },
      traceFilters: [{ field: 'rootService', test: { operator: 'in', values: ['a', 'b'] } }],
    }),
  ];
});

/** All that a reader can see. */
async function visible(storage: Storage): Promise<unknown> {
  const searches = [
    ...pagedSearches,
    aQuery(),
    aQuery({ limit: 3 }),
    aQuery({ serviceName: 'a', limit: 2 }),
    aQuery({ attributes: [{ key: 'value', value: 'x' }] }),
    aQuery({ startTimeMaxNano: TEST_TIME_NANO + 9_000_000_000n, limit: 2 }),
  ];
  const found: { ids: string[]; summaries: TraceSummary[] }[] = [];
  for (const query of searches) {
    found.push({
      ids: await findIds(storage, query),
      summaries: await findSummaries(storage, query),
    });
  }
  const spans: string[][] = [];
  for (let trace = 1; trace <= TRACES; trace++) {
    spans.push((await getSpans(storage, traceId(trace))).map(textOf).sort());
  }
  const startMs = Number(TEST_TIME_NANO / 1_000_000n);
  return {
    found,
    spans,
    services: await storage.reader.services(''),
    operations: await storage.reader.operations('', 'a'),
    links: await storage.dependencies.links('', 0, 8.64e15),
    someLinks: await storage.dependencies.links('', startMs + 5000, startMs + 15_000),
  };
}

function textOf(span: Span): string {
  return JSON.stringify(span, (_, part: unknown) => (typeof part === 'bigint' ? `${part}n` : part));
}

/** The same spans in a memory storage, in the order they came. */
async function memoryOf(batches: readonly (readonly Span[])[]): Promise<Storage> {
  const memory = createMemoryStorage({
    ...{ maxTraces: 1000, maxBytes: 2 ** 26, metrics: new Registry() },
  });
  for (const spans of batches) await memory.writer.write(aBatch(spans), NEVER_ABORTED);
  return memory;
}

it('shows what a storage in memory shows, whatever is flushed, merged, restarted and expired between', async () => {
  const histories = fc.array(step, { minLength: 3, maxLength: 14 });
  await fc.assert(
    fc.asyncProperty(histories, async (steps) => {
      const folder = await mkdtemp(join(tmpdir(), 'embedded-history-'));
      const clock = createFakeClock();
      const open = (): ReturnType<typeof openTestStorage> =>
        openTestStorage(folder, { retentionMs: RETENTION_MS }, { clock, headLimits });
      let storage = await open();
      let kept: (readonly Span[])[] = [];
      for (const one of steps) {
        if (one.do === 'write') {
          await storage.writer.write(aBatch(one.spans), NEVER_ABORTED);
          kept.push(one.spans);
        } else if (one.do === 'flush') {
          await storage.flush();
        } else if (one.do === 'merge') {
          await storage.merge();
        } else if (one.do === 'restart') {
          await storage.close();
          storage = await open();
        } else {
          // All of it: what is too old goes as soon as it is in a block, which may be at once.
          await storage.flush();
          await clock.advance(RETENTION_MS + MINUTE);
          await storage.expire();
          kept = [];
        }
      }
      const memory = await memoryOf(kept);
      expect(await visible(storage)).toEqual(await visible(memory));
      await memory.close();
      await storage.close();
      await rm(folder, { recursive: true });
    }),
    { numRuns: 25 },
  );
}, 120_000);
