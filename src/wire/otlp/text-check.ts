import { isUtf8 } from 'node:buffer';
import { isAsciiBits, textBits } from './text-bits.ts';

/** What a field of a message holds, as far as text is concerned. */
const NO_TEXT = 0;
const TEXT = 1;
const KEY_VALUE = 2;
const ANY_VALUE = 3;
const LIST_OF_VALUES = 4;
const MAP_OF_VALUES = 5;
const EVENT = 6;
const LINK = 7;
const STATUS = 8;

/** By field number; the grammar is in `trace-fields.ts` and `validate-value.ts`. */
type Fields = readonly number[];

const RESOURCE_FIELDS: Fields = [NO_TEXT, KEY_VALUE];
const SCOPE_FIELDS: Fields = [NO_TEXT, TEXT, TEXT, KEY_VALUE];
const SPAN_FIELDS: Fields = [
  NO_TEXT,
  NO_TEXT,
  NO_TEXT,
  TEXT,
  NO_TEXT,
  TEXT,
  NO_TEXT,
  NO_TEXT,
  NO_TEXT,
  KEY_VALUE,
  NO_TEXT,
  EVENT,
  NO_TEXT,
  LINK,
  NO_TEXT,
  STATUS,
];
const FIELDS_OF: Readonly<Record<number, Fields>> = {
  [KEY_VALUE]: [NO_TEXT, TEXT, ANY_VALUE],
  [ANY_VALUE]: [NO_TEXT, TEXT, NO_TEXT, NO_TEXT, NO_TEXT, LIST_OF_VALUES, MAP_OF_VALUES],
  [LIST_OF_VALUES]: [NO_TEXT, ANY_VALUE],
  [MAP_OF_VALUES]: [NO_TEXT, KEY_VALUE],
  [EVENT]: [NO_TEXT, NO_TEXT, TEXT, KEY_VALUE],
  [LINK]: [NO_TEXT, NO_TEXT, NO_TEXT, TEXT, KEY_VALUE],
  [STATUS]: [NO_TEXT, NO_TEXT, TEXT],
};

const MORE = 0x80;
const STRING_VALUE_TAG = 0x0a;
const WIRE_VARINT = 0;
const WIRE_FIXED64 = 1;
const WIRE_LENGTH = 2;

/**
 * Whether the strings of a message's parts are valid UTF-8. The message must be one that `scanSpans`
 * has accepted: nothing is checked here but text, which makes it cost a third of a scan.
 */
export class TextCheck {
  private readonly bytes: Uint8Array;
  private readonly view: DataView;
  /** Where the field ends that was read last. */
  private position = 0;

  constructor(otlp: Uint8Array) {
    this.bytes = otlp;
    this.view = new DataView(otlp.buffer, otlp.byteOffset, otlp.byteLength);
  }

  /** A Span in [start, end). */
  isValidSpan(start: number, end: number): boolean {
    return this.isValidMessage(start, end, SPAN_FIELDS);
  }

  isValidResource(start: number, end: number): boolean {
    return this.isValidMessage(start, end, RESOURCE_FIELDS);
  }

  isValidScope(start: number, end: number): boolean {
    return this.isValidMessage(start, end, SCOPE_FIELDS);
  }

  /** Ors words together, since most text is ASCII; whatever is not is for native code to judge. */
  isValidText(start: number, end: number): boolean {
    const { bytes, view } = this;
    return isAsciiBits(textBits(view, start, end)) || isUtf8(bytes.subarray(start, end));
  }

  private isValidMessage(start: number, end: number, fields: Fields): boolean {
    let at = start;
    while (at < end) {
      const tag = this.varint(at);
      at = this.position;
      switch (tag & 7) {
        case WIRE_LENGTH: {
          const length = this.varint(at);
          at = this.position;
          const what = fields[tag >>> 3] ?? NO_TEXT;
          if (what !== NO_TEXT && !this.isValidField(what, at, at + length)) return false;
          at += length;
          break;
        }
        case WIRE_VARINT:
          while ((this.bytes[at] ?? 0) >= MORE) at += 1;
          at += 1;
          break;
        default:
          at += (tag & 7) === WIRE_FIXED64 ? 8 : 4;
      }
    }
    return true;
  }

  private isValidField(what: number, start: number, end: number): boolean {
    if (what === TEXT) return this.isValidText(start, end);
    if (what === KEY_VALUE && this.isPlainString(start, end)) return this.isValidText(start, end);
    return this.isValidMessage(start, end, FIELDS_OF[what] ?? []);
  }

  /** A key and a string of less than 128 bytes together: then tags and lengths are ASCII as well. */
  private isPlainString(start: number, end: number): boolean {
    const { bytes } = this;
    if (end - start >= MORE) return false;
    return bytes[start + 2 + (bytes[start + 1] ?? 0) + 2] === STRING_VALUE_TAG;
  }

  private varint(start: number): number {
    const { bytes } = this;
    const first = bytes[start] ?? 0;
    this.position = start + 1;
    if (first < MORE) return first;
    let value = first & 0x7f;
    for (let shift = 7, at = start + 1; ; shift += 7, at += 1) {
      const byte = bytes[at] ?? 0;
      value |= (byte & 0x7f) << shift;
      if (byte < MORE) {
        this.position = at + 1;
        return value >>> 0;
      }
    }
  }
}
