import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createThriftConverter } from '../../../src/wire/jaeger/thrift-to-otlp.ts';
import { scanSpans } from '../../../src/wire/otlp/scan-spans.ts';
import type { SpanScan } from '../../../src/wire/span-scan.ts';
import { WireError } from '../../../src/wire/wire-error.ts';
import { encodeBatch, encodeCall, encodeEmitBatch } from './encode-with-npm-thrift.ts';
import type { TestBatch, TestSpan, TestTag } from './encode-with-npm-thrift.ts';

const ENCODINGS = ['compact', 'binary'] as const;

const U64 = fc.oneof(
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
  fc.constantFrom(0n, 1n, 127n, 2n ** 27n, 2n ** 31n, 2n ** 55n, 2n ** 56n, 2n ** 62n, 2n ** 63n),
);
const I64 = U64.map((value) => BigInt.asIntN(64, value));
/** Lengths around those where something takes a byte more, and texts that are not ASCII. */
const TEXT = fc.oneof(
  fc
    .constantFrom(0, 1, 2, 3, 4, 5, 60, 119, 120, 121, 122, 127, 128, 300)
    .map((n) => 'x'.repeat(n)),
  fc.string({ unit: 'grapheme', maxLength: 12 }),
  fc.constantFrom('server', 'client', 'true', 'ok', 'ERROR', 'a=b'),
);
const KEY = fc.oneof(
  fc.constantFrom('span.kind', 'error', 'event', 'http.url', 'service.name', 'client-uuid'),
  fc.constantFrom('otel.status_code', 'otel.status_description', 'w3c.tracestate'),
  fc.constantFrom('otel.scope.name', 'otel.library.version'),
  TEXT,
);
const TAG: fc.Arbitrary<TestTag> = fc.record({
  key: KEY,
  value: fc.oneof(
    fc.record({ type: fc.constant('string' as const), value: TEXT }),
    fc.record({ type: fc.constant('string' as const), value: TEXT }),
    fc.record({ type: fc.constant('double' as const), value: fc.double() }),
    fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
    fc.record({ type: fc.constant('long' as const), value: I64 }),
    fc.record({ type: fc.constant('binary' as const), value: fc.uint8Array({ maxLength: 20 }) }),
  ),
});
const TAGS = fc.array(TAG, { maxLength: 6 });
const SPAN: fc.Arbitrary<TestSpan> = fc.record(
  {
    traceId: fc.tuple(U64, U64).map(([high, low]) => (high << 64n) | low),
    spanId: U64,
    parentSpanId: fc.oneof(fc.constant(0n), U64),
    name: TEXT,
    flags: fc.oneof(fc.constantFrom(0, 1, 3, 63, 64, -1), fc.integer()),
    startMicros: fc.oneof(fc.constant(1_700_000_000_000_123n), I64),
    durationMicros: fc.oneof(fc.constantFrom(0n, 1500n), I64),
    tags: TAGS,
    references: fc.array(
      fc.record({ type: fc.constantFrom(0, 1), traceId: fc.constant(7n), spanId: U64 }),
      { maxLength: 2 },
    ),
    logs: fc.array(fc.record({ micros: I64, fields: TAGS }), { maxLength: 2 }),
  },
  {
    requiredKeys: [
      'traceId',
      'spanId',
      'parentSpanId',
      'name',
      'flags',
      'startMicros',
      'durationMicros',
    ],
  },
);
const BATCH: fc.Arbitrary<TestBatch> = fc.record({
  serviceName: TEXT,
  processTags: TAGS,
  spans: fc.array(SPAN, { maxLength: 6 }),
});

describe('what the converter says of the spans', () => {
  it.each(ENCODINGS)('is what a scan of its bytes finds, %s', (encoding) => {
    const converter = createThriftConverter(encoding);
    fc.assert(
      fc.property(fc.array(BATCH, { maxLength: 4 }), (batches) => {
        for (const batch of batches) converter.addCall(encodeEmitBatch(batch, encoding));
        expectSameScan(converter.finishScanned());
      }),
      { numRuns: 250 },
    );
  });

  it.each(ENCODINGS)('is so for damaged packets and what is left of them, %s', (encoding) => {
    const converter = createThriftConverter(encoding);
    const damage = fc.array(fc.tuple(fc.nat(), fc.nat({ max: 255 })), { maxLength: 4 });
    let refused = 0;
    fc.assert(
      fc.property(fc.array(fc.tuple(BATCH, damage), { maxLength: 4 }), (batches) => {
        for (const [batch, changes] of batches) {
          const packet = encodeEmitBatch(batch, encoding);
          for (const [at, byte] of changes) packet[at % packet.length] = byte;
          refused += attempt(() => converter.addCall(packet)) ? 0 : 1;
        }
        expectSameScan(converter.finishScanned());
      }),
      { numRuns: 500 },
    );
    expect(refused).toBeGreaterThan(100);
  });

  it.each(ENCODINGS)('is so where the spans come before the process, %s', (encoding) => {
    const converter = createThriftConverter(encoding);
    fc.assert(
      fc.property(BATCH, (batch) => {
        converter.addBatch(encodeBatch(batch, encoding, 'spans first'));
        expectSameScan(converter.finishScanned());
      }),
      { numRuns: 100 },
    );
  });

  it('is so when a message is larger or smaller than was guessed', () => {
    const converter = createThriftConverter('compact');
    for (const length of [0, 100, 20_000, 70_000]) {
      for (const scope of ['', 's', 's'.repeat(200)]) {
        const tags = [text('otel.scope.name', scope), text('t', 'x'.repeat(length))];
        const spans = [aSpan([text('k', 'v')]), aSpan(tags), aSpan(tags), aSpan([])];
        converter.addCall(encodeEmitBatch({ serviceName: 's', spans }, 'compact'));
        converter.addCall(encodeEmitBatch({ serviceName: 's', spans: [] }, 'compact'));
      }
      expectSameScan(converter.finishScanned());
    }
  });

  it('starts anew after each batch', () => {
    const converter = createThriftConverter('compact');
    const spans = [aSpan([text('k', 'v')])];
    converter.addCall(encodeEmitBatch({ serviceName: 's', spans }, 'compact'));
    expect(converter.finishScanned().scan.count).toBe(1);
    expect(attempt(() => converter.addCall(encodeCall('ping', 'compact', () => undefined)))).toBe(
      false,
    );
    expect(converter.finishScanned().scan.count).toBe(0);
    converter.addCall(encodeEmitBatch({ serviceName: 's', spans }, 'compact'));
    converter.finish();
    expect(converter.finishScanned()).toMatchObject({ otlp: new Uint8Array() });
  });
});

function attempt(add: () => unknown): boolean {
  try {
    add();
    return true;
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
    return false;
  }
}

function expectSameScan({ otlp, scan }: { otlp: Uint8Array; scan: SpanScan }): void {
  expect(columns(scan)).toEqual(columns(scanSpans(otlp)));
}

/** Their bytes: typed arrays take long to compare. */
function columns(scan: object): unknown {
  return JSON.parse(
    JSON.stringify(scan, (_, value: unknown) =>
      ArrayBuffer.isView(value)
        ? Buffer.from(value.buffer, value.byteOffset, value.byteLength).toString('hex')
        : value,
    ),
  );
}

function text(key: string, value: string): TestTag {
  return { key, value: { type: 'string', value } };
}

function aSpan(tags: readonly TestTag[]): TestSpan {
  const ids = { traceId: 7n, spanId: 8n, parentSpanId: 0n };
  return { ...ids, name: 'n', flags: 1, startMicros: 5n, durationMicros: 6n, tags };
}
