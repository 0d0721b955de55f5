import { Buffer } from 'node:buffer';
import thrift from 'thrift';
import { describe, expect, it } from 'vitest';
import type { Attribute, AttributeValue, Span } from '../../src/model/span.ts';
import { postSpansToOtlp } from '../../src/wire/jaeger/proto-to-otlp.ts';
import { jaegerBatchToOtlp } from '../../src/wire/jaeger/thrift-to-otlp.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { scanSpans } from '../../src/wire/otlp/scan-spans.ts';
import { WireError } from '../../src/wire/wire-error.ts';
import { zipkinProtoToOtlp } from '../../src/wire/zipkin/proto-to-otlp.ts';
import { zipkinThriftToOtlp } from '../../src/wire/zipkin/v1-thrift-to-otlp.ts';
import { zipkinV2JsonToOtlp } from '../../src/wire/zipkin/v2-json-to-otlp.ts';
import { JSON_PIECES, NAME_PIECES, VARINT_PIECES, mutants } from '../harness/mutate.ts';
import { encodeBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import { protoBatch } from '../wire/jaeger/jaeger-messages.ts';
import { decodeJaegerProto, encodeJaegerProto } from '../wire/jaeger/jaeger-proto.ts';
import { decodeWithProtobufjs } from '../wire/otlp/otlp-proto.ts';
import { ZIPKIN_V2_SPANS, jaegerCorpus, jsonCorpus, otlpCorpus } from './corpora.ts';
import {
  ZIPKIN_PROTO_SPANS,
  ZIPKIN_THRIFT_SPANS,
  decodeZipkinProto,
  encodeZipkinProto,
  encodeZipkinThrift,
} from './zipkin-messages.ts';

const MUTANTS = 20_000;
const TIMEOUT_MS = 120_000;
const ENCODINGS = ['binary', 'compact'] as const;

/** Anything another decoder has built. */
type Plain = Readonly<Record<string, unknown>>;

function isPlain(value: unknown): value is Plain {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function plain(value: unknown): Plain {
  return isPlain(value) ? value : {};
}

function list(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function textOf(value: unknown): string {
  if (value instanceof Uint8Array) return Buffer.from(value).toString('hex');
  if (typeof value === 'string') return value;
  return typeof value === 'number' || typeof value === 'boolean' ? String(value) : '';
}

/** Decoders replace bytes that are no UTF-8 each in its own number of pieces. */
function mended(text: string): string {
  return text.replace(/[\ufffd\ud800-\udfff]+/gu, '\ufffd');
}

/** What both decoders have to find in one input; undefined to pass over it. */
type Compare = (bytes: Buffer) => readonly [ours: unknown, theirs: unknown] | undefined;

interface Damage {
  readonly corpus: readonly Uint8Array[];
  readonly pieces: readonly Uint8Array[];
}

/** Whatever we take, they take and read the same. Returns how much was compared. */
function compareMutants(damage: Damage, compare: Compare): number {
  const inputs = mutants({ seed: 13, ...damage });
  let compared = 0;
  for (let index = 0; index < MUTANTS; index += 1) {
    const input = inputs.next().value;
    let both: ReturnType<Compare>;
    try {
      both = compare(input);
    } catch (error) {
      if (error instanceof WireError || isTheirsAlone(error)) continue;
      throw new Error(`only we take ${input.toString('base64')}`, { cause: error });
    }
    if (both === undefined) continue;
    const [ours, theirs] = both;
    expect({ input: input.toString('base64'), read: ours }).toEqual({
      input: input.toString('base64'),
      read: theirs,
    });
    compared += 1;
  }
  return compared;
}

/** The elements of Jaeger's lists are read as structs whatever they say they are, as Jaeger does. */
class OtherElementsError extends Error {
  override readonly name = 'OtherElementsError';
}

/**
 * What others refuse and we take: protobufjs 8 a text that is not UTF-8, which our sanitizer mends;
 * npm thrift an empty list of elements of a type that does not exist.
 */
function isTheirsAlone(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const isNotUtf8 = 'code' in error && error.code === 'ERR_ENCODING_INVALID_ENCODED_DATA';
  return (
    isNotUtf8 || error instanceof OtherElementsError || error.toString().includes('Unknown type:')
  );
}

describe('OTLP and protobufjs', () => {
  it('read the same of damaged messages', { timeout: TIMEOUT_MS }, () => {
    const damage = { corpus: otlpCorpus(), pieces: [...VARINT_PIECES, ...NAME_PIECES] };
    const compared = compareMutants(damage, (bytes) => {
      scanSpans(bytes);
      const theirs = decodeWithProtobufjs('TracesData', bytes);
      // A value that says two types at once: we keep the last on the wire, protobufjs both.
      if (hasTwoTypes(theirs)) return undefined;
      return [decodeSpans(bytes).map(ourSpan), theirSpans(theirs)];
    });
    expect(compared).toBeGreaterThan(2_000);
  });
});

function ourSpan(span: Span): Plain {
  return {
    ids: [span.traceId, span.spanId],
    texts: [span.name, span.traceState, span.status.message].map(mended),
    numbers: [
      span.flags,
      span.droppedAttributesCount,
      span.droppedEventsCount,
      span.droppedLinksCount,
    ],
    times: [String(span.startTimeUnixNano), String(span.endTimeUnixNano)],
    // Our warnings are taken out of the attributes.
    attributes: span.warnings.length > 0 ? [] : span.attributes.map(ourAttribute),
    events: span.events.map((event) => [
      mended(event.name),
      String(event.timeUnixNano),
      event.droppedAttributesCount,
      event.attributes.map(ourAttribute),
    ]),
    links: span.links.map((link) => [
      link.traceId,
      link.spanId,
      mended(link.traceState),
      link.flags,
      link.attributes.map(ourAttribute),
    ]),
    resource: span.resource.attributes.map(ourAttribute),
    scope: [mended(span.scope.name), mended(span.scope.version)],
  };
}

function ourAttribute({ key, value }: Attribute): unknown {
  return [mended(key), ourValue(value)];
}

function ourValue(value: AttributeValue): unknown {
  switch (value.type) {
    case 'empty':
      return 'empty';
    case 'array':
      return value.values.map(ourValue);
    case 'map':
      return { map: value.entries.map(ourAttribute) };
    case 'string':
      return mended(value.value);
    case 'bytes':
      return { bytes: Buffer.from(value.value).toString('hex') };
    case 'bool':
    case 'int':
    case 'double':
      return { [value.type]: String(value.value) };
  }
}

const VALUE_FIELDS = [
  ...['stringValue', 'boolValue', 'intValue', 'doubleValue'],
  ...['arrayValue', 'kvlistValue', 'bytesValue'],
];

function hasTwoTypes(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(hasTwoTypes);
  if (!isPlain(value)) return false;
  const types = VALUE_FIELDS.filter((name) => name in value);
  return types.length > 1 || Object.values(value).some(hasTwoTypes);
}

function theirSpans(message: unknown): readonly Plain[] {
  return list(plain(message)['resourceSpans']).flatMap((resourceSpans) => {
    const { resource, scopeSpans } = plain(resourceSpans);
    return list(scopeSpans).flatMap((each) => {
      const { scope, spans } = plain(each);
      return list(spans).map((span) => theirSpan(plain(span), plain(resource), plain(scope)));
    });
  });
}

function theirSpan(span: Plain, resource: Plain, scope: Plain): Plain {
  const attributes = list(span['attributes']);
  const hasWarnings = attributes.some((attribute) => {
    const { key, value } = plain(attribute);
    const texts = list(plain(plain(value)['arrayValue'])['values']);
    return key === '@jaeger@warnings' && texts.some((text) => 'stringValue' in plain(text));
  });
  return {
    ids: [textOf(span['traceId']), textOf(span['spanId'])],
    texts: [span['name'], span['traceState'], plain(span['status'])['message']].map((text) =>
      mended(textOf(text)),
    ),
    numbers: ['flags', 'droppedAttributesCount', 'droppedEventsCount', 'droppedLinksCount'].map(
      (name) => span[name] ?? 0,
    ),
    times: [span['startTimeUnixNano'] ?? '0', span['endTimeUnixNano'] ?? '0'],
    attributes: hasWarnings ? [] : attributes.filter(isNoWarning).map(theirAttribute),
    events: list(span['events'])
      .map(plain)
      .map((event) => [
        mended(textOf(event['name'])),
        event['timeUnixNano'] ?? '0',
        event['droppedAttributesCount'] ?? 0,
        list(event['attributes']).map(theirAttribute),
      ]),
    links: list(span['links'])
      .map(plain)
      .map((link) => [
        textOf(link['traceId']),
        textOf(link['spanId']),
        mended(textOf(link['traceState'])),
        link['flags'] ?? 0,
        list(link['attributes']).map(theirAttribute),
      ]),
    resource: list(resource['attributes']).map(theirAttribute),
    scope: [mended(textOf(scope['name'])), mended(textOf(scope['version']))],
  };
}

/** A list of no texts says no warning, and is taken out all the same. */
function isNoWarning(attribute: unknown): boolean {
  const { key, value } = plain(attribute);
  return key !== '@jaeger@warnings' || !('arrayValue' in plain(value));
}

function theirAttribute(attribute: unknown): unknown {
  const { key, value } = plain(attribute);
  return [mended(textOf(key)), theirValue(plain(value))];
}

function theirValue(value: Plain): unknown {
  const type = VALUE_FIELDS.find((name) => name in value);
  if (type === undefined) return 'empty';
  const given = value[type];
  switch (type) {
    case 'stringValue':
      return mended(textOf(given));
    case 'arrayValue':
      return list(plain(given)['values']).map((item) => theirValue(plain(item)));
    case 'kvlistValue':
      return { map: list(plain(given)['values']).map(theirAttribute) };
    case 'bytesValue':
      return { bytes: textOf(given) };
    default:
      return { [type.replace('Value', '')]: textOf(given) };
  }
}

/** Ids and name of a span, which no mapping changes; sorted, as some formats sort spans. */
function identities(otlp: Uint8Array): readonly string[] {
  return decodeSpans(otlp)
    .map(({ traceId, spanId, name }) => `${traceId} ${spanId} ${mended(name)}`)
    .sort();
}

function identity(trace: unknown, span: unknown, name: unknown): string {
  const ids = `${textOf(trace).padStart(32, '0')} ${textOf(span).padStart(16, '0')}`;
  return `${ids.toLowerCase()} ${mended(textOf(name))}`;
}

describe('protobuf of Jaeger and Zipkin, and protobufjs', () => {
  it('name the same spans in damaged PostSpans', { timeout: TIMEOUT_MS }, () => {
    const corpus = jaegerCorpus().map((batch) =>
      encodeJaegerProto('PostSpansRequest', { batch: protoBatch(batch) }),
    );
    const compared = compareMutants({ corpus, pieces: VARINT_PIECES }, (bytes) => {
      const ours = identities(postSpansToOtlp(bytes));
      const message = plain(decodeJaegerProto('PostSpansRequest', bytes));
      const theirs = list(plain(message['batch'])['spans'])
        .map(plain)
        .map((span) => identity(span['traceId'], span['spanId'], span['operationName']))
        .sort();
      // A batch that comes twice: we keep the spans of both, protobufjs those of the last.
      return ours.length > theirs.length ? undefined : [ours, theirs];
    });
    expect(compared).toBeGreaterThan(2_000);
  });

  it('name the same spans in damaged Zipkin', { timeout: TIMEOUT_MS }, () => {
    const corpus = [encodeZipkinProto(ZIPKIN_PROTO_SPANS)];
    const compared = compareMutants({ corpus, pieces: VARINT_PIECES }, (bytes) => {
      const ours = identities(zipkinProtoToOtlp(bytes));
      const theirs = list(plain(decodeZipkinProto(bytes))['spans'])
        .map(plain)
        .map((span) => identity(span['trace_id'], span['id'], span['name']))
        .sort();
      return [ours, theirs];
    });
    expect(compared).toBeGreaterThan(2_000);
  });
});

const { Type } = thrift.Thrift;

/**
 * Any struct by field id and type, as npm `thrift` reads it. The last of a field counts; one of
 * another type than the schema's does not, as in generated code. Of a list that comes twice we keep
 * the first one, which nobody sends.
 */
function readStruct(input: thrift.TProtocol): ReadonlyMap<string, unknown> {
  const fields = new Map<string, unknown>();
  input.readStructBegin();
  for (;;) {
    const { ftype, fid } = input.readFieldBegin();
    if (ftype === Type.STOP) break;
    const key = `${fid} ${ftype}`;
    const value = readValue(input, ftype);
    if (ftype !== Type.LIST || !fields.has(key)) fields.set(key, value);
    input.readFieldEnd();
  }
  input.readStructEnd();
  return fields;
}

function readValue(input: thrift.TProtocol, type: thrift.Thrift.Type): unknown {
  if (type === Type.STRUCT) return readStruct(input);
  if (type === Type.STRING) return input.readBinary();
  if (type === Type.I64) return Buffer.from(input.readI64().buffer).toString('hex');
  if (type === Type.LIST) return readList(input);
  input.skip(type);
  return undefined;
}

function readList(input: thrift.TProtocol): unknown {
  const { etype, size } = input.readListBegin();
  if (size > 0 && etype !== Type.STRUCT) throw new OtherElementsError();
  const items = Array.from({ length: size }, () => readStruct(input));
  input.readListEnd();
  return items;
}

function thriftInput(bytes: Buffer, encoding: 'binary' | 'compact'): thrift.TProtocol {
  const transport = new thrift.TFramedTransport(bytes);
  return encoding === 'compact'
    ? new thrift.TCompactProtocol(transport)
    : new thrift.TBinaryProtocol(transport);
}

function fieldOf(struct: unknown, id: number, type: thrift.Thrift.Type): unknown {
  return struct instanceof Map ? (struct.get(`${id} ${type}`) as unknown) : undefined;
}

function thriftName(value: unknown): string {
  return value instanceof Uint8Array ? Buffer.from(value).toString('utf8') : '';
}

describe('thrift and npm thrift', () => {
  it.each(ENCODINGS)(
    'name the same spans in a damaged %s batch',
    { timeout: TIMEOUT_MS },
    (encoding) => {
      const corpus = jaegerCorpus().map((batch) => encodeBatch(batch, encoding));
      const compared = compareMutants({ corpus, pieces: NAME_PIECES }, (bytes) => {
        const ours = identities(jaegerBatchToOtlp(bytes, encoding));
        const spans = list(fieldOf(readStruct(thriftInput(bytes, encoding)), 2, Type.LIST));
        const theirs = spans
          .map((span) =>
            identity(
              `${textOf(fieldOf(span, 2, Type.I64))}${textOf(fieldOf(span, 1, Type.I64))}`,
              fieldOf(span, 3, Type.I64),
              thriftName(fieldOf(span, 5, Type.STRING)),
            ),
          )
          .sort();
        return [ours, theirs];
      });
      expect(compared).toBeGreaterThan(2_000);
    },
  );

  it('name the same spans in damaged Zipkin v1', { timeout: TIMEOUT_MS }, () => {
    const corpus = [encodeZipkinThrift(ZIPKIN_THRIFT_SPANS)];
    const compared = compareMutants({ corpus, pieces: NAME_PIECES }, (bytes) => {
      const ours = identities(zipkinThriftToOtlp(bytes));
      const input = thriftInput(bytes, 'binary');
      const { size } = input.readListBegin();
      const theirs = Array.from({ length: size }, () => readStruct(input)).map((span) =>
        identity(
          `${textOf(fieldOf(span, 12, Type.I64))}${textOf(fieldOf(span, 1, Type.I64)).padStart(16, '0')}`,
          fieldOf(span, 4, Type.I64),
          thriftName(fieldOf(span, 3, Type.STRING)),
        ),
      );
      // Both ends of a call in one span are two spans of the same ids and name.
      return [[...new Set(ours)], [...new Set(theirs)].sort()];
    });
    expect(compared).toBeGreaterThan(2_000);
  });
});

describe('Zipkin JSON and JSON.parse', () => {
  it('name the same spans in damaged v2', { timeout: TIMEOUT_MS }, () => {
    const damage = { corpus: jsonCorpus(ZIPKIN_V2_SPANS), pieces: JSON_PIECES };
    const compared = compareMutants(damage, (bytes) => {
      const ours = identities(zipkinV2JsonToOtlp(bytes));
      const theirs = list(JSON.parse(bytes.toString('utf8')))
        .filter(isPlain)
        .map((span) => identity(span['traceId'], span['id'], span['name']))
        .sort();
      return [ours, theirs];
    });
    expect(compared).toBeGreaterThan(2_000);
  });
});
