import fc from 'fast-check';
import { TracePlanner } from '../../../src/model/adjust-trace.ts';
import type { TracePlan } from '../../../src/model/adjust-trace.ts';
import { runToEnd } from '../../../src/model/in-turns.ts';
import type { Attribute, Span, SpanEvent } from '../../../src/model/span.ts';
import { planChunk } from '../../../src/query/api/plan-trace.ts';
import { createSpanPiece } from '../../../src/query/api/span-piece.ts';
import type { SpanPiece } from '../../../src/query/api/span-piece.ts';
import { encodeSpans } from '../../../src/wire/otlp/encode-trace.ts';
import { scanSpans } from '../../../src/wire/otlp/scan-spans.ts';
import { aResource, aSpan } from '../../harness/a-span.ts';

/** Spans as they come from a storage, on their way to an answer. */
export function pieceOf(
  spans: readonly Span[],
  isPlanned: boolean,
  warnings: readonly string[] = [],
): SpanPiece {
  const otlp = encodeSpans(spans);
  const scan = scanSpans(otlp);
  const plan = isPlanned ? planOf(otlp) : undefined;
  return createSpanPiece(otlp, { scan, count: scan.count, plan, firstRow: 0, warnings });
}

function planOf(otlp: Uint8Array): TracePlan {
  const planner = new TracePlanner();
  planChunk(planner, { otlp, scan: scanSpans(otlp) }, 1000);
  // As if every span that is there twice were equal to the first.
  const suspects = [...runToEnd(planner.repeatedRows())].slice(1);
  return runToEnd(planner.finish(new Set(suspects), { maxClockSkewMs: 1000 }));
}

export const ASCII = fc.string({ unit: 'grapheme-ascii', maxLength: 12 });

/** With these keys among others. */
export function simpleAttributes(
  keys: readonly string[],
  texts: fc.Arbitrary<string>,
): fc.Arbitrary<Attribute> {
  return fc.record({
    // What is moved between spans and resources makes every span of a trace an uncommon one.
    key: fc.oneof(
      { weight: 60, arbitrary: fc.constantFrom(...keys) },
      { weight: 30, arbitrary: ASCII },
      { weight: 1, arbitrary: fc.constant('telemetry.sdk.name') },
    ),
    value: fc.oneof(
      texts.map((value) => ({ type: 'string' as const, value })),
      fc.boolean().map((value) => ({ type: 'bool' as const, value })),
      fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }).map((value) => ({
        type: 'int' as const,
        value,
      })),
      fc.double().map((value) => ({ type: 'double' as const, value })),
    ),
  });
}

const simpleAttribute = simpleAttributes(['a', 'b', 'ip', 'http.route'], ASCII);
const ID = fc.integer({ min: 1, max: 60 }).map((id) => id.toString(16).padStart(16, '0'));
const commonEvent: fc.Arbitrary<SpanEvent> = fc.record({
  timeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 62n }),
  name: fc.oneof(ASCII, fc.constantFrom('', 'retry', 'done', 'é')),
  attributes: fc.oneof(
    fc.array(simpleAttribute, { maxLength: 3 }),
    fc.constant([{ key: 'event', value: { type: 'string' as const, value: 'own' } }]),
  ),
  droppedAttributesCount: fc.constantFrom(0, 0, 0, 3),
});
/** What most spans are: the short ways are for these. */
export function commonSpans(
  attribute: fc.Arbitrary<Attribute>,
  events: fc.Arbitrary<SpanEvent[]>,
): fc.Arbitrary<Span> {
  const own = {
    flags: fc.constantFrom(0, 1, 0x101),
    droppedEventsCount: fc.constantFrom(0, 0, 0, 3),
    traceId: fc.constantFrom('ab'.repeat(16), '7'.padStart(32, '0')),
    spanId: ID,
    parentSpanId: fc.oneof(fc.constant(''), ID),
    name: ASCII,
    kind: fc.constantFrom('unspecified' as const, 'server' as const, 'client' as const),
    startTimeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 62n }),
    endTimeUnixNano: fc.bigInt({ min: 0n, max: 2n ** 62n }),
    attributes: fc.array(attribute, { maxLength: 6 }),
    status: fc.record({
      code: fc.constantFrom('unset' as const, 'ok' as const, 'error' as const),
      message: fc.constantFrom('', 'oops'),
    }),
    events,
  };
  return fc
    .record({ ...own, host: fc.constantFrom('a', 'b') })
    .map(({ host, ...span }) =>
      aSpan({ ...span, resource: aResource('cart', { 'host.id': host }) }),
    );
}

export const commonSpan = commonSpans(simpleAttribute, fc.array(commonEvent, { maxLength: 3 }));
