import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { decodeSearchRequest } from '../../src/wire/jaeger-query/query-requests.ts';
import { postSpansToOtlp } from '../../src/wire/jaeger/proto-to-otlp.ts';
import { agentCallToOtlp, jaegerBatchToOtlp } from '../../src/wire/jaeger/thrift-to-otlp.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { jsonToOtlp } from '../../src/wire/otlp/json-to-otlp.ts';
import { scanSpans } from '../../src/wire/otlp/scan-spans.ts';
import { WireError } from '../../src/wire/wire-error.ts';
import { zipkinProtoToOtlp } from '../../src/wire/zipkin/proto-to-otlp.ts';
import { zipkinV1JsonToOtlp } from '../../src/wire/zipkin/v1-json-to-otlp.ts';
import { zipkinThriftToOtlp } from '../../src/wire/zipkin/v1-thrift-to-otlp.ts';
import { zipkinV2JsonToOtlp } from '../../src/wire/zipkin/v2-json-to-otlp.ts';
import { encodeBatch, encodeCall } from '../wire/jaeger/encode-with-npm-thrift.ts';
import { RICH_BATCH } from './corpora.ts';
import { bestOf, msMax } from './prove-decoder.ts';
import { ZIPKIN_PROTO_SPANS, encodeZipkinProto, encodeZipkinThrift } from './zipkin-messages.ts';

type Decode = (bytes: Uint8Array) => unknown;

const MIB = 2 ** 20;

const hex = (digits: string): Buffer => Buffer.from(digits.replaceAll(' ', ''), 'hex');

/** A protobuf field of wire type 2. */
function field(number: number, payload: Uint8Array): Buffer {
  return Buffer.concat([varint((number << 3) | 2), varint(payload.length), payload]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) bytes.push((rest & 0x7f) | 0x80);
  return Buffer.from([...bytes, rest]);
}

function repeat(bytes: Uint8Array, total: number): Buffer {
  return Buffer.alloc(Math.floor(total / bytes.length) * bytes.length, bytes);
}

/** An attribute whose value is lists inside one another. */
function nestedAttribute(levels: number): Buffer {
  let value = hex('1001');
  for (let level = 0; level < levels; level += 1) value = field(5, field(1, value));
  return Buffer.concat([field(1, Buffer.from('k')), field(2, value)]);
}

function otlpSpan(span: Uint8Array): Buffer {
  return field(1, field(2, field(2, span)));
}

const IDS = hex('0a10 00000000000000000000000000000001 1208 0000000000000001 2a0161');

describe('a message that lies about its size', () => {
  const liars: readonly (readonly [string, Decode, Buffer])[] = [
    ['OTLP: a message of 2^31-1', scanSpans, hex('0a ffffffff07')],
    ['OTLP: a message of 2^32-1', scanSpans, hex('0a ffffffff0f')],
    ['OTLP: a length of 2^63', scanSpans, hex('0a 80808080808080808001')],
    ['OTLP: an attribute longer than its span', scanSpans, otlpSpan(hex('4a 7f 0a01'))],
    ['Jaeger protobuf: a batch of 2^31-1', postSpansToOtlp, hex('0a ffffffff07')],
    ['Jaeger protobuf: a tag of 2^32-1', postSpansToOtlp, field(1, field(1, hex('42 ffffffff0f')))],
    ['Jaeger binary: 2^31-1 spans', binary, hex('0f0002 0c 7fffffff')],
    ['Jaeger binary: -1 spans', binary, hex('0f0002 0c ffffffff')],
    ['Jaeger binary: a text of -1', binary, hex('0c0001 0b0001 ffffffff')],
    ['Jaeger binary: a text of 2^31-1', binary, hex('0c0001 0b0001 7fffffff')],
    ['Jaeger compact: 2^32-1 spans', compact, hex('29 fc ffffffff0f')],
    ['Jaeger compact: 2^31 spans', compact, hex('29 fc 8080808008')],
    ['Jaeger compact: a text of 2^32-1', compact, hex('1c 18 ffffffff0f')],
    ['Jaeger compact: a map of 2^32-1', compact, hex('9b ffffffff0f 88')],
    ['a call: a method name of 2^31-1', call, hex('80010001 7fffffff')],
    ['a call: a list of 2^31-1 Zipkin spans', call, liarsCall()],
    ['Zipkin thrift: 2^31-1 spans', zipkinThriftToOtlp, hex('0c 7fffffff')],
    ['Zipkin thrift: -1 spans', zipkinThriftToOtlp, hex('0c ffffffff')],
    ['Zipkin protobuf: a span of 2^32-1', zipkinProtoToOtlp, hex('0a ffffffff0f')],
  ];

  it.each(liars)('is refused for nothing. %s', (_name, decode, bytes) => {
    expect(() => decode(bytes)).toThrow(WireError);
    const before = process.memoryUsage();
    for (let turn = 0; turn < 100; turn += 1) expect(() => decode(bytes)).toThrow(WireError);
    const after = process.memoryUsage();
    expect(after.arrayBuffers - before.arrayBuffers).toBeLessThan(100 * 64 * 1024);
    expect(after.rss - before.rss).toBeLessThan(64 * MIB);
  });
});

