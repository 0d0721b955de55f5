import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { postSpansToOtlp } from '../../../src/wire/jaeger/proto-to-otlp.ts';
import {
  agentCallToOtlp,
  createThriftConverter,
  jaegerBatchToOtlp,
} from '../../../src/wire/jaeger/thrift-to-otlp.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { WireError } from '../../../src/wire/wire-error.ts';
import { encodeBatch, encodeCall, encodeEmitBatch } from './encode-with-npm-thrift.ts';
import type { TestBatch, TestSpan, TestTag } from './encode-with-npm-thrift.ts';
import { protoBatch } from './jaeger-messages.ts';
import { encodeJaegerProto } from './jaeger-proto.ts';

const ENCODINGS = ['compact', 'binary'] as const;

/** Lengths around those where an attribute's own length, or that of a text, takes a byte more. */
const LENGTHS = [0, 1, 2, 3, 4, 5, 9, 57, 58, 59, 60, 61, 62, 63, 64, 119, 120, 121, 122, 123];
const LONG_LENGTHS = [124, 125, 126, 127, 128, 129, 200, 16_375, 16_383, 16_384, 16_400];
/** Keys that mean something, and others of the same length and first letter. */
const KEYS = [
  'span.kind',
  'span.type',
  'error',
  'event',
  'empty',
  'w3c.tracestate',
  'w3c.traceparent',
];

describe('tags that are copied in one piece', () => {
  it.each(ENCODINGS)('are what they were at every length of key and text, %s', (encoding) => {
    for (const keyLength of [...LENGTHS, ...LONG_LENGTHS]) {
      for (const length of [...LENGTHS, ...LONG_LENGTHS]) {
        const tag = text('k'.repeat(keyLength), 'v'.repeat(length));
        expect(
          tagsOf(jaegerBatchToOtlp(encodeBatch(batchOf([tag, tag]), encoding), encoding)),
        ).toEqual([plain(tag), plain(tag)]);
      }
    }
  });

  it('are the same from thrift, compact and binary, and from protobuf', () => {
    fc.assert(
      fc.property(fc.array(arbitraryTag(), { maxLength: 8 }), (tags) => {
        const batch = batchOf(tags);
        const compact = decodeSpans(jaegerBatchToOtlp(encodeBatch(batch, 'compact'), 'compact'));
        const binary = decodeSpans(jaegerBatchToOtlp(encodeBatch(batch, 'binary'), 'binary'));
        const message = { batch: protoBatch(batch) };
        const proto = decodeSpans(postSpansToOtlp(encodeJaegerProto('PostSpansRequest', message)));
        expect(binary).toEqual(compact);
        expect(proto).toEqual(compact);
      }),
      { numRuns: 500 },
    );
  });

  it('leave a key alone that only looks like one that means something', () => {
    const tags = [text('span.type', 'sql'), text('empty', 'true'), text('error', 'yes')];
    for (const encoding of ENCODINGS) {
      const otlp = jaegerBatchToOtlp(encodeBatch(batchOf(tags), encoding), encoding);
      expect(tagsOf(otlp)).toEqual(tags.map(plain));
    }
  });
});

describe('createThriftConverter', () => {
  it.each(ENCODINGS)('makes of many messages what each alone makes, %s', (encoding) => {
    fc.assert(
      fc.property(
        fc.array(fc.array(arbitraryTag(), { maxLength: 5 }), { maxLength: 6 }),
        (sets) => {
          const calls = sets.map((tags) => encodeEmitBatch(batchOf(tags), encoding));
          const converter = createThriftConverter(encoding);
          for (const call of calls) converter.addCall(call);
          const each = calls.map((call) => agentCallToOtlp(call, encoding).otlp);
          expect(Buffer.from(converter.finish())).toEqual(Buffer.concat(each));
        },
      ),
      { numRuns: 100 },
    );
  });

  it.each(ENCODINGS)('adds nothing of a message that is cut off anywhere, %s', (encoding) => {
    const call = encodeEmitBatch(batchOf([text('a', 'b'), text('span.kind', 'server')]), encoding);
    const converter = createThriftConverter(encoding);
    // The last byte ends the arguments; nobody needs it.
    for (let length = 0; length < call.length - 1; length += 1) {
      expect(() => converter.addCall(call.subarray(0, length))).toThrow(WireError);
    }
    converter.addCall(call);
    expect(Buffer.from(converter.finish())).toEqual(
      Buffer.from(agentCallToOtlp(call, encoding).otlp),
    );
    expect(converter.finish()).toHaveLength(0);
  });

  it('gives a batch out that later messages do not change', () => {
    const converter = createThriftConverter('binary');
    converter.addBatch(encodeBatch(batchOf([text('first', '1')]), 'binary'));
    const first = converter.finish();
    converter.addBatch(encodeBatch(batchOf([text('other', '2')]), 'binary'));
    converter.finish();
    expect(tagsOf(first)).toEqual([plain(text('first', '1'))]);
  });

  it('refuses a call it does not know and goes on', () => {
    const converter = createThriftConverter('compact');
    const unknown = encodeCall('ping', 'compact', () => undefined);
    expect(() => converter.addCall(unknown)).toThrow(/"ping" is not taken/);
    converter.addCall(encodeEmitBatch(batchOf([]), 'compact'));
    expect(decodeSpans(converter.finish())).toHaveLength(1);
  });
});

function text(key: string, value: string): TestTag {
  return { key, value: { type: 'string', value } };
}

function batchOf(tags: readonly TestTag[]): TestBatch {
  const span: TestSpan = {
    traceId: 2n ** 127n + 5n,
    spanId: 2n ** 63n + 7n,
    parentSpanId: 0n,
    name: 'n',
    flags: 1,
    startMicros: 1_700_000_000_000_123n,
    durationMicros: 1500n,
    tags,
    logs: [{ micros: 5n, fields: tags }],
  };
  return { serviceName: 's', processTags: tags, spans: [span] };
}

function tagsOf(otlp: Uint8Array): unknown {
  const [span] = decodeSpans(otlp);
  const tags = span?.attributes.map(({ key, value }) => ({ key, value }));
  expect(span?.events[0]?.attributes.map(({ key, value }) => ({ key, value }))).toEqual(tags);
  expect(span?.resource.attributes.slice(1)).toEqual(tags);
  return tags;
}

function plain({ key, value }: TestTag): unknown {
  return { key, value: { type: value.type, value: value.value } };
}

function arbitraryTag(): fc.Arbitrary<TestTag> {
  const length = fc.constantFrom(...LENGTHS, ...LONG_LENGTHS.slice(0, 7));
  const ascii = length.map((size) => 'x'.repeat(size));
  const string = fc.oneof(ascii, fc.string({ unit: 'grapheme', maxLength: 40 }));
  const key = fc.oneof(
    fc.constantFrom(...KEYS),
    string.map((rest) => `k${rest}`),
  );
  const value = fc.oneof<fc.Arbitrary<TestTag['value']>[]>(
    fc.record({
      type: fc.constant('string' as const),
      value: fc.oneof(string, fc.constantFrom('server', 'true', 'client', 'sperver')),
    }),
    fc.record({ type: fc.constant('double' as const), value: fc.double().map((n) => n + 0) }),
    fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
    fc.record({
      type: fc.constant('long' as const),
      value: fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    }),
    fc.record({ type: fc.constant('binary' as const), value: fc.uint8Array({ maxLength: 140 }) }),
  );
  return fc.record({ key, value });
}
