import type { ByteSink } from './byte-sink.ts';
import type { ByteSource } from './byte-source.ts';
import { BlockError } from './block-format.ts';
import { readNarrowNumbers, readNumbers, writeNumbers } from './number-section.ts';
import type { CompressionLevel } from './page-compression.ts';

/** Pages of what every span has, by their place in the list of a block. */
export const TRACES = 0;
export const SPAN_IDS = 1;
export const PARENTS = 2;
export const STARTS = 3;
export const DURATIONS = 4;
/** Kind plus eight times status code. */
export const KINDS = 5;
export const RESOURCES = 6;
export const SCOPES = 7;
export const EVENT_COUNTS = 8;
export const LINK_COUNTS = 9;
export const EVENT_TIMES = 10;
export const CORE_PAGES = 11;

/** In a page of parents: no parent, one that is not in the block, and row 0 of the trace. */
export const NO_PARENT = 0;
export const OTHER_PARENT = 1;
export const PARENT_ROW = 2;

const DELTAS = 0;
const WORDS = 1;

/** The traces of a page's rows, in order. The first may have rows in the page before. */
export interface TracesPage {
  /** Four words a trace. */
  readonly ids: Uint32Array;
  readonly rowCounts: ArrayLike<number>;
  /** Rows of the first trace in the pages before. */
  readonly rowsBefore: number;
}

export function writeTracesPage(sink: ByteSink, page: TracesPage, level: CompressionLevel): void {
  const count = page.rowCounts.length;
  sink.varint(count);
  sink.varint(page.rowsBefore);
  for (const word of page.ids) sink.u32(word);
  writeNumbers(sink, Uint32Array.from(page.rowCounts), count, level);
}

/** @throws BlockError */
export function readTracesPage(source: ByteSource): TracesPage {
  const count = source.varint();
  const rowsBefore = source.varint();
  const ids = readWords(source, 4 * count);
  return { ids, rowsBefore, rowCounts: readNarrowNumbers(source, count) };
}

export function readWords(source: ByteSource, count: number): Uint32Array {
  const bytes = source.bytes(4 * count);
  const words = new Uint32Array(count);
  for (let at = 0; at < count; at++) words[at] = bytes.readUInt32LE(4 * at);
  return words;
}

/**
 * Times as low and high word each: the first whole, each other as what it is later than the one
 * before or, when it is the first of its group, later than the first of the group before.
 */
export function writeTimes(
  sink: ByteSink,
  times: Uint32Array,
  groups: ArrayLike<number>,
  level: CompressionLevel,
): void {
  const count = times.length / 2;
  if (count === 0) return;
  const firsts = new Float64Array(groups.length);
  const inner = new Float64Array(count);
  let innerCount = 0;
  let isExact = true;
  let previousFirst = 0;
  for (let group = 0, row = 0; group < groups.length; group++) {
    const end = row + (groups[group] ?? 0);
    firsts[group] = timeBetween(times, previousFirst, row);
    previousFirst = row;
    isExact &&= Number.isSafeInteger(firsts[group]);
    for (row += 1; row < end; row++) {
      const delta = timeBetween(times, row - 1, row);
      isExact &&= Number.isSafeInteger(delta);
      inner[innerCount++] = delta;
    }
  }
  if (!isExact) {
    sink.u8(WORDS);
    for (const word of times) sink.u32(word);
    return;
  }
  sink.u8(DELTAS);
  sink.u32(times[0] ?? 0);
  sink.u32(times[1] ?? 0);
  writeNumbers(sink, firsts, groups.length, level);
  writeNumbers(sink, inner, innerCount, level);
}

function timeBetween(times: Uint32Array, from: number, to: number): number {
  const high = (times[2 * to + 1] ?? 0) - (times[2 * from + 1] ?? 0);
  return high * 2 ** 32 + ((times[2 * to] ?? 0) - (times[2 * from] ?? 0));
}

/** @throws BlockError */
export function readTimes(
  source: ByteSource,
  count: number,
  groups: ArrayLike<number>,
): Uint32Array {
  const how = source.u8();
  if (how === WORDS) return readWords(source, 2 * count);
  if (how !== DELTAS) throw new BlockError(`times written in an unknown way ${how}`);
  const times = new Uint32Array(2 * count);
  const first: Words = { low: source.u32(), high: source.u32() };
  const firsts = readNumbers(source, groups.length);
  const inner = readNumbers(source, count - groups.length);
  const now: Words = { ...first };
  let next = 0;
  for (let group = 0, row = 0; group < groups.length; group++) {
    advance(first, firsts[group] ?? 0);
    now.low = first.low;
    now.high = first.high;
    const end = row + (groups[group] ?? 0);
    for (let at = row; at < end; at++) {
      if (at > row) advance(now, inner[next++] ?? 0);
      times[2 * at] = now.low;
      times[2 * at + 1] = now.high;
    }
    row = end;
  }
  return times;
}

interface Words {
  low: number;
  high: number;
}

/** Adds up to 53 bits, of either sign. */
function advance(words: Words, delta: number): void {
  const low = words.low + (delta % 2 ** 32);
  const carry = Math.floor(low / 2 ** 32);
  words.low = low - carry * 2 ** 32;
  words.high += Math.trunc(delta / 2 ** 32) + carry;
}

/** Times of children as what they are later than their owner. */
export function writeChildTimes(
  sink: ByteSink,
  times: Uint32Array,
  ownerTimes: Uint32Array,
  level: CompressionLevel,
): void {
  const count = times.length / 2;
  const deltas = new Float64Array(count);
  let isExact = true;
  for (let at = 0; at < count; at++) {
    const high = (times[2 * at + 1] ?? 0) - (ownerTimes[2 * at + 1] ?? 0);
    deltas[at] = high * 2 ** 32 + ((times[2 * at] ?? 0) - (ownerTimes[2 * at] ?? 0));
    isExact &&= Number.isSafeInteger(deltas[at]);
  }
  sink.u8(isExact ? DELTAS : WORDS);
  if (isExact) writeNumbers(sink, deltas, count, level);
  else for (const word of times) sink.u32(word);
}

/** @throws BlockError */
export function readChildTimes(source: ByteSource, ownerTimes: Uint32Array): Uint32Array {
  const how = source.u8();
  const count = ownerTimes.length / 2;
  if (how === WORDS) return readWords(source, 2 * count);
  if (how !== DELTAS) throw new BlockError(`times written in an unknown way ${how}`);
  const deltas = readNumbers(source, count);
  const times = new Uint32Array(2 * count);
  for (let at = 0; at < count; at++) {
    const now = { low: ownerTimes[2 * at] ?? 0, high: ownerTimes[2 * at + 1] ?? 0 };
    advance(now, deltas[at] ?? 0);
    times[2 * at] = now.low;
    times[2 * at + 1] = now.high;
  }
  return times;
}
