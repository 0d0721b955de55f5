import type { Buffer } from 'node:buffer';
import { BOOL, BYTES, DOUBLE, INT, RAW, STRING } from './block-format.ts';

/** Tags of KeyValue { 1 key, 2 value } and of the scalar fields of AnyValue. */
const KEY_TAG = 0x0a;
const VALUE_TAG = 0x12;
const STRING_TAG = 0x0a;
const BOOL_TAG = 0x10;
const INT_TAG = 0x18;
const DOUBLE_TAG = 0x21;
const BYTES_TAG = 0x3a;
const BOOL_FIELD_BYTES = 2;
const DOUBLE_FIELD_BYTES = 9;
const MORE = 0x80;

/** Where key and value of an attribute are. One object serves all: it is read at once. */
export interface AttributePlace {
  keyStart: number;
  keyEnd: number;
  type: number;
  start: number;
  end: number;
}

/**
 * Finds key and value of the KeyValue message [start, end), which a scan has accepted. Fields of a
 * KeyValue that are not known are not kept; a value that is not one scalar, written as short as it
 * can be, is RAW. Of a field that comes twice the last one counts.
 */
export function placeAttribute(
  bytes: Buffer,
  start: number,
  end: number,
  place: AttributePlace,
): void {
  const keySize = bytes[start + 1] ?? MORE;
  const valueAt = start + 2 + keySize;
  const isPlain =
    bytes[start] === KEY_TAG &&
    keySize < MORE &&
    bytes[valueAt] === VALUE_TAG &&
    valueAt + 2 + (bytes[valueAt + 1] ?? 0) === end &&
    (bytes[valueAt + 1] ?? MORE) < MORE;
  if (isPlain) {
    place.keyStart = start + 2;
    place.keyEnd = valueAt;
    placeValue(bytes, valueAt + 2, end, place);
  } else {
    placeFields(bytes, start, end, place);
  }
}

function placeFields(bytes: Buffer, start: number, end: number, place: AttributePlace): void {
  place.keyStart = start;
  place.keyEnd = start;
  place.type = RAW;
  place.start = start;
  place.end = start;
  for (let at = start; at < end;) {
    const tag = varintAt(bytes, at);
    at = afterVarint(bytes, at);
    const next = afterField(bytes, at, tag);
    if (tag === KEY_TAG) {
      place.keyStart = afterVarint(bytes, at);
      place.keyEnd = next;
    } else if (tag === VALUE_TAG) {
      placeValue(bytes, afterVarint(bytes, at), next, place);
    }
    at = next;
  }
}

/** Of the AnyValue message [start, end). */
function placeValue(bytes: Buffer, start: number, end: number, place: AttributePlace): void {
  place.type = RAW;
  place.start = start;
  place.end = end;
  if (end - start < 2) return;
  switch (bytes[start] ?? MORE) {
    case STRING_TAG:
    case BYTES_TAG: {
      const textStart = afterVarint(bytes, start + 1);
      if (textStart + varintAt(bytes, start + 1) !== end) return;
      place.type = bytes[start] === STRING_TAG ? STRING : BYTES;
      place.start = textStart;
      return;
    }
    case BOOL_TAG:
      if (end - start !== BOOL_FIELD_BYTES || (bytes[start + 1] ?? 0) > 1) return;
      place.type = BOOL;
      place.start = start + 1;
      return;
    case INT_TAG:
      if (!isShortest(bytes, start + 1, end)) return;
      place.type = INT;
      place.start = start + 1;
      return;
    case DOUBLE_TAG:
      if (end - start !== DOUBLE_FIELD_BYTES) return;
      place.type = DOUBLE;
      place.start = start + 1;
      return;
    default:
  }
}

/** Whether a varint fills [start, end) and is written as short as it can be. */
function isShortest(bytes: Buffer, start: number, end: number): boolean {
  return afterVarint(bytes, start) === end && (end - start === 1 || bytes[end - 1] !== 0);
}

/** A varint of at most 32 bits, which a scan has accepted. */
export function varintAt(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0;
  if (first < MORE) return first;
  let value = first & 0x7f;
  for (let shift = 7, next = at + 1; shift < 35; shift += 7, next++) {
    const byte = bytes[next] ?? 0;
    value += (byte & 0x7f) * 2 ** shift;
    if (byte < MORE) break;
  }
  return value;
}

export function afterVarint(bytes: Buffer, at: number): number {
  let next = at;
  while ((bytes[next] ?? 0) >= MORE) next += 1;
  return next + 1;
}

/** Where the field ends whose payload, or length, is at `at`. */
export function afterField(bytes: Buffer, at: number, tag: number): number {
  switch (tag & 7) {
    case 0:
      return afterVarint(bytes, at);
    case 1:
      return at + 8;
    case 2:
      return afterVarint(bytes, at) + varintAt(bytes, at);
    default:
      return at + 4;
  }
}