function binary(bytes: Uint8Array): unknown {
  return jaegerBatchToOtlp(bytes, 'binary');
}

function compact(bytes: Uint8Array): unknown {
  return jaegerBatchToOtlp(bytes, 'compact');
}

function call(bytes: Uint8Array): unknown {
  return agentCallToOtlp(bytes, 'binary');
}

function liarsCall(): Buffer {
  const whole = encodeCall('emitZipkinBatch', 'binary', () => undefined);
  return Buffer.concat([whole.subarray(0, -1), hex('0f0001 0c 7fffffff')]);
}

describe('a megabyte of nearly nothing', { timeout: 60_000 }, () => {
  const list = Buffer.concat([hex('0c'), hex('00100000')]);
  const objects = (head: string, tail: string): Buffer =>
    Buffer.from(`${head}${'{},'.repeat(MIB / 3)}{}${tail}`);
  const bombs: readonly (readonly [string, Decode, Buffer])[] = [
    ['OTLP spans', scanSpans, otlpSpanList()],
    [
      'OTLP JSON spans',
      otlpOfJson,
      objects('{"resourceSpans":[{"scopeSpans":[{"spans":[', ']}]}]}'),
    ],
    ['Jaeger spans', postSpansToOtlp, field(1, repeat(hex('0a00'), MIB))],
    ['Jaeger tags of no type', postSpansToOtlp, field(1, field(1, repeat(hex('42021007'), MIB)))],
    ['Jaeger logs', postSpansToOtlp, field(1, field(1, repeat(hex('4a00'), MIB)))],
    ['Zipkin thrift spans', zipkinThriftToOtlp, Buffer.concat([list, Buffer.alloc(MIB)])],
    ['Zipkin protobuf spans', zipkinProtoToOtlp, repeat(hex('0a00'), MIB)],
    ['Zipkin v2 spans', zipkinV2JsonToOtlp, objects('[', ']')],
    ['Zipkin v1 spans', zipkinV1JsonToOtlp, objects('[', ']')],
    ['Zipkin v2 annotations', zipkinV2JsonToOtlp, objects('[{"annotations":[', ']}]')],
  ];

  it.each(bombs)('is refused before it takes many: %s', (_name, decode, bytes) => {
    const before = process.memoryUsage().arrayBuffers;
    expect(() => decode(bytes)).toThrow(WireError);
    // Buffers that double leave as much behind as they end with.
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(16 * MIB);
  });

  it('takes no more than other bytes: attributes of a search', () => {
    const isRefusal = (error: unknown): boolean => error instanceof WireError;
    // What copies all of them for each is found out by the few, before it takes hours.
    for (const entries of [2 ** 14, MIB]) {
      const search = field(1, repeat(hex('1a00'), 2 * entries));
      expect(decodeSearchRequest(search)?.attributes).toHaveLength(entries);
      const ms = bestOf({ decode: decodeSearchRequest, isRefusal }, search, 3);
      expect(ms).toBeLessThanOrEqual(msMax(search));
    }
  });

  it('is not what small real spans are', () => {
    const endpoint = { service_name: 'a', ipv4: Buffer.from([10, 0, 0, 1]), port: 1 };
    const [span] = ZIPKIN_PROTO_SPANS;
    const small = { ...span, local_endpoint: endpoint, remote_endpoint: endpoint, tags: [] };
    const proto = encodeZipkinProto(new Array<object>(10_000).fill(small));
    expect(decodeSpans(zipkinProtoToOtlp(proto))).toHaveLength(10_000);
    const thrift = new Array(10_000).fill({ traceId: 1n, id: 2n, name: '', micros: 1n });
    expect(decodeSpans(zipkinThriftToOtlp(encodeZipkinThrift(thrift)))).toHaveLength(10_000);
    const [, tiny] = RICH_BATCH.spans;
    const spans = tiny === undefined ? [] : new Array<typeof tiny>(10_000).fill(tiny);
    const batch = encodeBatch({ serviceName: '', spans }, 'compact');
    expect(decodeSpans(jaegerBatchToOtlp(batch, 'compact'))).toHaveLength(10_000);
  });
});

