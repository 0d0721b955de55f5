import { textBits } from './text-bits.ts';

/** Of a field's tag, its length, a key's tag and its length: the tags, and that the lengths are below 128. */
const TAGS_AND_SHORT_LENGTHS = 0x80ff80ff;
/** `0a` key, or a string value: the third of four bytes. */
const LENGTH_1_THIRD = 0x0a << 16;
/** `12 .. 0a ..`: a value that is a string. */
const STRING_VALUE = 0x12 | LENGTH_1_THIRD;
/** The third byte of values that hold no text. */
const BOOL_2 = 0x10;
const INT_3 = 0x18;
const DOUBLE_4 = 0x21;
const BYTES_7 = 0x3a;
const VALUE_TAG = 0x12;

/** A tag and a length, of a field or a value. */
const HEAD_BYTES = 2;
/** Two heads: a field's and its key's, or a value's and its string's. */
const HEADS_BYTES = 4;
const DOUBLE_FIELD_BYTES = 9;
/** Ten bytes may hold more than 64 bits: that is not for here to judge. */
const VARINT_FIELD_BYTES_MAX = 10;
/** The first byte of a varint of two bytes or more has this bit. */
const MORE = 0x80;

/**
 * Walks attributes that look as nearly all do: `tag` len `0a` len key `12` len value, the value one
 * scalar field, every length below 128. Four bytes are compared at a time, and text is looked at a
 * run of attributes at a time, since their tags and lengths are ASCII as well. Most of the time of a
 * scan is saved so.
 */
export class PlainAttributes {
  /** All text that was walked over, or-ed together. */
  bits = 0;
  private readonly view: DataView;

  constructor(view: DataView) {
    this.view = view;
  }

  /**
   * Where the plain attributes end that begin at `start` and come as the field with that tag of one
   * byte. What is there is the limit, another field, or an attribute for `validateKeyValue`.
   */
  skip(tag: number, start: number, limit: number): number {
    const { view } = this;
    const expected = tag | LENGTH_1_THIRD;
    let at = start;
    let textStart = start;
    let bits = 0;
    while (at + HEADS_BYTES <= limit) {
      const head = view.getUint32(at, true);
      if ((head & TAGS_AND_SHORT_LENGTHS) !== expected) break;
      const end = at + HEAD_BYTES + ((head >>> 8) & 0x7f);
      const valueAt = at + HEADS_BYTES + (head >>> 24);
      if (end > limit || valueAt + HEADS_BYTES > end) break;
      const value = view.getUint32(valueAt, true);
      if (valueAt + HEAD_BYTES + ((value >>> 8) & 0xff) !== end) break;
      if ((value & TAGS_AND_SHORT_LENGTHS) !== STRING_VALUE) {
        if (!isNumberOrBytes(view, value, valueAt + HEAD_BYTES, end)) break;
        bits |= textBits(view, textStart, valueAt);
        textStart = end;
      } else if (valueAt + HEADS_BYTES + (value >>> 24) !== end) {
        break;
      }
      at = end;
    }
    this.bits |= bits | textBits(view, textStart, at);
    return at;
  }
}

/** Whether a value, of which `head` is the first four bytes, is one scalar field that fills [start, end). */
function isNumberOrBytes(view: DataView, head: number, start: number, end: number): boolean {
  if ((head & 0xff) !== VALUE_TAG) return false;
  switch ((head >>> 16) & 0xff) {
    case BOOL_2:
    case INT_3:
      return isVarint(view, start + 1, end);
    case DOUBLE_4:
      return start + DOUBLE_FIELD_BYTES === end;
    case BYTES_7:
      return start + HEAD_BYTES + (head >>> 24) === end;
    default:
      return false;
  }
}

/** Whether a varint fills [start, end), which is not empty. */
function isVarint(view: DataView, start: number, end: number): boolean {
  if (end - start >= VARINT_FIELD_BYTES_MAX || view.getUint8(end - 1) >= MORE) return false;
  for (let at = start; at < end - 1; at += 1) if (view.getUint8(at) < MORE) return false;
  return true;
}
