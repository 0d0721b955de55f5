import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeText } from '../../../src/model/attribute-text.ts';
import type { Attribute, Resource, Span, SpanLink } from '../../../src/model/span.ts';
import { agentCallToOtlp } from '../../../src/wire/jaeger/thrift-to-otlp.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { encodeSpans } from '../../../src/wire/otlp/encode-trace.ts';
import { STREAM_DECODERS } from '../../../src/wire/stream/decode-message.ts';
import { STREAM_ENCODERS } from '../../../src/wire/stream/encode-messages.ts';
import { STREAM_ENCODINGS, streamEncodingOf } from '../../../src/wire/stream/stream-encoding.ts';
import type { StreamEncoding, WrittenEncoding } from '../../../src/wire/stream/stream-encoding.ts';
import { WireError } from '../../../src/wire/wire-error.ts';
import { aResource, aScope, aSpan, spanId, traceId } from '../../harness/a-span.ts';
import { encodeEmitBatch } from '../jaeger/encode-with-npm-thrift.ts';
import type { TestBatch, TestTag } from '../jaeger/encode-with-npm-thrift.ts';
import { protoBatch } from '../jaeger/jaeger-messages.ts';
import { decodeJaegerProto, encodeJaegerProto } from '../jaeger/jaeger-proto.ts';
import { jsonSpans } from '../jaeger/json-messages.ts';
import { arbitrarySpans } from '../otlp/arbitrary-spans.ts';

function sent(spans: readonly Span[], encoding: WrittenEncoding): readonly Span[] {
  return STREAM_ENCODERS[encoding](encodeSpans(spans)).flatMap(({ value }) =>
    decodeSpans(STREAM_DECODERS[encoding].toOtlp(value)),
  );
}

describe('OTLP encodings', () => {
  it.each(['otlp_proto', 'otlp_json'] as const)('give back what %s was made of', (encoding) => {
    fc.assert(
      fc.property(arbitrarySpans, (spans) => {
        expect(sent(spans, encoding)).toEqual(decodeSpans(encodeSpans(spans)));
      }),
      { numRuns: 100 },
    );
  });

  it('hands the bytes of otlp_proto on as they are', () => {
    const otlp = encodeSpans([aSpan()]);
    expect(STREAM_DECODERS.otlp_proto.toOtlp(otlp)).toBe(otlp);
    expect(STREAM_ENCODERS.otlp_proto(otlp)).toEqual([{ key: '', value: otlp }]);
  });
});

describe('Jaeger encodings', () => {
  it.each(['jaeger_proto', 'jaeger_json'] as const)(
    'give back of what %s was made of all that Jaeger has a field or a tag for',
    (encoding) => {
      fc.assert(
        fc.property(arbitrarySpans, (spans) => {
          const known = spans.map(withinJaegerTimes);
          expect(sent(known, encoding)).toEqual(known.map(asJaegerSays));
        }),
        { numRuns: 300 },
      );
    },
  );

  it('write one message a span with its process, keyed by the trace as Jaeger prints it', () => {
    const spans = [
      aSpan({ traceId: traceId(1), serviceName: 'a' }),
      aSpan({ traceId: 'ab'.repeat(16), serviceName: 'b', flags: 0x301 }),
    ];
    for (const encoding of ['jaeger_proto', 'jaeger_json'] as const) {
      const messages = STREAM_ENCODERS[encoding](encodeSpans(spans));
      expect(messages.map(({ key }) => key)).toEqual(['0000000000000001', 'ab'.repeat(16)]);
      expect(
        sent(spans, encoding).map(({ resource, flags }) => [resource.serviceName, flags]),
      ).toEqual([
        ['a', 0],
        ['b', 1],
      ]);
    }
  });

  it('writes protobuf that another decoder reads', () => {
    const [message] = STREAM_ENCODERS.jaeger_proto(encodeSpans([RICH]));
    expect(decodeJaegerProto('Span', message?.value ?? Buffer.of())).toMatchObject({
      operationName: 'GET /',
      references: [
        { spanId: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 2) },
        { spanId: Uint8Array.of(0, 0, 0, 0, 0, 0, 0, 3), refType: 'FOLLOWS_FROM' },
      ],
      startTime: { seconds: '1704067200' },
      duration: { nanos: 1_000_000 },
      tags: [
        { key: 'list', vStr: '[1,"two"]' },
        { key: 'n', vType: 'INT64', vInt64: '-5' },
        { key: 'otel.scope.name', vStr: 'lib' },
        { key: 'span.kind', vStr: 'server' },
        { key: 'error', vType: 'BOOL', vBool: true },
        { key: 'otel.status_description', vStr: 'broke' },
      ],
      logs: [{ timestamp: { seconds: '1' }, fields: [{ key: 'event', vStr: 'tick' }] }],
      process: { serviceName: 'shop', tags: [{ key: 'ip', vStr: '::1' }] },
    });
  });

  it('writes JSON as Jaeger does', () => {
    const [message] = STREAM_ENCODERS.jaeger_json(encodeSpans([RICH]));
    expect(JSON.parse(Buffer.from(message?.value ?? []).toString())).toEqual({
      traceId: 'AAAAAAAAAAAAAAAAAAAAAQ==',
      spanId: 'AAAAAAAAAAE=',
      operationName: 'GET /',
      references: [
        { traceId: 'AAAAAAAAAAAAAAAAAAAAAQ==', spanId: 'AAAAAAAAAAI=' },
        { traceId: 'AAAAAAAAAAAAAAAAAAAACQ==', spanId: 'AAAAAAAAAAM=', refType: 'FOLLOWS_FROM' },
      ],
      startTime: '2024-01-01T00:00:00Z',
      duration: '0.001s',
      tags: [
        { key: 'list', vStr: '[1,"two"]' },
        { key: 'n', vType: 'INT64', vInt64: '-5' },
        { key: 'otel.scope.name', vStr: 'lib' },
        { key: 'span.kind', vStr: 'server' },
        { key: 'error', vType: 'BOOL', vBool: true },
        { key: 'otel.status_description', vStr: 'broke' },
      ],
      logs: [{ timestamp: '1970-01-01T00:00:01Z', fields: [{ key: 'event', vStr: 'tick' }] }],
      process: { serviceName: 'shop', tags: [{ key: 'ip', vStr: '::1' }] },
    });
  });
});

