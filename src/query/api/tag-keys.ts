import type { Buffer } from 'node:buffer';
import { jsonPart } from './json-bytes.ts';
import type { JsonPart } from './json-bytes.ts';

/** A key of tags, known by its bytes. */
export interface TagKey {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** The same. */
  readonly part: JsonPart;
  /** JSON of an attribute of OTLP up to its value. */
  readonly valueHead: JsonPart;
  /** The same of an attribute with a text, up to that text. */
  readonly textValueHead: JsonPart;
  /** JSON of a tag up to its type. */
  readonly head: JsonPart;
  /** JSON of a tag with a text up to that text. */
  readonly textHead: JsonPart;
  /** Keys are in order of their ranks; it changes when other keys become known. */
  rank: number;
}

/** Keys that are known at once, and the longest of them. */
const KEYS_MAX = 512;
const LENGTH_MAX = 128;
const SLOTS = 1024;
/** Nothing JSON escapes. */
const PLAIN = /^[ -~]*$/;
const ESCAPED = /["\\<>&]/;

/** Keys repeat in all spans: each becomes text once. */
export class TagKeys {
  private readonly slots: (TagKey | undefined)[] = new Array<undefined>(SLOTS).fill(undefined);
  private readonly sorted: TagKey[] = [];

  /** Whether further keys are known no more. */
  get isFull(): boolean {
    return this.sorted.length === KEYS_MAX;
  }

  /** undefined for a key that would need escapes, or is one too many. */
  find(from: Buffer, start: number, end: number): TagKey | undefined {
    let hash = end - start;
    for (let at = start; at < end; at++) hash = (Math.imul(hash, 31) + (from[at] ?? 0)) | 0;
    let slot = (hash ^ (hash >>> 15)) & (SLOTS - 1);
    for (;;) {
      const known = this.slots[slot];
      if (known === undefined) return this.add(slot, from.subarray(start, end));
      if (isSame(known.bytes, from, start, end)) return known;
      slot = (slot + 1) & (SLOTS - 1);
    }
  }

  private add(slot: number, bytes: Buffer): TagKey | undefined {
    if (this.isFull || bytes.length > LENGTH_MAX) return undefined;
    const text = bytes.toString('latin1');
    if (!PLAIN.test(text) || ESCAPED.test(text)) return undefined;
    const key: TagKey = {
      text,
      bytes: Uint8Array.from(bytes),
      part: jsonPart(text),
      valueHead: jsonPart(`{"key":"${text}","value":`),
      textValueHead: jsonPart(`{"key":"${text}","value":{"stringValue":`),
      head: jsonPart(`{"key":"${text}","type":`),
      textHead: jsonPart(`{"key":"${text}","type":"string","value":`),
      rank: 0,
    };
    this.slots[slot] = key;
    const { sorted } = this;
    const next = sorted.findIndex((other) => other.text > text);
    sorted.splice(next < 0 ? sorted.length : next, 0, key);
    for (const [rank, other] of sorted.entries()) other.rank = rank;
    return key;
  }
}

/** Whether a key stands there. */
export function isKeyAt(
  { bytes, part }: TagKey,
  from: DataView,
  start: number,
  length: number,
): boolean {
  if (part.length !== length) return false;
  const { words } = part;
  const whole = length >> 2;
  for (let index = 0; index < whole; index++) {
    if (words[index] !== from.getInt32(start + 4 * index, true)) return false;
  }
  for (let index = 4 * whole; index < length; index++) {
    if (bytes[index] !== from.getUint8(start + index)) return false;
  }
  return true;
}

function isSame(known: Uint8Array, from: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let index = 0; index < known.length; index++) {
    if (known[index] !== from[start + index]) return false;
  }
  return true;
}
