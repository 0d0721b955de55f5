import { Buffer } from 'node:buffer';
import { JSON_NUMBER, JsonScanner } from '../json/json-scanner.ts';
import { base64BytesMax, decodeBase64 } from '../json/decode-base64.ts';
import { NO_KEY, createKeyTable } from '../json/key-table.ts';
import type { KeyTable } from '../json/key-table.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { WireError } from '../wire-error.ts';
import { parseDuration, parseTimestamp } from './json-time.ts';
import type { ProtoTime } from './proto-fields.ts';
import { jaegerProtoSpanToOtlp } from './proto-to-otlp.ts';

/**
 * OTLP TracesData bytes of one jaeger.api_v2.Span in proto3 JSON, as Jaeger writes it to Kafka: ids in
 * base64, names of fields as lowerCamelCase or as in the .proto file, 64-bit integers as numbers or
 * text. Null means absent, unknown fields are ignored.
 * https://protobuf.dev/programming-guides/json/
 * @throws WireError that names the place
 */
export function jaegerJsonSpanToOtlp(json: Uint8Array): Uint8Array {
  const scanner = new JsonScanner(json);
  const source: Source = {
    scanner,
    writer: new ProtobufWriter(json.length),
    path: [],
    time: { seconds: 0, nanos: 0 },
    bytes: Buffer.allocUnsafe(ID_BYTES_MAX * 2),
  };
  try {
    readFields(source, SPAN);
    scanner.end();
  } catch (error) {
    if (!(error instanceof WireError) || source.path.length === 0) throw error;
    throw new WireError(`${error.message}, in ${placeOf(source.path)}`, { cause: error });
  }
  return jaegerProtoSpanToOtlp(source.writer.written());
}

interface Source {
  readonly scanner: JsonScanner;
  /** Gets the protobuf of what is read. */
  readonly writer: ProtobufWriter;
  /** Names and indices of the value that is read now. */
  readonly path: (string | number)[];
  /** Scratch. */
  readonly time: ProtoTime;
  bytes: Buffer;
}

/** Reads one value, which is not null, and writes it as a field. */
type ReadValue = (source: Source, field: number) => void;

interface Shape {
  /** The field of number n + 1 under its two names, at 2n and 2n + 1. */
  readonly keys: KeyTable;
  readonly names: readonly string[];
  readonly values: readonly ReadValue[];
}

