import { describe, expect, it } from 'vitest';
import { jaegerProtoSpanToOtlp, postSpansToOtlp } from '../../../src/wire/jaeger/proto-to-otlp.ts';
import { jaegerBatchToOtlp } from '../../../src/wire/jaeger/thrift-to-otlp.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { scanSpans } from '../../../src/wire/otlp/scan-spans.ts';
import { WireError } from '../../../src/wire/wire-error.ts';
import { encodeBatch } from './encode-with-npm-thrift.ts';
import type { TestBatch, TestSpan, TestTag } from './encode-with-npm-thrift.ts';
import { protoBatch, protoSpan } from './jaeger-messages.ts';
import { encodeJaegerProto } from './jaeger-proto.ts';

const TRACE_ID = 0x0af7651916cd43dd8448eb211c80319cn;
const text = (key: string, value: string): TestTag => ({ key, value: { type: 'string', value } });

const TAGS: TestTag[] = [
  text('span.kind', 'client'),
  text('otel.scope.name', 'lib'),
  text('otel.scope.version', '1'),
  text('w3c.tracestate', 'a=b'),
  { key: 'error', value: { type: 'bool', value: true } },
  text('otel.status_description', 'late'),
  { key: 'long', value: { type: 'long', value: -(2n ** 63n) } },
  { key: 'double', value: { type: 'double', value: -1.5e300 } },
  { key: 'binary', value: { type: 'binary', value: new Uint8Array([0, 255]) } },
  { key: 'no', value: { type: 'bool', value: false } },
];
const SPAN: TestSpan = {
  traceId: TRACE_ID,
  spanId: 0xb7ad6b7169203331n,
  parentSpanId: 3n,
  name: 'GET /dispatch',
  flags: 3,
  startMicros: 1_700_000_000_000_123n,
  durationMicros: 1_500_001n,
  tags: TAGS,
  references: [{ type: 1, traceId: 99n, spanId: 4n }],
  logs: [{ micros: 1_700_000_000_000_200n, fields: [text('event', 'e'), text('k', 'v')] }],
};
const BATCH: TestBatch = { serviceName: 'frontend', processTags: TAGS, spans: [SPAN, SPAN] };

function post(batch: object): Uint8Array {
  return encodeJaegerProto('PostSpansRequest', { batch });
}

