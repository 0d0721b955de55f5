import { Buffer } from 'node:buffer';
import { attributeText } from '../../model/attribute-text.ts';
import type { AttributeCondition } from '../../model/trace-query.ts';
import { decodeKeyValue } from '../../wire/otlp/decode-value.ts';
import { ProtobufReader } from '../../wire/protobuf/reader.ts';
import { ProtobufWriter } from '../../wire/protobuf/writer.ts';

/** A part of some bytes that is searched: the fields of one message. */
export interface ByteRange {
  readonly bytes: Buffer;
  readonly start: number;
  readonly end: number;
}

/** `KeyValue.key`, `KeyValue.value`, and the tags of the attribute fields of the messages. */
export const KEY = 0x0a;
const VALUE = 0x12;
export const RESOURCE_ATTRIBUTE = 0x0a;
export const SCOPE_ATTRIBUTE = 0x1a;
export const SPAN_ATTRIBUTE = 0x4a;
export const SPAN_EVENT = 0x5a;
export const EVENT_ATTRIBUTE = 0x1a;
export const SPAN_LINK = 0x6a;
export const LINK_ATTRIBUTE = 0x22;

const STRING_TAG = 0x0a;
const BOOL_TAG = 0x10;
const INT_TAG = 0x18;
const DOUBLE_TAG = 0x21;
const ARRAY_TAG = 0x2a;
const MAP_TAG = 0x32;
const BYTES_TAG = 0x3a;

/** Decoding replaces invalid UTF-8 with this, so a text that has it may stand for other bytes. */
export const REPLACEMENT = '\ufffd';

/**
 * One key and one text of its value, compared with attributes where they lie. The usual layout of
 * an attribute (key, then a value of one field) is compared as bytes; any other is decoded.
 */
export class AttributeMatcher {
  private readonly key: Buffer;
  private readonly condition: AttributeCondition;
  /** By tag: the only payload that has the text, or undefined when no value of that type has it. */
  private readonly payloads: readonly (Buffer | undefined)[];
  private readonly mayBeList: boolean;
  private readonly isInexact: boolean;

