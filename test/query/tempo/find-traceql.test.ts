import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { runToEnd } from '../../../src/model/in-turns.ts';
import type { Span } from '../../../src/model/span.ts';
import { summarizeTrace } from '../../../src/model/trace-summary.ts';
import { createTraceqlMatcher } from '../../../src/model/traceql/match-traceql.ts';
import { parseTraceql } from '../../../src/model/traceql/parse-traceql.ts';
import { createInspection, findTraceql } from '../../../src/query/tempo/find-traceql.ts';
import { createMemoryStorage } from '../../../src/storage/memory/memory-storage.ts';
import type { Storage, TraceReader } from '../../../src/storage/storage.ts';
import { compilePattern } from '../../../src/storage/text-pattern.ts';
import { encodeSpans } from '../../../src/wire/otlp/encode-trace.ts';
import { modelSpan } from '../../contract/search-model.ts';
import { aBatch, aSpan, aTrace, traceId } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { NEVER_ABORTED } from '../../harness/read-traces.ts';

const comparison = fc.oneof(
  fc
    .tuple(
      fc.constantFrom('.', 'span.', 'resource.', 'instrumentation.', 'event.', 'link.'),
      fc.constantFrom('k', 'l', 'kk'),
      fc.constantFrom(
        ...['= "x"', '!= "x"', '= 1', '!= 1', '> 1', '<= 2.5', '= true', '= nil', '!= nil'],
        ...['=~ "cust-.*"', '!~ "cust-.*"'],
      ),
    )
    .map(([scope, key, rest]) => `${scope}${key} ${rest}`),
  fc.constantFrom(
    ...['name = "a"', 'name != "a"', 'name =~ "a|b"', 'kind = server', 'kind != client'],
    ...['status = error', 'statusMessage = "timeout"', 'duration > 1ns', 'duration <= 1ns'],
    ...['duration = 2ns', 'resource.service.name = "a"', 'resource.service.name != "a"'],
    ...['.service.name = "b"', 'event:name = "exception"', 'instrumentation:name = "lib"'],
    ...['rootName = "a"', 'rootServiceName != "b"', 'traceDuration > 2ns', 'traceDuration = 3ns'],
    ...['span:id = "1"', 'span:parentID = nil', 'trace:id = "2"', 'true', 'false'],
  ),
);
const condition = fc.letrec<{ any: string; chain: string }>((tie) => ({
  any: fc.oneof({ depthSize: 'small', withCrossShrink: true }, comparison, tie('chain')),
  chain: fc
    .tuple(tie('any'), fc.constantFrom('&&', '||'), tie('any'))
    .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
})).any;
const spanset = fc.letrec<{ any: string; chain: string }>((tie) => ({
  any: fc.oneof(
    { depthSize: 'xsmall', withCrossShrink: true },
    condition.map((text) => `{ ${text} }`),
    tie('chain'),
  ),
  chain: fc
    .tuple(tie('any'), fc.constantFrom('&&', '||', '>', '>>', '<', '<<', '~'), tie('any'))
    .map(([left, operator, right]) => `(${left} ${operator} ${right})`),
})).any;
const stage = fc.oneof(
  fc.constantFrom(' | count() > 1', ' | count() < 3', ' | select(name)'),
  condition.map((text) => ` | { ${text} }`),
);
const query = fc
  .tuple(spanset, fc.array(stage, { maxLength: 2 }))
  .map(([first, stages]) => first + stages.join(''));

const ALL_TIME = { startNano: 0n, endNano: 2n ** 64n - 1n };
const LIMITS = { maxSpans: 10_000, maxTraceSize: 1000 };

async function idsFound(reader: TraceReader, text: string, limit = 100): Promise<string[]> {
  const search = { traceql: parseTraceql(text), window: ALL_TIME, limit };
  const options = { reader, limits: LIMITS, tenant: '', signal: NEVER_ABORTED, maxTracesRead: 100 };
  const ids: string[] = [];
  for await (const { summary } of findTraceql(search, options, createInspection())) {
    ids.push(summary.traceId);
  }
  return ids;
}

/** Every trace is looked at; sorted. */
function plainlyFound(spans: readonly Span[], text: string): string[] {
  const match = createTraceqlMatcher(parseTraceql(text), compilePattern);
  return [...new Set(spans.map((span) => span.traceId))]
    .filter((id) => {
      const own = spans.filter((span) => span.traceId === id);
      return runToEnd(match({ spans: own, summary: summarizeTrace(id, own) })).length > 0;
    })
    .sort();
}

/** Of a backend that compares attributes and does nothing else. */
function plainReader(reader: TraceReader): TraceReader {
  const capabilities = { ...reader.capabilities, filters: false, cursor: false };
  return { ...reader, capabilities };
}

function createMemory(): Storage {
  return createMemoryStorage({ maxTraces: 100, maxBytes: 1_000_000, metrics: new Registry() });
}

/** Repeated spans are another matter: which of them is the root is not decided. */
const spans = fc.uniqueArray(modelSpan, {
  selector: (span) => span.traceId + span.spanId,
  maxLength: 14,
});

