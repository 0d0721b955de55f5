import { bitsOfGroups, lastGroupBit } from '../thrift/compact-number.ts';
import {
  FLAGS_AND_TIMES,
  IDS_AND_NAME,
  LAST_OF_IDS_AND_NAME,
  LAST_OF_TIMES,
  NONE,
} from './plain-head.ts';
import type { ReadPlainHead } from './plain-head.ts';
import type { SpanHead } from './span-head.ts';

/** Header of an i64 whose id is one more than that of the field before, of a string, of `flags`. */
const I64 = 0x16;
const TEXT = 0x18;
const FLAGS = 0x25;
/** Four i64 after their headers, the name's header and size. */
const IDS_ROOM = 4 * 11 + 2;
/** Flags of one byte and two i64. */
const TIMES_ROOM = 2 + 2 * 11;
/** The first byte of a number of two bytes or more has this bit. */
const MORE = 0x80;

/** Where no plain field ends. */
const NOT_PLAIN = -1;
const TWO_32 = 2 ** 32;

export const readCompactHead: ReadPlainHead = (reader, head) => {
  const { view, position } = reader;
  const { length } = reader.buffer;
  if (position + IDS_ROOM > length) return NONE;
  let at = readId(view, position, head.traceId, 2);
  if (at !== NOT_PLAIN) at = readId(view, at, head.traceId, 0);
  if (at !== NOT_PLAIN) at = readId(view, at, head.id, 0);
  if (at !== NOT_PLAIN) at = readId(view, at, head.parentId, 0);
  if (at === NOT_PLAIN || view.getUint8(at) !== TEXT) return NONE;
  const size = view.getUint8(at + 1);
  const nameEnd = at + 2 + size;
  if (size >= MORE || nameEnd + TIMES_ROOM > length) return NONE;
  head.nameStart = at + 2;
  head.nameEnd = nameEnd;
  const end = readTimes(view, nameEnd, head);
  if (end === NOT_PLAIN) {
    reader.goOn(nameEnd, LAST_OF_IDS_AND_NAME);
    return IDS_AND_NAME;
  }
  reader.goOn(end, LAST_OF_TIMES);
  return IDS_AND_NAME | FLAGS_AND_TIMES;
};

function readTimes(view: DataView, start: number, head: SpanHead): number {
  const flags = view.getUint8(start + 1);
  if (view.getUint8(start) !== FLAGS || flags >= MORE) return NOT_PLAIN;
  const { times } = head;
  let at = readId(view, start + 2, times, 0);
  if (at !== NOT_PLAIN) at = readId(view, at, times, 2);
  if (at === NOT_PLAIN) return NOT_PLAIN;
  head.flags = (flags >>> 1) ^ -(flags & 1);
  head.startMicros = ((times[0] ?? 0) | 0) * TWO_32 + (times[1] ?? 0);
  head.durationMicros = ((times[2] ?? 0) | 0) * TWO_32 + (times[3] ?? 0);
  return at;
}

/** Reads the i64 field at `at` into two words, the high one first; returns where it ends. */
function readId(view: DataView, at: number, words: Uint32Array, to: number): number {
  if (view.getUint8(at) !== I64) return NOT_PLAIN;
  const first = view.getInt32(at + 1, true);
  const firstEnd = lastGroupBit(first);
  let low = bitsOfGroups(first, firstEnd);
  let high = 0;
  let end = at + 2 + (firstEnd >>> 3);
  if (firstEnd < 0) {
    const second = view.getInt32(at + 5, true);
    const secondEnd = lastGroupBit(second);
    const middle = bitsOfGroups(second, secondEnd);
    low |= middle << 28;
    high = middle >>> 4;
    end = at + 6 + (secondEnd >>> 3);
    if (secondEnd < 0) {
      const byte = view.getUint8(at + 9);
      const last = byte < MORE ? 0 : view.getUint8(at + 10);
      if (last > 1) return NOT_PLAIN;
      high |= ((byte & 0x7f) << 24) | (last << 31);
      end = at + (byte < MORE ? 10 : 11);
    }
  }
  const sign = -(low & 1);
  words[to] = (high >>> 1) ^ sign;
  words[to + 1] = ((low >>> 1) | (high << 31)) ^ sign;
  return end;
}
