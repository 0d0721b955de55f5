import { Buffer } from 'node:buffer';
import { doInTurns, runToEnd } from '../../model/in-turns.ts';
import { readHexId } from '../json/hex-id.ts';
import {
  JSON_END,
  JSON_ARRAY,
  JSON_FALSE,
  JSON_NUMBER,
  JSON_OBJECT,
  JSON_STRING,
  JSON_TRUE,
  JsonScanner,
} from '../json/json-scanner.ts';
import { NO_KEY } from '../json/key-table.ts';
import { DEPTH_MAX } from '../protobuf/reader.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { WireError } from '../wire-error.ts';
import { ANY_VALUE, BODY, JSON_SHAPES, SPAN } from './json-shapes.ts';
import type { JsonField, JsonShape } from './json-shapes.ts';

/** A message is at most two levels of JSON; the rest is for fields that are ignored. */
const JSON_LEVELS_MAX = 4 * DEPTH_MAX;
/** Read in a few milliseconds. */
const STEP_BYTES = 256 * 1024;

/**
 * The OTLP TracesData message of an OTLP JSON body: proto3 JSON, but with ids in hex. Unknown fields
 * are ignored, null means absent, enums may be names, 64-bit integers may be strings. A list that
 * comes twice goes on, and of two values of one attribute the first one counts.
 * https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding
 * @throws WireError that names the place
 */
export function jsonToOtlp(json: Uint8Array): Uint8Array {
  return runToEnd(new OtlpJsonReader(json, json.length).read());
}

/** As `jsonToOtlp`; waits for `pause` between spans so often that no step takes long. */
export function jsonToOtlpInSteps(
  json: Uint8Array,
  pause: () => Promise<void>,
): Promise<Uint8Array> {
  return doInTurns(new OtlpJsonReader(json, STEP_BYTES).read(), pause);
}

/** Reads the JSON once, from its start to its end, and writes each field as it comes. */
class OtlpJsonReader {
  private readonly scanner: JsonScanner;
  private readonly writer: ProtobufWriter;
  /** Names and indices on the way to the value that is being read, for errors. */
  private readonly place: (string | number)[] = [];
  private level = 0;
  /** Messages that are being read, the body included, and how many of them are values. */
  private messageDepth = 0;
  private valueDepth = 0;
  private readonly stepBytes: number;
  private stepEnd: number;
  private readonly ids = new Map([8, 16].map((bytes) => [bytes, new Uint32Array(bytes / 4)]));

  constructor(json: Uint8Array, stepBytes: number) {
    this.scanner = new JsonScanner(json, JSON_LEVELS_MAX);
    // Protobuf takes about half of the bytes.
    this.writer = new ProtobufWriter(json.length >>> 1);
    this.stepBytes = stepBytes;
    this.stepEnd = stepBytes;
  }

  /** Yields where reading may pause. */
  *read(): Generator<undefined, Uint8Array, undefined> {
    try {
      yield* this.around(BODY);
      this.scanner.end();
      return this.writer.finish();
    } finally {
      this.writer.free();
    }
  }

  /** Reads a message that spans are below of. */
  private *around(index: number): Generator<undefined, undefined, undefined> {
    const { scanner, writer } = this;
    const { fields, keys } = this.enter(index);
    while (scanner.nextKey()) {
      const field = fields[keys.keyOf(scanner)];
      if (field === undefined) scanner.skip();
      else if (scanner.isNull()) continue;
      else if (!field.isList) this.single(field);
      else {
        this.enterList(field);
        while (this.nextItem()) {
          const start = writer.beginMessage(field.number);
          if (field.shape === SPAN) this.message(SPAN);
          else yield* this.around(field.shape);
          writer.endMessage(start);
          if (scanner.position < this.stepEnd) continue;
          yield undefined;
          this.stepEnd = scanner.position + this.stepBytes;
        }
      }
    }
    this.leave();
    return undefined;
  }

  private message(index: number): void {
    const { scanner } = this;
    const { fields, keys, isOneof } = this.enter(index);
    let isSet = false;
    while (scanner.nextKey()) {
      const key = keys.keyOf(scanner);
      const field = key === NO_KEY || (isSet && isOneof) ? undefined : fields[key];
      if (field === undefined) scanner.skip();
      else if (!scanner.isNull()) {
        isSet = true;
        if (field.isList) this.list(field);
        else this.single(field);
      }
    }
    this.leave();
  }

  private list(field: JsonField): void {
    this.enterList(field);
    while (this.nextItem()) this.value(field);
  }

  private single(field: JsonField): void {
    this.place[this.level - 1] = field.name;
    this.value(field);
  }

  private value(field: JsonField): void {
    const { scanner, writer } = this;
    const { number } = field;
    switch (field.kind) {
      case 'string':
        if (!scanner.isString()) throw this.wrong('a string');
        writer.range(number, scanner.text, scanner.start, scanner.stop);
        break;
      case 'message':
        this.nested(field);
        break;
      case 'id':
        this.id(field);
        break;
      case 'fixed64':
        this.int64();
        writer.fixed64Halves(number, scanner.low, scanner.high);
        break;
      case 'int64':
        this.int64();
        if (scanner.high > INT32_MAX && scanner.text[scanner.start] !== MINUS) {
          throw this.wrong(INT64);
        }
        writer.int64Halves(number, scanner.low, scanner.high);
        break;
      case 'uint32':
        writer.uint32(number, this.uint32());
        break;
      case 'enum':
        writer.uint32(number, this.enumNumber(field));
        break;
      case 'bool':
        writer.bool(number, this.bool());
        break;
      case 'double':
        writer.double(number, this.double());
        break;
      case 'fixed32':
        writer.fixed32(number, this.uint32());
        break;
      case 'bytes':
        writer.bytes(number, this.bytes());
        break;
    }
  }