describe('every Jaeger wire', () => {
  it('makes the same OTLP of the same spans', () => {
    const viaCompact = decodeSpans(
      agentCallToOtlp(encodeEmitBatch(BATCH, 'compact'), 'compact').otlp,
    );
    const viaBinary = decodeSpans(agentCallToOtlp(encodeEmitBatch(BATCH, 'binary'), 'binary').otlp);
    const { spans, process } = protoBatch(BATCH);
    const viaProto = spans.flatMap((span) => {
      const message = encodeJaegerProto('Span', { ...span, process });
      return decodeSpans(STREAM_DECODERS.jaeger_proto.toOtlp(message));
    });
    const viaJson = jsonSpans(BATCH).flatMap((message) =>
      decodeSpans(STREAM_DECODERS.jaeger_json.toOtlp(Buffer.from(message))),
    );
    expect(viaCompact).toHaveLength(2);
    expect(viaBinary).toEqual(viaCompact);
    expect(viaProto).toEqual(viaCompact);
    expect(viaJson).toEqual(viaCompact);
    expect(sent(viaCompact, 'jaeger_proto')).toEqual(viaCompact);
    expect(sent(viaCompact, 'jaeger_json')).toEqual(viaCompact);
  });
});

describe('STREAM_DECODERS', () => {
  it.each<[StreamEncoding, Uint8Array]>([
    ['zipkin_json', Buffer.from('[{"traceId":"1","id":"2","name":"get"}]')],
    ['zipkin_proto', Buffer.from('0a170a10' + '00'.repeat(15) + '01' + '2a03676574', 'hex')],
    ['zipkin_thrift', Buffer.from('0c000000010a000100000000000000010b00030000000367657400', 'hex')],
  ])('read %s', (encoding, message) => {
    const { format, toOtlp } = STREAM_DECODERS[encoding];
    expect(format).toBe('zipkin');
    expect(decodeSpans(toOtlp(message))).toMatchObject([{ traceId: traceId(1), name: 'get' }]);
  });

  it('refuse what is none of their encoding with WireError alone', () => {
    const garbage = Buffer.from('ff00ff7b5b', 'hex');
    for (const encoding of STREAM_ENCODINGS) {
      const { toOtlp } = STREAM_DECODERS[encoding];
      expect(() => decodeSpans(toOtlp(garbage)), encoding).toThrow(WireError);
    }
  });

  it('go by the names of Jaeger v1 too', () => {
    expect(
      ['protobuf', 'json', 'zipkin-thrift', 'otlp_json', 'avro'].map(streamEncodingOf),
    ).toEqual(['jaeger_proto', 'jaeger_json', 'zipkin_thrift', 'otlp_json', undefined]);
  });
});

