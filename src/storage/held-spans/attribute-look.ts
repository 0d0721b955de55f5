import { Buffer } from 'node:buffer';
import type { Attribute } from '../../model/span.ts';
import type { ValueRule } from '../../model/value-rule.ts';
import { decodeKeyValue } from '../../wire/otlp/decode-value.ts';
import { ProtobufReader } from '../../wire/protobuf/reader.ts';
import { KEY, REPLACEMENT, afterScalar, varint, varintSize } from './attribute-condition.ts';
import type { ByteRange } from './attribute-condition.ts';

/** What is known of a subject on a span: bits, added up while places are looked at. */
export const NOTHING = 0;
export const PRESENT = 1;
export const MATCHED = 2;

/** In which sub-messages of a span there are attributes: tags of the field, and of theirs in it. */
export interface ChildPlace {
  readonly field: number;
  readonly attributes: number;
}

/** Looks for the values of one attribute where they lie; those of other keys are not decoded. */
export class AttributeLook {
  private readonly rule: ValueRule;
  private readonly key: string;
  private readonly keyBytes: Buffer;
  /** Decoding replaces invalid UTF-8, so such a key may stand for other bytes. */
  private readonly isInexact: boolean;
  private source: Buffer = Buffer.alloc(0);
  private reader = new ProtobufReader(this.source);

  constructor(key: string, rule: ValueRule) {
    this.rule = rule;
    this.key = key;
    this.keyBytes = Buffer.from(key);
    this.isInexact = key.includes(REPLACEMENT);
  }

  /** Whether looking further changes nothing. */
  isSettled(seen: number): boolean {
    return this.rule.wants === 'nothing' ? seen !== NOTHING : (seen & MATCHED) !== 0;
  }

  /** Among the attributes of a message, which are in its field with this tag. */
  inMessage({ bytes, start, end }: ByteRange, tag: number): number {
    let seen = NOTHING;
    eachMessage({ bytes, start, end }, (found, lengthAt, from, to) => {
      if (found === tag) seen |= this.look(bytes, lengthAt, from, to);
      return this.isSettled(seen);
    });
    return seen;
  }

  /** Among the attributes of such sub-messages of a message. */
  inChildren({ bytes, start, end }: ByteRange, place: ChildPlace): number {
    let seen = NOTHING;
    eachMessage({ bytes, start, end }, (found, _lengthAt, from, to) => {
      if (found === place.field) {
        seen |= this.inMessage({ bytes, start: from, end: to }, place.attributes);
      }
      return this.isSettled(seen);
    });
    return seen;
  }

  /** At the KeyValue message [start, end), whose length is at `lengthAt`. */
  private look(bytes: Buffer, lengthAt: number, start: number, end: number): number {
    if (bytes[start] === KEY && !this.isInexact && this.isOther(bytes, start, end)) return NOTHING;
    const { key, value } = this.decode(bytes, lengthAt, end);
    if (key !== this.key) return NOTHING;
    return this.rule.isMatch(value) ? PRESENT | MATCHED : PRESENT;
  }

  /** Whether the key is another one, as far as the bytes of a message in the usual layout say. */
  private isOther(bytes: Buffer, start: number, end: number): boolean {
    const { keyBytes } = this;
    const length = varint(bytes, start + 1);
    const keyStart = start + 1 + varintSize(bytes, start + 1);
    const isSame =
      length === keyBytes.length && keyBytes.equals(bytes.subarray(keyStart, keyStart + length));
    // Another key may follow, and would count more.
    return !isSame && !this.hasKeyBehind(bytes, keyStart + length, end);
  }

  private hasKeyBehind(bytes: Buffer, start: number, end: number): boolean {
    for (let at = start; at < end;) {
      const tag = varint(bytes, at);
      at += varintSize(bytes, at);
      if (tag === KEY) return true;
      if ((tag & 7) === 2) at += varintSize(bytes, at) + varint(bytes, at);
      else at = afterScalar(bytes, at, tag & 7);
    }
    return false;
  }

  private decode(bytes: Buffer, lengthAt: number, end: number): Attribute {
    if (this.source !== bytes) {
      this.source = bytes;
      this.reader = new ProtobufReader(bytes);
    }
    const { reader } = this;
    reader.position = lengthAt;
    reader.limit = end;
    return decodeKeyValue(reader);
  }
}

/**
 * Calls `visit` for each field of a message that has a length, until it says true. The scan has
 * proven that every number is whole and every length right.
 */
export function eachMessage(
  { bytes, start, end }: ByteRange,
  visit: (tag: number, lengthAt: number, start: number, end: number) => boolean,
): void {
  for (let at = start; at < end;) {
    const tag = varint(bytes, at);
    at += varintSize(bytes, at);
    if ((tag & 7) !== 2) {
      at = afterScalar(bytes, at, tag & 7);
      continue;
    }
    const from = at + varintSize(bytes, at);
    const to = from + varint(bytes, at);
    if (visit(tag, at, from, to)) return;
    at = to;
  }
}
