import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostOf } from '../../src/model/adjust-clock-skew.ts';
import { LIBRARY_KEYS } from '../../src/model/adjust-library-attributes.ts';
import type { Span } from '../../src/model/span.ts';
import { openBlock } from '../../src/storage/embedded/block/block.ts';
import { createBlockBuilder } from '../../src/storage/embedded/block/block-builder.ts';
import { memoryBlockFile } from '../../src/storage/embedded/block/block-file.ts';
import { PageCache } from '../../src/storage/embedded/block/page-cache.ts';
import { traceKey } from '../../src/storage/embedded/block/trace-rows.ts';
import type { Storage, TraceChunk, TraceOutline } from '../../src/storage/storage.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { scanSpans } from '../../src/wire/otlp/scan-spans.ts';
import { aBatch, aResource, aSpan, aTrace, spanId, traceId } from '../harness/a-span.ts';
import { NEVER_ABORTED } from '../harness/read-traces.ts';
import { openQueryStorage, QUERY_STORAGES } from '../query/query-storages.ts';

interface Row {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly kind: number;
  readonly startNano: bigint;
  readonly durationNano: number;
  readonly host: string;
}

const hex = (words: Uint32Array, row: number): string =>
  [0, 1].map((word) => (words[2 * row + word] ?? 0).toString(16).padStart(8, '0')).join('');

function rowsOf(outline: TraceOutline): readonly Row[] {
  return [...outline.spans()].flatMap((spans) =>
    Array.from({ length: spans.count }, (_, row) => ({
      spanId: hex(spans.spanIds, row),
      parentSpanId: hex(spans.parentSpanIds, row),
      kind: spans.kinds[row] ?? 0,
      startNano: spans.startTimesUnixNano[row] ?? 0n,
      durationNano: spans.durationsNano[row] ?? 0,
      host: spans.hosts[row] ?? '',
    })),
  );
}

function rowsOfChunks(chunks: readonly Uint8Array[]): readonly Row[] {
  return chunks.flatMap((otlp) => {
    const scan = scanSpans(otlp);
    return decodeSpans(otlp).map((span, row) => ({
      spanId: span.spanId,
      parentSpanId: hex(scan.parentSpanIds, row),
      kind: scan.kinds[row] ?? 0,
      startNano: span.startTimeUnixNano,
      durationNano: scan.durationsNano[row] ?? 0,
      host: hostOf(span.resource),
    }));
  });
}

function tellsOfSdk(outline: TraceOutline): boolean {
  return [...outline.spans()].some(({ mayDescribeSdk }) => mayDescribeSdk);
}

function describesSdk(spans: readonly Span[]): boolean {
  return spans.some(({ attributes }) => attributes.some(({ key }) => LIBRARY_KEYS.has(key)));
}

const ID = fc.integer({ min: 1, max: 12 }).map(spanId);
const spans = fc.array(
  fc
    .record({
      spanId: ID,
      parentSpanId: fc.oneof(fc.constant(''), ID),
      kind: fc.constantFrom('unspecified' as const, 'server' as const, 'client' as const),
      startTimeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 63n }),
      durationNano: fc.bigInt({ min: -5n, max: 2n ** 40n }),
      key: fc.constantFrom('http.route', 'a telemetry.sdk.name', 'telemetry.sdk.name'),
      value: fc.constantFrom('/', 'telemetry.sdk.language'),
      host: fc.constantFrom('a', 'b'),
    })
    .map(({ host, key, value, ...own }) =>
      aSpan({
        ...own,
        attributes: { [key]: value },
        resource: aResource(host, { 'host.id': host, 'telemetry.sdk.name': 'theirs' }),
      }),
    ),
  { minLength: 1, maxLength: 12 },
);
/** Batches in the order they come. */
const batches = fc.array(spans, { minLength: 1, maxLength: 3 });

describe.each(QUERY_STORAGES)('the outline of a trace in %s storage', (kind) => {
  let storage: Storage;
  let last = 0;

  beforeEach(async () => {
    storage = await openQueryStorage(kind, 50_000_000);
  });

  afterEach(async () => {
    await storage.close();
  });

  async function chunksOf(id: string): Promise<readonly TraceChunk[]> {
    const chunks: TraceChunk[] = [];
    const read = storage.reader.getTraces('', [id], {}, NEVER_ABORTED);
    for await (const chunk of read) chunks.push(chunk);
    return chunks;
  }

  it('says of its spans what their bytes say, in their order', async () => {
    await fc.assert(
      fc.asyncProperty(batches, async (parts) => {
        const id = traceId((last += 1));
        for (const part of parts) {
          const own = part.map((span) => ({ ...span, traceId: id }));
          await storage.writer.write(aBatch(own), NEVER_ABORTED);
        }
        const chunks = await chunksOf(id);
        const outline = chunks[0]?.outline;
        const expected = rowsOfChunks(chunks.map(({ otlp }) => otlp));
        if (outline === undefined) throw new Error('a trace in one place has no outline');
        expect(rowsOf(outline)).toEqual(expected);
        expect(outline.spanCount).toBe(expected.length);
        const shown = chunks.flatMap(({ otlp }) => decodeSpans(otlp));
        // Bytes that look like such a key may stand in a value.
        expect(tellsOfSdk(outline) || !describesSdk(shown)).toBe(true);
        expect(chunks.slice(1).every((chunk) => chunk.outline === undefined)).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it.each([false, true])(
    'tells whether spans describe their SDK, not resources (%s)',
    async (isTold) => {
      const resource = aResource('cart', { 'telemetry.sdk.name': 'opentelemetry' });
      const attributes = isTold ? { 'telemetry.sdk.name': 'mine' } : { other: 'opentelemetry' };
      await storage.writer.write(aBatch(aTrace(3, { resource, attributes })), NEVER_ABORTED);
      const [first] = await chunksOf(traceId(1));
      expect(first?.outline === undefined ? undefined : tellsOfSdk(first.outline)).toBe(isTold);
    },
  );
});

describe('the outline of a trace in a block', () => {
  it('says of its spans what their bytes say, in their order', () => {
    fc.assert(
      fc.property(batches, batches, (parts, others) => {
        const builder = createBlockBuilder({ rowsPerPage: 3, spansExpected: 2 });
        for (const part of [...parts, ...others.map((own) => own.map(ofOther))]) {
          const otlp = encodeSpans(part);
          builder.add(otlp, scanSpans(otlp));
        }
        const file = memoryBlockFile(Buffer.from(builder.finish(1).bytes));
        const block = openBlock(file, new PageCache(2 ** 20));
        const outline = block.outline(traceKey(traceId(1)));
        const chunks = [...block.readTrace(traceId(1))];
        const expected = rowsOfChunks(chunks);
        expect(rowsOf(outline)).toEqual(expected);
        expect(outline.spanCount).toBe(expected.length);
        expect(tellsOfSdk(outline)).toBe(describesSdk(chunks.flatMap((otlp) => decodeSpans(otlp))));
        expect(block.outline(traceKey(traceId(3))).spanCount).toBe(0);
      }),
      { numRuns: 100 },
    );
  });
});

const ofOther = (span: Span): Span => ({ ...span, traceId: traceId(2) });