describe('postSpansToOtlp', () => {
  it('makes of a batch what thrift makes of the same', () => {
    const viaThrift = decodeSpans(jaegerBatchToOtlp(encodeBatch(BATCH, 'compact'), 'compact'));
    const spans = decodeSpans(postSpansToOtlp(post(protoBatch(BATCH))));
    expect(spans).toEqual(viaThrift);
    expect(spans[0]).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      parentSpanId: '0000000000000003',
      kind: 'client',
      status: { code: 'error', message: 'late' },
    });
  });

  it('keeps nanoseconds', () => {
    const span = {
      ...protoSpan(SPAN),
      startTime: { seconds: 1, nanos: 999_999_999 },
      duration: { seconds: 0, nanos: 2 },
    };
    expect(decodeSpans(postSpansToOtlp(post({ spans: [span] })))).toMatchObject([
      { startTimeUnixNano: 1_999_999_999n, endTimeUnixNano: 2_000_000_001n },
    ]);
  });

  it.each([
    [{ seconds: -1, nanos: 999_999_999 }, true],
    [{ seconds: '-9223372036854775808', nanos: -1 }, true],
    [{ seconds: '-62135596799' }, true],
    [{ seconds: 0, nanos: 0 }, false],
  ])('takes the start %j for one before 1970: %s', (startTime, isBefore) => {
    const [span] = decodeSpans(
      postSpansToOtlp(post({ spans: [{ ...protoSpan(SPAN), startTime }] })),
    );
    expect(BigInt.asIntN(64, span?.startTimeUnixNano ?? 0n) < 0n).toBe(isBefore);
  });

  it("takes the time that Go's have when they are not set for none", () => {
    const unset = { seconds: '-62135596800', nanos: 0 };
    const span = { ...protoSpan(SPAN), startTime: unset, duration: { seconds: 3 } };
    expect(decodeSpans(postSpansToOtlp(post({ spans: [span] })))).toMatchObject([
      { startTimeUnixNano: 0n, endTimeUnixNano: 3_000_000_000n },
    ]);
  });

  it('gives spans their own process, and the others that of the batch', () => {
    const process = (serviceName: string): object => ({ serviceName });
    const span = (name: string, own?: object): object => ({
      ...protoSpan(SPAN),
      operationName: name,
      process: own,
    });
    const spans = [
      span('1', process('a')),
      span('2'),
      span('3', process('a')),
      span('4', process('')),
      span('5'),
    ];
    const otlp = postSpansToOtlp(post({ spans, process: process('batch') }));
    expect(decodeSpans(otlp).map(({ name, resource }) => [name, resource.serviceName])).toEqual([
      ['2', 'batch'],
      ['5', 'batch'],
      ['1', 'a'],
      ['3', 'a'],
      ['4', ''],
    ]);
    expect([...scanSpans(otlp).resourceRows]).toEqual([0, 0, 1, 1, 2]);
  });

  it('has no service.name where nobody gave a process', () => {
    const [span] = decodeSpans(postSpansToOtlp(post({ spans: [protoSpan(SPAN)] })));
    expect(span?.resource.attributes).toEqual([]);
  });

  it('takes 8 bytes as the low half of a trace id', () => {
    const span = {
      ...protoSpan(SPAN),
      references: [],
      traceId: Buffer.from('0102030405060708', 'hex'),
    };
    expect(decodeSpans(postSpansToOtlp(post({ spans: [span] })))).toMatchObject([
      { traceId: '00000000000000000102030405060708' },
    ]);
  });

  it('keeps warnings where the rest of the project looks for them', () => {
    const span = { ...protoSpan(SPAN), warnings: ['one', 'two'] };
    expect(decodeSpans(jaegerProtoSpanToOtlp(encodeJaegerProto('Span', span)))).toMatchObject([
      { warnings: ['one', 'two'] },
    ]);
  });

  it.each([
    ['traceId', 3, '8 or 16'],
    ['traceId', 12, '8 or 16'],
    ['traceId', 17, '8 or 16'],
    ['spanId', 1, '8'],
    ['spanId', 16, '8'],
  ])('refuses a %s of %d bytes, as Jaeger does', (field, size, allowed) => {
    const id = Buffer.alloc(size, 1);
    const why = `an id of ${size} bytes, not ${allowed}, at byte`;
    const span = { ...protoSpan(SPAN), references: [], [field]: id };
    expect(() => postSpansToOtlp(post({ spans: [span] }))).toThrow(why);
  });

  it('refuses an id that is there and empty', () => {
    const emptyTraceId = Buffer.from([0x0a, 0x00]);
    expect(() => jaegerProtoSpanToOtlp(emptyTraceId)).toThrow('an id of 0 bytes, not 8 or 16,');
  });

  it('refuses a field of a wrong wire type', () => {
    expect(() => jaegerProtoSpanToOtlp(Buffer.from([0x08, 0x01]))).toThrow(
      /^protobuf: wire type 0 in field 1 at byte 1$/,
    );
  });

  it('refuses a message cut off anywhere', () => {
    const bytes = post(protoBatch(BATCH));
    for (let end = 1; end < bytes.length; end += 1) {
      expect(() => postSpansToOtlp(bytes.subarray(0, end))).toThrow(WireError);
    }
  });

  it('throws nothing but WireError for damaged messages', () => {
    const bytes = post(protoBatch(BATCH));
    let refused = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      for (const byte of [0, 1, 0x7f, 0x80, 0xff]) {
        const mutant = Uint8Array.from(bytes);
        mutant[at] = byte;
        try {
          scanSpans(postSpansToOtlp(mutant));
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
          refused += 1;
        }
      }
    }
    expect(refused).toBeGreaterThan(500);
  });
});