/** Fields in the order of their numbers, which start at 1 and leave none out. */
function shape(fields: readonly (readonly [string, ReadValue])[]): Shape {
  const names = fields.map(([name]) => name);
  const snake = (name: string): string =>
    name.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`);
  return {
    keys: createKeyTable(names.flatMap((name) => [name, snake(name)])),
    names,
    values: fields.map(([, value]) => value),
  };
}

function readFields(source: Source, { keys, names, values }: Shape): void {
  const { scanner, path } = source;
  scanner.enterObject();
  while (scanner.nextKey()) {
    const key = keys.keyOf(scanner);
    const index = key >> 1;
    const read = values[index];
    if (key === NO_KEY || read === undefined) scanner.skip();
    else if (!scanner.isNull()) {
      path.push(names[index] ?? '');
      read(source, index + 1);
      path.pop();
    }
  }
}

function placeOf(path: readonly (string | number)[]): string {
  return path
    .map((step, index) =>
      typeof step === 'number' ? `[${step}]` : index === 0 ? step : `.${step}`,
    )
    .join('');
}

const text: ReadValue = ({ scanner, writer }, field) => {
  scanner.string();
  writer.range(field, scanner.text, scanner.start, scanner.stop);
};

const bool: ReadValue = ({ scanner, writer }, field) => {
  writer.bool(field, scanner.bool());
};

const UINT32_MAX = 2 ** 32 - 1;
const INT32_MAX = 2 ** 31 - 1;
const MINUS = 0x2d;

/** A number of the range from 0. */
function smallNumber(scanner: JsonScanner, max: number): number {
  scanner.int64();
  if (scanner.high !== 0 || scanner.low > max) {
    throw scanner.bad(`an integer from 0 to ${max} should end`);
  }
  return scanner.low;
}

const uint32: ReadValue = ({ scanner, writer }, field) => {
  writer.uint32(field, smallNumber(scanner, UINT32_MAX));
};

const int64: ReadValue = ({ scanner, writer }, field) => {
  scanner.int64();
  if (scanner.high > INT32_MAX && scanner.text[scanner.start] !== MINUS) {
    throw scanner.bad('an integer below 2^63 should end');
  }
  writer.int64Halves(field, scanner.low, scanner.high);
};

const DOUBLE_CHARS_MAX = 400;
const DOUBLE = /^(?:-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?|NaN|-?Infinity)$/;

const double: ReadValue = ({ scanner, writer }, field) => {
  if (!scanner.isString()) {
    writer.double(field, scanner.number());
    return;
  }
  const size = scanner.stop - scanner.start;
  const digits = size > DOUBLE_CHARS_MAX ? '' : textOf(scanner);
  if (!DOUBLE.test(digits)) throw scanner.bad('a number should end');
  writer.double(field, Number(digits));
};

/** The last string. */
function textOf({ text: source, start, stop }: JsonScanner): string {
  return source.toString('latin1', start, stop);
}

/** By name or by number. */
function enumOf(...names: readonly string[]): ReadValue {
  const table = createKeyTable(names);
  return ({ scanner, writer }, field) => {
    if (scanner.peek() === JSON_NUMBER) {
      writer.uint32(field, smallNumber(scanner, INT32_MAX));
      return;
    }
    scanner.string();
    const value = table.find(scanner.text, scanner.start, scanner.stop);
    if (value === NO_KEY) throw scanner.bad(`${names.join(', ')} or a number should end`);
    writer.uint32(field, value);
  };
}

const ID_BYTES_MAX = 16;

/** Base64 of so many bytes at most. */
function bytes(max: number): ReadValue {
  return (source, field) => {
    const { scanner, writer } = source;
    scanner.string();
    const { start, stop } = scanner;
    const room = base64BytesMax(stop - start);
    if (room > source.bytes.length) source.bytes = Buffer.allocUnsafe(room);
    const size = decodeBase64(scanner.text, start, stop, source.bytes);
    if (size < 0) throw scanner.bad('base64 should end');
    if (size > max) throw scanner.bad(`base64 of ${max} bytes at most should end`);
    writer.range(field, source.bytes, 0, size);
  };
}

/** Timestamp and Duration{1 seconds, 2 nanos}. */
function time(what: string, parse: typeof parseTimestamp): ReadValue {
  return ({ scanner, writer, time: parsed }, field) => {
    scanner.string();
    if (!parse(scanner.text, scanner.start, scanner.stop, parsed)) {
      throw scanner.bad(`a ${what} should end`);
    }
    const message = writer.beginMessage(field);
    writeInt64(writer, 1, parsed.seconds);
    writeInt64(writer, 2, parsed.nanos);
    writer.endMessage(message);
  };
}

function writeInt64(writer: ProtobufWriter, field: number, value: number): void {
  writer.int64Halves(field, value >>> 0, Math.floor(value / 2 ** 32) >>> 0);
}

const timestamp = time('timestamp such as 2024-01-01T00:00:00.5Z', parseTimestamp);
const duration = time('duration such as 0.5s', parseDuration);

function message(of: Shape): ReadValue {
  return (source, field) => {
    const start = source.writer.beginMessage(field);
    readFields(source, of);
    source.writer.endMessage(start);
  };
}

function list(read: ReadValue): ReadValue {
  return (source, field) => {
    const { scanner, path } = source;
    scanner.enterArray();
    for (let index = 0; scanner.nextItem(); index += 1) {
      path.push(index);
      read(source, field);
      path.pop();
    }
  };
}

const traceId = bytes(ID_BYTES_MAX);
const spanId = bytes(ID_BYTES_MAX / 2);

const KEY_VALUE = shape([
  ['key', text],
  ['vType', enumOf('STRING', 'BOOL', 'INT64', 'FLOAT64', 'BINARY')],
  ['vStr', text],
  ['vBool', bool],
  ['vInt64', int64],
  ['vFloat64', double],
  ['vBinary', bytes(Infinity)],
]);
const SPAN_REF = shape([
  ['traceId', traceId],
  ['spanId', spanId],
  ['refType', enumOf('CHILD_OF', 'FOLLOWS_FROM')],
]);
const LOG = shape([
  ['timestamp', timestamp],
  ['fields', list(message(KEY_VALUE))],
]);
const PROCESS = shape([
  ['serviceName', text],
  ['tags', list(message(KEY_VALUE))],
]);
const SPAN = shape([
  ['traceId', traceId],
  ['spanId', spanId],
  ['operationName', text],
  ['references', list(message(SPAN_REF))],
  ['flags', uint32],
  ['startTime', timestamp],
  ['duration', duration],
  ['tags', list(message(KEY_VALUE))],
  ['logs', list(message(LOG))],
  ['process', message(PROCESS)],
  ['processId', text],
  ['warnings', list(text)],
]);
