import fc from 'fast-check';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../../src/model/span.ts';
import { JsonBytes } from '../../../src/query/api/json-bytes.ts';
import { createPace } from '../../../src/query/api/pace.ts';
import { readTraces } from '../../../src/query/api/read-traces.ts';
import type { ReadOptions } from '../../../src/query/api/read-traces.ts';
import { createSpanListWriter } from '../../../src/query/api/write-jaeger-spans.ts';
import { rereader, storedTraces } from '../../../src/query/stored-traces.ts';
import { createMemoryStorage } from '../../../src/storage/memory/memory-storage.ts';
import type { Storage, TraceChunk, TraceOutline } from '../../../src/storage/storage.ts';
import { aBatch, aResource, aSpan, aTrace, spanId, traceId } from '../../harness/a-span.ts';
import { NEVER_ABORTED } from '../../harness/read-traces.ts';

const LIMITS = { maxClockSkewMs: 1000, maxSpans: 1000, maxTraceSize: 1000 };

interface Asked {
  readonly raw: boolean;
  readonly limits: ReadOptions['limits'];
  readonly isOutlined: boolean;
  readonly ids?: readonly string[];
}

/** All that an answer is made of; of a failure its message. */
async function answerOf(storage: Storage, asked: Asked): Promise<string> {
  const { ids = [traceId(1)], isOutlined, limits, raw } = asked;
  const question = { tenant: '', ids, window: {}, signal: NEVER_ABORTED };
  const chunks = storedTraces(storage, question);
  const traces = readTraces(isOutlined ? chunks : withoutOutline(chunks), {
    ...{ raw, limits, pace: createPace(NEVER_ABORTED) },
    reread: rereader(storage, question),
  });
  let text = '';
  try {
    for await (const { pieces, traceId: id, warnings } of traces) {
      const writer = createSpanListWriter(new JsonBytes(64), 256);
      const spans: Uint8Array[] = [];
      for await (const piece of pieces) spans.push(...writer.write(piece));
      text += `${id} ${Buffer.concat(spans).toString()} ${writer.processes()} ${warnings().join()}`;
    }
    return text;
  } catch (error) {
    return String(error);
  }
}

async function* withoutOutline(chunks: AsyncIterable<TraceChunk>): AsyncGenerator<TraceChunk> {
  for await (const { otlp, traceId: id } of chunks) yield { traceId: id, otlp };
}

async function storageOf(batches: readonly (readonly Span[])[]): Promise<Storage> {
  const options = { maxTraces: 100, maxBytes: 50_000_000, metrics: new Registry() };
  const storage = createMemoryStorage(options);
  for (const spans of batches) await storage.writer.write(aBatch(spans), NEVER_ABORTED);
  return storage;
}

const ID = fc.integer({ min: 1, max: 40 }).map(spanId);
const span = fc
  .record({
    spanId: ID,
    parentSpanId: fc.oneof(fc.constant(''), ID),
    kind: fc.constantFrom('unspecified' as const, 'server' as const, 'client' as const),
    startTimeUnixNano: fc.bigInt({ min: 10n ** 18n, max: 10n ** 18n + 5n * 10n ** 9n }),
    durationNano: fc.bigInt({ min: 0n, max: 10n ** 9n }),
    host: fc.constantFrom('a', 'b'),
    sdk: fc.oneof(
      { weight: 20, arbitrary: fc.constant({}) },
      { weight: 1, arbitrary: fc.constant({ 'telemetry.sdk.name': 'mine' }) },
    ),
  })
  .map(({ host, sdk, ...own }) =>
    aSpan({
      ...own,
      attributes: { 'z.last': 1n, ...sdk },
      resource: aResource(host, { 'host.id': host }),
    }),
  );
const batches = fc.array(fc.array(span, { minLength: 1, maxLength: 8 }), {
  minLength: 1,
  maxLength: 3,
});

describe('reading a trace whose outline is known', () => {
  it('shows what reading all of it before shows', async () => {
    await fc.assert(
      fc.asyncProperty(
        batches,
        fc.record({
          raw: fc.boolean(),
          maxTraceSize: fc.constantFrom(3, LIMITS.maxTraceSize),
          maxSpans: fc.constantFrom(10, LIMITS.maxSpans),
        }),
        async (spans, { raw, ...limits }) => {
          const storage = await storageOf(spans);
          const asked = { raw, limits: { ...LIMITS, ...limits } };
          const outlined = await answerOf(storage, { ...asked, isOutlined: true });
          expect(outlined).toBe(await answerOf(storage, { ...asked, isOutlined: false }));
          await storage.close();
        },
      ),
      { numRuns: 300 },
    );
  });

  it('reads its chunks once, however large it is', async () => {
    const bytes = 'x'.repeat(100_000);
    const storage = await storageOf(aTrace(120, { attributes: { bytes } }).map((own) => [own]));
    let reads = 0;
    const counted: Storage = {
      ...storage,
      reader: {
        ...storage.reader,
        getTraces: (...question) => {
          reads += 1;
          return storage.reader.getTraces(...question);
        },
      },
    };
    const asked = { raw: false, limits: LIMITS };
    const once = await answerOf(counted, { ...asked, isOutlined: true });
    expect(reads).toBe(1);
    const twice = await answerOf(counted, { ...asked, isOutlined: false });
    expect(reads).toBe(1 + 2);
    expect(once).toBe(twice);
  });

  it('leaves a span out that came after the outline', async () => {
    const storage = await storageOf([aTrace(2)]);
    const late = await storageOf([aTrace(3)]);
    const read = storage.reader.getTraces('', [traceId(1)], {}, NEVER_ABORTED);
    let outline: TraceOutline | undefined;
    for await (const chunk of read) outline = chunk.outline;
    if (outline === undefined) throw new Error('a trace in memory has no outline');
    const mixed: Storage = {
      ...late,
      reader: {
        ...late.reader,
        getTraces: async function* (...question) {
          for await (const own of late.reader.getTraces(...question)) yield { ...own, outline };
        },
      },
    };
    const asked = { raw: false, limits: LIMITS, isOutlined: true };
    expect(await answerOf(mixed, asked)).toBe(await answerOf(storage, asked));
  });
});
