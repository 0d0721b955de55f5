import { Buffer } from 'node:buffer';

/*
 * As much of protobuf as health and reflection need: this folder knows no codecs of the project, and
 * their messages have small fields only. https://protobuf.dev/programming-guides/encoding/
 */
const VARINT = 0;
const LENGTH = 2;
const FIXED_BYTES: Readonly<Record<number, number>> = { 1: 8, 5: 4 };
const VARINT_BYTES_MAX = 10;

/** A message of the given fields. */
export function message(...fields: readonly Uint8Array[]): Uint8Array {
  return Buffer.concat(fields);
}

export function varintField(field: number, value: number): Uint8Array {
  return Buffer.from([...varint(field * 8 + VARINT), ...varint(value)]);
}

/** A string, bytes or a message. */
export function lengthField(field: number, value: string | Uint8Array): Uint8Array {
  const bytes = typeof value === 'string' ? Buffer.from(value) : value;
  return Buffer.concat([
    Buffer.from([...varint(field * 8 + LENGTH), ...varint(bytes.length)]),
    bytes,
  ]);
}

function varint(value: number): readonly number[] {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 0x7f) {
    bytes.push((rest % 128) | 0x80);
    rest = Math.floor(rest / 128);
  }
  return [...bytes, rest];
}

/**
 * The strings and messages of a message by field number, the last of each; numbers are skipped.
 * undefined when the bytes are no message.
 */
export function readLengthFields(bytes: Uint8Array): ReadonlyMap<number, Buffer> | undefined {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const fields = new Map<number, Buffer>();
  let at = 0;
  while (at < buffer.length) {
    const tag = readVarint(buffer, at);
    if (tag === undefined) return undefined;
    const wireType = tag.value % 8;
    at = tag.end;
    if (wireType === VARINT || wireType === LENGTH) {
      const number = readVarint(buffer, at);
      if (number === undefined) return undefined;
      at = number.end;
      if (wireType === VARINT) continue;
      fields.set(Math.floor(tag.value / 8), buffer.subarray(at, at + number.value));
      at += number.value;
    } else {
      at += FIXED_BYTES[wireType] ?? Number.POSITIVE_INFINITY;
    }
  }
  return at === buffer.length ? fields : undefined;
}

function readVarint(bytes: Buffer, start: number): { value: number; end: number } | undefined {
  let value = 0;
  let factor = 1;
  for (let at = start; at < Math.min(bytes.length, start + VARINT_BYTES_MAX); at += 1) {
    const byte = bytes.readUInt8(at);
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return { value, end: at + 1 };
    factor *= 128;
  }
  return undefined;
}