function otlpSpanList(): Buffer {
  return field(1, field(2, repeat(hex('1200'), MIB)));
}

function otlpOfJson(bytes: Uint8Array): unknown {
  return scanSpans(jsonToOtlp(bytes));
}

describe('nesting', () => {
  const jsonLists = (levels: number): string => '['.repeat(levels) + ']'.repeat(levels);
  const v2 = (levels: number): Buffer =>
    Buffer.from(`[{"traceId":"1","id":"2","other":${jsonLists(levels)}}]`);
  const v1 = v2;
  const otlpJson = (levels: number): Buffer => {
    const value = `${'{"arrayValue":{"values":['.repeat(levels)}{}${']}}'.repeat(levels)}`;
    const span = `{"attributes":[{"key":"k","value":${value}}]}`;
    return Buffer.from(`{"resourceSpans":[{"scopeSpans":[{"spans":[${span}]}]}]}`);
  };
  const unknownOtlpJson = (levels: number): Buffer =>
    Buffer.from(`{"resourceSpans":[],"other":${jsonLists(levels)}}`);
  /** Structs inside one another in a field that no Batch has, and its end. */
  const binaryStructs = (levels: number): Buffer =>
    Buffer.concat([repeat(hex('0c0009'), 3 * levels), Buffer.alloc(levels + 1)]);
  const binaryLists = (levels: number): Buffer =>
    Buffer.concat([hex('0f0009'), repeat(hex('0f00000001'), 5 * levels), hex('0300000000')]);
  const compactStructs = (levels: number): Buffer =>
    Buffer.concat([repeat(hex('9c'), levels), Buffer.alloc(levels + 1)]);
  const compactLists = (levels: number): Buffer =>
    Buffer.concat([hex('99'), repeat(hex('19'), levels), hex('03')]);
  /** Made from inside out, which is slow for more. */
  const otlpValue = (levels: number): Buffer =>
    otlpSpan(field(9, nestedAttribute(Math.min(levels, 3000))));

  const cases: readonly (readonly [string, Decode, (levels: number) => Buffer])[] = [
    ['OTLP values', scanSpans, otlpValue],
    ['OTLP JSON values', otlpOfJson, otlpJson],
    ['unknown OTLP JSON', otlpOfJson, unknownOtlpJson],
    ['Zipkin v2 JSON', zipkinV2JsonToOtlp, v2],
    ['Zipkin v1 JSON', zipkinV1JsonToOtlp, v1],
    ['binary structs', binary, binaryStructs],
    ['binary lists', binary, binaryLists],
    ['compact structs', compact, compactStructs],
    ['compact lists', compact, compactLists],
  ];

  it.each(cases)('of 300 and of 100,000 levels is refused as too deep: %s', (_n, decode, make) => {
    expect(() => decode(make(300))).toThrow(/nested (more than|deeper than|less than)? ?\d+/);
    expect(() => decode(make(100_000))).toThrow(WireError);
  });

  it('of 25 lists in a value is kept, whatever it came in', () => {
    const [span] = decodeSpans(otlpSpan(Buffer.concat([IDS, field(9, nestedAttribute(25))])));
    expect(JSON.stringify(span?.attributes).match(/"type":"array"/g)).toHaveLength(25);
    expect(decodeSpans(jsonToOtlp(otlpJson(25)))).toHaveLength(1);
    expect(scanSpans(otlpValue(25)).count).toBe(1);
  });
});

describe('protobuf that is unusual', () => {
  it.each([
    ['a varint of eleven bytes', hex('5080808080808080808080 01')],
    ['a varint of more than 64 bits', hex('50ffffffffffffffffff02')],
    ['a tag of more than 32 bits', hex('8080808010')],
    ['a group', hex('0b0c')],
    ['a group in a field nobody knows', hex('f3 0f f4 0f')],
    ['field 0', hex('0000')],
    ['a known field of another type', hex('2d00000000')],
  ])('is refused: %s', (_name, bytes) => {
    expect(() => scanSpans(otlpSpan(Buffer.concat([IDS, bytes])))).toThrow(WireError);
  });

  it('is taken: numbers written too long, unknown fields, fields that come again', () => {
    const unusual = hex(
      '508100 980605 a10600000000000000ff aa060161 b50600000000 2a0162 3083808080808080808000',
    );
    const otlp = otlpSpan(Buffer.concat([IDS, unusual]));
    expect(scanSpans(otlp).kinds[0]).toBe(3);
    expect(decodeSpans(otlp)).toMatchObject([
      { name: 'b', kind: 'client', droppedAttributesCount: 1 },
    ]);
  });
});