describe('a TraceQL search', () => {
  it('finds in memory exactly what a look at every trace does', async () => {
    await fc.assert(
      fc.asyncProperty(spans, query, async (stored, text) => {
        const storage = createMemory();
        await storage.writer.write(aBatch(stored), NEVER_ABORTED);
        const expected = plainlyFound(stored, text);
        expect((await idsFound(storage.reader, text)).sort()).toEqual(expected);
        expect((await idsFound(plainReader(storage.reader), text)).sort()).toEqual(expected);
        expect((await idsFound(storage.reader, text, 1)).length).toBe(Math.min(1, expected.length));
        await storage.close();
      }),
      { numRuns: 400 },
    );
  });

  it.each([
    ['the log', false],
    ['blocks', true],
  ])(
    'finds in %s of the embedded storage what a look at every trace does',
    async (_, isFlushed) => {
      const queries = fc.array(query, { minLength: 10, maxLength: 10 });
      await fc.assert(
        fc.asyncProperty(spans, queries, async (stored, texts) => {
          const folder = await mkdtemp(join(tmpdir(), 'traceql-'));
          const storage = await openTestStorage(folder);
          await storage.writer.write(aBatch(stored), NEVER_ABORTED);
          if (isFlushed) await storage.flush();
          for (const text of texts) {
            const found = await idsFound(storage.reader, text);
            expect([text, found.sort()]).toEqual([text, plainlyFound(stored, text)]);
          }
          await storage.close();
          await rm(folder, { recursive: true });
        }),
        { numRuns: 8 },
      );
    },
  );

  it('reads page after page, newest first, as far as the limit needs', async () => {
    const storage = createMemory();
    const many = Array.from({ length: 50 }, (_, index) =>
      aSpan({
        traceId: traceId(index + 1),
        startTimeUnixNano: 1_704_067_200_000_000_000n + BigInt(index),
        attributes: { even: index % 2 === 0 },
      }),
    );
    await storage.writer.write(aBatch(many), NEVER_ABORTED);
    const inspection = createInspection();
    const search = { traceql: parseTraceql('{} | { span:id != "2" }'), window: ALL_TIME, limit: 3 };
    const options = {
      ...{ reader: storage.reader, limits: LIMITS, tenant: '', signal: NEVER_ABORTED },
      maxTracesRead: 40,
    };
    const ids: string[] = [];
    for await (const { summary } of findTraceql(search, options, inspection)) {
      ids.push(summary.traceId);
    }
    expect(ids).toEqual([traceId(50), traceId(49), traceId(48)]);
    expect(inspection).toMatchObject({ traces: 3, stoppedBy: undefined });
    const rare = { ...search, traceql: parseTraceql('{} | { span:id = "2" }') };
    const found = [];
    for await (const one of findTraceql(rare, options, inspection)) found.push(one);
    expect(found).toEqual([]);
    expect(inspection.stoppedBy).toBe('query.tempo.max-traces-read');
    await storage.close();
  });

  it('ends with what it has when it has read as many spans as a request may', async () => {
    const storage = createMemory();
    for (let number = 1; number <= 4; number++) {
      await storage.writer.write(aBatch([aSpan({ traceId: traceId(number) })]), NEVER_ABORTED);
    }
    const inspection = createInspection();
    const search = { traceql: parseTraceql('{}'), window: ALL_TIME, limit: 20 };
    const options = {
      ...{ reader: storage.reader, tenant: '', signal: NEVER_ABORTED, maxTracesRead: 40 },
      limits: { maxSpans: 2, maxTraceSize: 10 },
    };
    const found = [];
    for await (const { summary } of findTraceql(search, options, inspection)) found.push(summary);
    expect(found).toHaveLength(2);
    expect(inspection).toMatchObject({ spans: 3, stoppedBy: 'query.max-spans' });
    await storage.close();
  });

  it('counts a span that was delivered twice once', async () => {
    const storage = createMemory();
    const span = aSpan({});
    await storage.writer.write(aBatch([span, span]), NEVER_ABORTED);
    expect(await idsFound(storage.reader, '{} | count() = 1')).toEqual([traceId(1)]);
    await storage.close();
  });

  it('leaves a huge trace in the middle when nobody waits any more', async () => {
    const storage = createMemory();
    const leaving = new AbortController();
    const otlp = encodeSpans(aTrace(5000));
    const reader: TraceReader = {
      ...storage.reader,
      findTraces: async function* () {
        yield await Promise.resolve({ traceId: traceId(1), otlp });
        // As soon as whoever looks at these spans gives others a turn.
        setImmediate(() => {
          leaving.abort(new Error('gone'));
        });
      },
    };
    const slow = `{ name = "" || ${Array(60).fill('name =~ ".*(a|b|c|d)x.*"').join(' || ')} }`;
    const search = { traceql: parseTraceql(slow), window: ALL_TIME, limit: 1 };
    const limits = { maxSpans: 10_000, maxTraceSize: 10_000 };
    const options = { reader, limits, tenant: '', signal: leaving.signal, maxTracesRead: 1 };
    await expect(findTraceql(search, options, createInspection()).next()).rejects.toThrow('gone');
    await storage.close();
  });

  it('needs a service where the storage does', async () => {
    const storage = createMemory();
    const capabilities = { ...storage.reader.capabilities, filters: false, withoutService: false };
    const reader = { ...storage.reader, capabilities };
    await expect(idsFound(reader, '{}')).rejects.toThrow(
      'this storage searches one service at a time: resource.service.name = "…" is required',
    );
    expect(await idsFound(reader, '{ resource.service.name = "a" }')).toEqual([]);
    await storage.close();
  });
});