  private nested({ number, shape }: JsonField): void {
    const { writer } = this;
    // The body is no message that is entered when the result is read.
    if (this.messageDepth > DEPTH_MAX) {
      throw new WireError(`json: ${this.here()}: values nested more than ${this.valueDepth} deep`);
    }
    const start = writer.beginMessage(number);
    const values = shape === ANY_VALUE ? 1 : 0;
    this.valueDepth += values;
    this.message(shape);
    this.valueDepth -= values;
    writer.endMessage(start);
  }

  private id({ number, idBytes }: JsonField): void {
    const { scanner, writer } = this;
    const words = this.ids.get(idBytes) ?? new Uint32Array(idBytes / 4);
    const { text } = scanner;
    const digits = scanner.isString() ? scanner.stop - scanner.start : Number.NaN;
    if (digits === 0) {
      writer.lengthPrefix(number, 0);
      return;
    }
    if (digits !== 2 * idBytes || !readHexId(text, scanner.start, scanner.stop, words)) {
      throw this.wrong(`hex digits, ${2 * idBytes} or none`);
    }
    writer.words(number, words);
  }

  /** Leaves the integer in the scanner. */
  private int64(): void {
    const isRightType = this.isNext(JSON_STRING) || this.isNext(JSON_NUMBER);
    if (!isRightType || !this.scanner.isInt64()) throw this.wrong(INT64);
  }

  private uint32(): number {
    this.int64();
    if (this.scanner.high > 0) throw this.wrong('an integer from 0 to 4294967295');
    return this.scanner.low;
  }

  private enumNumber({ names }: JsonField): number {
    const { scanner } = this;
    let value = -1;
    if (this.isNext(JSON_NUMBER)) value = scanner.number();
    else if (scanner.isString() && names !== undefined) {
      value = names.table.find(scanner.text, scanner.start, scanner.stop);
    }
    if (Number.isInteger(value) && value >= 0) return value >>> 0;
    throw this.wrong(`one of ${names?.count ?? 0} names of ${names?.prefix ?? ''}* or its number`);
  }

  private bool(): boolean {
    if (!this.isNext(JSON_TRUE) && !this.isNext(JSON_FALSE)) throw this.wrong('true or false');
    return this.scanner.bool();
  }

  private double(): number {
    const { scanner } = this;
    if (this.isNext(JSON_NUMBER)) return scanner.number();
    const text = scanner.isString() ? this.text(DOUBLE_CHARS_MAX) : '';
    if (!DOUBLE.test(text)) throw this.wrong('a number');
    return Number(text);
  }

  private bytes(): Uint8Array {
    const text = this.scanner.isString() ? this.text(Infinity) : '!';
    if (!BASE64.test(text)) throw this.wrong('base64');
    return Buffer.from(text, 'base64');
  }

  /** The string that was read; '' when it is longer than what makes sense. */
  private text(charactersMax: number): string {
    const { text, start, stop } = this.scanner;
    return stop - start > charactersMax ? '' : text.toString('latin1', start, stop);
  }

  private enter(index: number): JsonShape {
    if (!this.isNext(JSON_OBJECT)) throw this.wrong('an object');
    this.scanner.enterObject();
    this.level += 1;
    this.messageDepth += 1;
    const shape = JSON_SHAPES[index];
    if (shape === undefined) throw new RangeError(`no shape ${index}`);
    return shape;
  }

  private leave(): void {
    this.level -= 1;
    this.messageDepth -= 1;
  }

  private enterList(field: JsonField): void {
    this.place[this.level - 1] = field.name;
    if (!this.isNext(JSON_ARRAY)) throw this.wrong('an array');
    this.scanner.enterArray();
    this.place[this.level] = -1;
    this.level += 1;
  }

  private nextItem(): boolean {
    if (!this.scanner.nextItem()) {
      this.level -= 1;
      return false;
    }
    this.place[this.level - 1] = Number(this.place[this.level - 1]) + 1;
    return true;
  }

  private isNext(kind: number): boolean {
    return this.scanner.peek() === kind;
  }

  private wrong(expected: string): WireError {
    if (this.isNext(JSON_END)) return this.scanner.bad(`${expected} should be`);
    return new WireError(`json: ${this.here()} must be ${expected}`);
  }

  private here(): string {
    const place = this.place
      .slice(0, this.level)
      .map((part) => (typeof part === 'number' ? `[${part}]` : `.${part}`))
      .join('');
    return place === '' ? 'the body' : shortened(place.slice(1));
  }
}

const INT64 = 'an integer of 64 bits';
const INT32_MAX = 2 ** 31 - 1;
const MINUS = 0x2d;
/** A string this short may be any number; nobody writes a longer one. */
const DOUBLE_CHARS_MAX = 400;
const DOUBLE = /^(?:NaN|-?Infinity|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?)$/;
/** Both alphabets, as parsers of proto3 JSON take them. */
const BASE64 = /^[A-Za-z0-9+/_-]*={0,2}$/;

/** Characters of a place's two ends that an error shows; what is between says little. */
const PLACE_END_CHARS = 80;

function shortened(place: string): string {
  if (place.length <= 2 * PLACE_END_CHARS) return place;
  return `${place.slice(0, PLACE_END_CHARS)} … ${place.slice(-PLACE_END_CHARS)}`;
}
