import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TracePlanner } from '../../../src/model/adjust-trace.ts';
import type { TracePlan } from '../../../src/model/adjust-trace.ts';
import type { Attribute, Span } from '../../../src/model/span.ts';
import { JsonBytes } from '../../../src/query/api/json-bytes.ts';
import { jsonText } from '../../../src/query/api/json-text.ts';
import { planChunk } from '../../../src/query/api/plan-trace.ts';
import { createSpanPiece } from '../../../src/query/api/span-piece.ts';
import type { SpanPiece } from '../../../src/query/api/span-piece.ts';
import { createSpanListWriter } from '../../../src/query/api/write-jaeger-spans.ts';
import { encodeSpans } from '../../../src/wire/otlp/encode-trace.ts';
import { scanSpans } from '../../../src/wire/otlp/scan-spans.ts';
import { aResource, aSpan } from '../../harness/a-span.ts';
import { arbitrarySpans } from '../../wire/otlp/arbitrary-spans.ts';
import { createSpanRenderer } from './render-jaeger-span.ts';

function writtenAs(shown: SpanPiece, isStored: boolean): string {
  const writer = createSpanListWriter(new JsonBytes(64), 256);
  const piece = isStored ? shown : { spans: shown.spans };
  const text = Buffer.concat([...writer.write(piece)]).toString();
  return `[${text}] ${writer.processes()}`;
}

function rendered(spans: readonly Span[]): string {
  const renderer = createSpanRenderer();
  const text = jsonText(spans.map((span) => renderer.render(span)));
  return `${text} ${jsonText(renderer.processes())}`;
}

function pieceOf(spans: readonly Span[], isPlanned: boolean, warnings: string[] = []): SpanPiece {
  const otlp = encodeSpans(spans);
  const scan = scanSpans(otlp);
  const plan = isPlanned ? planOf(otlp) : undefined;
  return createSpanPiece(otlp, { scan, count: scan.count, plan, firstRow: 0, warnings });
}

function planOf(otlp: Uint8Array): TracePlan {
  const planner = new TracePlanner();
  planChunk(planner, { otlp, scan: scanSpans(otlp) }, 1000);
  // As if every span that is there twice were equal to the first.
  const suspects = [...planner.repeatedRows()].slice(1);
  return planner.finish(new Set(suspects), { maxClockSkewMs: 1000 });
}

const ASCII = fc.string({ unit: 'grapheme-ascii', maxLength: 12 });
const simpleAttribute: fc.Arbitrary<Attribute> = fc.record({
  // What is moved between spans and resources makes every span of a trace an uncommon one.
  key: fc.oneof(
    { weight: 60, arbitrary: fc.constantFrom('a', 'b', 'ip', 'http.route') },
    { weight: 30, arbitrary: ASCII },
    { weight: 1, arbitrary: fc.constant('telemetry.sdk.name') },
  ),
  value: fc.oneof(
    ASCII.map((value) => ({ type: 'string' as const, value })),
    fc.boolean().map((value) => ({ type: 'bool' as const, value })),
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({
      type: 'int' as const,
      value,
    })),
    fc.double().map((value) => ({ type: 'double' as const, value })),
  ),
});
const ID = fc.integer({ min: 1, max: 60 }).map((id) => id.toString(16).padStart(16, '0'));
/** What most spans are: the short way is for these. */
const commonSpan: fc.Arbitrary<Span> = fc
  .record({
    traceId: fc.constantFrom('ab'.repeat(16), '7'.padStart(32, '0')),
    spanId: ID,
    parentSpanId: fc.oneof(fc.constant(''), ID),
    name: ASCII,
    kind: fc.constantFrom('unspecified' as const, 'server' as const, 'client' as const),
    startTimeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 62n }),
    endTimeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 62n }),
    attributes: fc.array(simpleAttribute, { maxLength: 6 }),
    status: fc.record({
      code: fc.constantFrom('unset' as const, 'ok' as const, 'error' as const),
      message: fc.constantFrom('', 'oops'),
    }),
    host: fc.constantFrom('a', 'b'),
  })
  .map(({ host, ...own }) =>
    aSpan({
      ...own,
      events: [],
      resource: aResource('cart', { 'host.id': host }),
    }),
  );

describe('spans written as Jaeger JSON', () => {
  it.each([false, true])(
    'are what a renderer of objects makes of any span (planned: %s)',
    (isPlanned) => {
      fc.assert(
        fc.property(arbitrarySpans, (spans) => {
          const piece = pieceOf(spans, isPlanned);
          const expected = rendered(piece.spans());
          expect(writtenAs(piece, true)).toBe(expected);
          expect(writtenAs(piece, false)).toBe(expected);
        }),
        { numRuns: 150 },
      );
    },
  );

  it.each([false, true])('are the same from bytes as from objects (planned: %s)', (isPlanned) => {
    fc.assert(
      fc.property(fc.array(commonSpan, { maxLength: 8 }), (spans) => {
        const piece = pieceOf(spans, isPlanned, ['too many']);
        expect(writtenAs(piece, true)).toBe(rendered(piece.spans()));
      }),
      { numRuns: 400 },
    );
  });

  it('come in pieces of bounded size that make one list', () => {
    const spans = Array.from({ length: 50 }, (_, index) => aSpan({ name: `call ${index}` }));
    const piece = pieceOf(spans, false);
    const writer = createSpanListWriter(new JsonBytes(64), 1000);
    const pieces = [...writer.write(piece)];
    expect(pieces.length).toBeGreaterThan(5);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(2500);
    expect(`[${Buffer.concat(pieces).toString()}] ${writer.processes()}`).toBe(rendered(spans));
  });
});
