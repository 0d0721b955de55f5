import { Buffer } from 'node:buffer';

/** A key of tags, known by its bytes. */
export interface TagKey {
  readonly text: string;
  readonly bytes: Uint8Array;
  /** JSON of an attribute of OTLP up to its value. */
  readonly valueHead: Uint8Array;
  /** The same of an attribute with a text, up to that text. */
  readonly textValueHead: Uint8Array;
  /** JSON of a tag up to its type. */
  readonly head: Uint8Array;
  /** JSON of a tag with a text up to that text. */
  readonly textHead: Uint8Array;
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
    if (this.sorted.length === KEYS_MAX || bytes.length > LENGTH_MAX) return undefined;
    const text = bytes.toString('latin1');
    if (!PLAIN.test(text) || ESCAPED.test(text)) return undefined;
    const key: TagKey = {
      text,
      bytes: Uint8Array.from(bytes),
      valueHead: Buffer.from(`{"key":"${text}","value":`),
      textValueHead: Buffer.from(`{"key":"${text}","value":{"stringValue":`),
      head: Buffer.from(`{"key":"${text}","type":`),
      textHead: Buffer.from(`{"key":"${text}","type":"string","value":`),
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

function isSame(known: Uint8Array, from: Uint8Array, start: number, end: number): boolean {
  if (known.length !== end - start) return false;
  for (let index = 0; index < known.length; index++) {
    if (known[index] !== from[start + index]) return false;
  }
  return true;
}