const RICH = aSpan({
  parentSpanId: spanId(2),
  attributes: [
    {
      key: 'list',
      value: {
        type: 'array',
        values: [
          { type: 'int', value: 1n },
          { type: 'string', value: 'two' },
        ],
      },
    },
    { key: 'n', value: { type: 'int', value: -5n } },
  ],
  status: { code: 'error', message: 'broke' },
  scope: aScope({ name: 'lib' }),
  links: [
    {
      traceId: traceId(9),
      spanId: spanId(3),
      traceState: '',
      attributes: [],
      droppedAttributesCount: 0,
      flags: 0,
    },
  ],
  events: [
    { timeUnixNano: 1_000_000_000n, name: 'tick', attributes: [], droppedAttributesCount: 0 },
  ],
  resource: aResource('shop', { ip: '::1' }),
});

const text = (key: string, value: string): TestTag => ({ key, value: { type: 'string', value } });
const TAGS: readonly TestTag[] = [
  { key: 'long', value: { type: 'long', value: -(2n ** 63n) } },
  { key: 'double', value: { type: 'double', value: -1.5e300 } },
  { key: 'binary', value: { type: 'binary', value: new Uint8Array([0, 255]) } },
  { key: 'no', value: { type: 'bool', value: false } },
  text('sch\u00f6n', '"\\\n'),
];
const SPAN_TAGS = [
  ...TAGS,
  text('otel.scope.name', 'lib'),
  text('otel.scope.version', '1'),
  text('span.kind', 'client'),
  { key: 'error', value: { type: 'bool', value: true } } as const,
  text('otel.status_description', 'late'),
  text('w3c.tracestate', 'a=b'),
];
const BATCH: TestBatch = {
  serviceName: 'frontend',
  processTags: TAGS,
  spans: ['first', 'second'].map((name, index) => ({
    traceId: 0x0af7651916cd43dd8448eb211c80319cn,
    spanId: BigInt(index + 7),
    parentSpanId: BigInt(index),
    name,
    flags: 3,
    startMicros: 1_700_000_000_000_123n,
    durationMicros: 1_500_001n,
    tags: SPAN_TAGS,
    references: [{ type: 1, traceId: 99n, spanId: 4n }],
    logs: [{ micros: 1_700_000_000_000_200n, fields: [text('event', 'e'), ...TAGS] }],
  })),
};

/** Microseconds of later times are no exact numbers; that is after the year 2255. */
function withinJaegerTimes(span: Span): Span {
  const within = (time: bigint): bigint => time % (2n ** 53n * 1000n);
  const start = within(span.startTimeUnixNano);
  const end = within(span.endTimeUnixNano);
  return {
    ...span,
    startTimeUnixNano: start < end ? start : end,
    endTimeUnixNano: start < end ? end : start,
    events: span.events.map((event) => ({ ...event, timeUnixNano: within(event.timeUnixNano) })),
  };
}

/** What is left of a span in Jaeger's model, with keys that mean nothing to Jaeger. */
function asJaegerSays(span: Span): Span {
  const { code, message } = span.status;
  const described = code === 'unset' && message !== '' ? [textAttribute(STATUS, message)] : [];
  return {
    ...span,
    flags: span.flags & 0xff,
    attributes: [...span.attributes.map(scalar), ...described],
    droppedAttributesCount: 0,
    events: span.events.map((event) => ({
      ...event,
      attributes: event.attributes.map(scalar),
      droppedAttributesCount: 0,
    })),
    droppedEventsCount: 0,
    links: span.links.map(asReference),
    droppedLinksCount: 0,
    status: { code, message: code === 'unset' ? '' : message },
    resource: asProcess(span.resource),
    scope: aScope({ name: span.scope.name, version: span.scope.version }),
  };
}

const STATUS = 'otel.status_description';

function asReference({ traceId: trace, spanId: span }: SpanLink): SpanLink {
  return {
    traceId: trace,
    spanId: span,
    traceState: '',
    attributes: [textAttribute('opentracing.ref_type', 'follows_from')],
    droppedAttributesCount: 0,
    flags: 0,
  };
}

function asProcess({ serviceName, attributes }: Resource): Resource {
  const name = serviceName === '' ? 'OTLPResourceNoServiceName' : serviceName;
  const others = attributes.filter(({ key }) => key !== 'service.name').map(scalar);
  return {
    serviceName: name,
    attributes: [textAttribute('service.name', name), ...others],
    droppedAttributesCount: 0,
    schemaUrl: '',
  };
}

function textAttribute(key: string, value: string): Attribute {
  return { key, value: { type: 'string', value } };
}

function scalar({ key, value }: Attribute): Attribute {
  const isScalar = value.type !== 'empty' && value.type !== 'array' && value.type !== 'map';
  return isScalar ? { key, value } : textAttribute(key, attributeText(value));
}