  constructor(condition: AttributeCondition) {
    this.condition = condition;
    this.key = Buffer.from(condition.key);
    this.payloads = payloadsOf(condition.value);
    this.mayBeList = /^[[{]/.test(condition.value);
    this.isInexact = `${condition.key}${condition.value}`.includes(REPLACEMENT);
  }

  /** Whether an attribute of a Span message, of its events or links, matches. */
  inSpan({ bytes, start, end }: ByteRange): boolean {
    let at = start;
    while (at < end) {
      const tag = varint(bytes, at);
      at += varintSize(bytes, at);
      const wireType = tag & 7;
      if (wireType !== 2) {
        at = afterScalar(bytes, at, wireType);
        continue;
      }
      const length = varint(bytes, at);
      at += varintSize(bytes, at);
      const next = at + length;
      if (tag === SPAN_ATTRIBUTE) {
        if (this.isMatch(bytes, at, next)) return true;
      } else if (tag === SPAN_EVENT || tag === SPAN_LINK) {
        const attributeTag = tag === SPAN_EVENT ? EVENT_ATTRIBUTE : LINK_ATTRIBUTE;
        if (this.inMessage({ bytes, start: at, end: next }, attributeTag)) return true;
      }
      at = next;
    }
    return false;
  }

  /** Whether an attribute of a message, in its field `attributeTag`, matches. */
  inMessage({ bytes, start, end }: ByteRange, attributeTag: number): boolean {
    let at = start;
    while (at < end) {
      const tag = varint(bytes, at);
      at += varintSize(bytes, at);
      if ((tag & 7) !== 2) {
        at = afterScalar(bytes, at, tag & 7);
        continue;
      }
      const length = varint(bytes, at);
      at += varintSize(bytes, at);
      if (tag === attributeTag && this.isMatch(bytes, at, at + length)) return true;
      at += length;
    }
    return false;
  }

  private isMatch(bytes: Buffer, start: number, end: number): boolean {
    if (bytes[start] !== KEY || this.isInexact) return this.isDecodedMatch(bytes, start, end);
    if (this.isOtherShort(bytes, start, end)) return false;
    const keyLength = varint(bytes, start + 1);
    const keyStart = start + 1 + varintSize(bytes, start + 1);
    const keyEnd = keyStart + keyLength;
    // A field of its own behind the key could be another key, so the length alone proves nothing.
    if (bytes[keyEnd] === VALUE) {
      const valueStart = keyEnd + 1 + varintSize(bytes, keyEnd + 1);
      const valueEnd = valueStart + varint(bytes, keyEnd + 1);
      if (valueEnd === end) {
        if (!this.isKey(bytes, keyStart, keyLength)) return false;
        const verdict = this.judgeValue(bytes, valueStart, valueEnd);
        if (verdict !== undefined) return verdict;
      }
    }
    return this.isDecodedMatch(bytes, start, end);
  }

  /** Whether this is a short attribute in the usual layout whose key differs: nearly all are. */
  private isOtherShort(bytes: Buffer, start: number, end: number): boolean {
    if (end - start > 0x7f) return false;
    const { key } = this;
    const length = bytes[start + 1] ?? 0;
    const valueAt = start + 2 + length;
    if (bytes[valueAt] !== VALUE || valueAt + 2 + (bytes[valueAt + 1] ?? 0) !== end) return false;
    if (length !== key.length) return true;
    return length > 0 && bytes[valueAt - 1] !== key[length - 1];
  }

  private isKey(bytes: Buffer, start: number, length: number): boolean {
    const { key } = this;
    if (length !== key.length) return false;
    // From the end: keys share their first letters more often than their last.
    for (let at = length - 1; at >= 0; at--) if (bytes[start + at] !== key[at]) return false;
    return true;
  }

  /** undefined when the bytes do not say it. */
  private judgeValue(bytes: Buffer, start: number, end: number): boolean | undefined {
    const tag = bytes[start];
    if (tag === undefined || start === end) return undefined;
    switch (tag) {
      case STRING_TAG:
      case BYTES_TAG:
        return judgeText({ bytes, start, end }, this.payloads[tag]);
      case INT_TAG:
      case BOOL_TAG:
        return judgeVarint({ bytes, start, end }, this.payloads[tag]);
      case DOUBLE_TAG:
        return start + 9 === end && this.payloads[tag] !== undefined
          ? isOnly(bytes, start, end, this.payloads[tag])
          : undefined;
      case ARRAY_TAG:
      case MAP_TAG:
        return this.mayBeList ? undefined : false;
      default:
        return undefined;
    }
  }

  private isDecodedMatch(bytes: Buffer, start: number, end: number): boolean {
    const { key, value } = decodeKeyValueIn(bytes, start, end);
    return key === this.condition.key && attributeText(value) === this.condition.value;
  }
}

function judgeText({ bytes, start, end }: ByteRange, payload?: Buffer): boolean | undefined {
  const length = varint(bytes, start + 1);
  const textStart = start + 1 + varintSize(bytes, start + 1);
  if (textStart + length !== end) return undefined;
  return payload?.length === length && isEqual(bytes, textStart, payload);
}

/** Of an int or bool: as bytes only when it is written as short as it can be. */
function judgeVarint({ bytes, start, end }: ByteRange, payload?: Buffer): boolean | undefined {
  const isWhole = start + 1 + varintSize(bytes, start + 1) === end;
  const isShortest = end - start === 2 || bytes[end - 1] !== 0;
  const isKnown = bytes[start] === INT_TAG || (bytes[start + 1] ?? 0) <= 1;
  if (!isWhole || !isShortest || !isKnown) return undefined;
  return payload !== undefined && isOnly(bytes, start, end, payload);
}

/** Decodes a KeyValue whose message is [start, end). */
function decodeKeyValueIn(
  bytes: Buffer,
  start: number,
  end: number,
): ReturnType<typeof decodeKeyValue> {
  const writer = new ProtobufWriter(end - start + 32);
  writer.range(1, bytes, start, end);
  const reader = new ProtobufReader(writer.finish());
  reader.tag();
  return decodeKeyValue(reader);
}

function payloadsOf(text: string): (Buffer | undefined)[] {
  const payloads: (Buffer | undefined)[] = [];
  payloads[STRING_TAG] = Buffer.from(text);
  if (text === 'true') payloads[BOOL_TAG] = Buffer.from([1]);
  if (text === 'false') payloads[BOOL_TAG] = Buffer.from([0]);
  payloads[INT_TAG] = intPayload(text);
  const double = Number(text);
  if (!Number.isNaN(double) && attributeText({ type: 'double', value: double }) === text) {
    const payload = Buffer.alloc(8);
    payload.writeDoubleLE(double);
    payloads[DOUBLE_TAG] = payload;
  }
  const raw = Buffer.from(text, 'base64');
  if (raw.toString('base64') === text) payloads[BYTES_TAG] = raw;
  return payloads;
}

function intPayload(text: string): Buffer | undefined {
  if (!/^-?\d{1,19}$/.test(text)) return undefined;
  const value = BigInt(text);
  if (String(value) !== text || BigInt.asIntN(64, value) !== value) return undefined;
  const writer = new ProtobufWriter();
  writer.int64(3, value);
  return Buffer.from(writer.finish().subarray(1));
}

/** Whether a field is one tag byte and this payload. */
function isOnly(bytes: Buffer, start: number, end: number, payload: Buffer): boolean {
  return end - start - 1 === payload.length && isEqual(bytes, start + 1, payload);
}

function isEqual(bytes: Buffer, start: number, expected: Buffer): boolean {
  if (expected.length > 64) {
    return bytes.compare(expected, 0, expected.length, start, start + expected.length) === 0;
  }
  for (let at = 0; at < expected.length; at++) {
    if (bytes[start + at] !== expected[at]) return false;
  }
  return true;
}

/** The scan has proven that every number is whole and every length right. */
export function varint(bytes: Buffer, at: number): number {
  let byte = bytes[at] ?? 0;
  if (byte < 0x80) return byte;
  let value = byte & 0x7f;
  for (let shift = 7, next = at + 1; shift < 35; shift += 7, next++) {
    byte = bytes[next] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < 0x80) break;
  }
  return value;
}

export function varintSize(bytes: Buffer, at: number): number {
  if ((bytes[at] ?? 0) < 0x80) return 1;
  let size = 2;
  while (size < 10 && (bytes[at + size - 1] ?? 0) >= 0x80) size += 1;
  return size;
}

export function afterScalar(bytes: Buffer, at: number, wireType: number): number {
  if (wireType === 0) return at + varintSize(bytes, at);
  return at + (wireType === 1 ? 8 : 4);
}
