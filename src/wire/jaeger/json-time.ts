import type { Buffer } from 'node:buffer';
import type { ProtoTime } from './proto-fields.ts';

/*
 * Timestamp and Duration as proto3 JSON writes them: RFC 3339, and decimal seconds with an s.
 * https://protobuf.dev/programming-guides/json/
 */

const DIGIT_0 = 0x30;
const PLUS = 0x2b;
const MINUS = 0x2d;
const DOT = 0x2e;
const COLON = 0x3a;
const LETTER_S = 0x73;
const LETTER_T = 0x74;
const LETTER_Z = 0x7a;
const LOWER_CASE = 0x20;
const SECONDS_DIGITS_MAX = 12;
const FRACTION_DIGITS_MAX = 9;
/** Of the longest duration and of what follows the seconds of a timestamp, with room to spare. */
const CHARS_MAX = 64;
/** Where the fraction or the offset starts, behind 2024-01-01T00:00:00. */
const SECONDS_END = 19;
/** Separators of a timestamp, by where they stand. */
const SEPARATORS = [
  [4, MINUS],
  [7, MINUS],
  [13, COLON],
  [16, COLON],
] as const;
/** After so many years and seconds the calendar repeats itself. */
const CYCLE_YEARS = 400;
const CYCLE_SECONDS = 146_097 * 86_400;

/** Reads the timestamp in [start, stop) of `text`; false when it is none. */
export function parseTimestamp(
  text: Buffer,
  start: number,
  stop: number,
  time: ProtoTime,
): boolean {
  if (stop - start > CHARS_MAX || stop - start <= SECONDS_END) return false;
  for (const [at, separator] of SEPARATORS) if (text[start + at] !== separator) return false;
  if (((text[start + 10] ?? 0) | LOWER_CASE) !== LETTER_T) return false;
  const seconds = secondsOf(text, start);
  if (Number.isNaN(seconds)) return false;
  const at = readFraction(text, start + SECONDS_END, time);
  const offset = readOffset(text, at, stop);
  time.seconds = seconds - offset;
  return !Number.isNaN(offset);
}

/** Seconds since 1970 of 2024-01-01T00:00:00, separators being checked; NaN when there is no such time. */
function secondsOf(text: Buffer, start: number): number {
  const year = digits(text, start, 4);
  const month = digits(text, start + 5, 2);
  const day = digits(text, start + 8, 2);
  const hour = digits(text, start + 11, 2);
  const minute = digits(text, start + 14, 2);
  const second = digits(text, start + 17, 2);
  if (!(hour < 24 && minute < 60 && second < 60)) return Number.NaN;
  // Date.UTC takes the years 0 to 99 for those of the last century.
  const ms = Date.UTC(year + CYCLE_YEARS, month - 1, day, hour, minute, second);
  // A day that its month does not have becomes one of the next.
  if (new Date(ms).getUTCMonth() !== month - 1) return Number.NaN;
  return ms / 1000 - CYCLE_SECONDS;
}

/** Seconds from Z, +01:30 or -01:30, which must end at `stop`; NaN for anything else. */
function readOffset(text: Buffer, at: number, stop: number): number {
  const sign = text[at] ?? 0;
  if (stop - at === 1) return (sign | LOWER_CASE) === LETTER_Z ? 0 : Number.NaN;
  if (stop - at !== 6 || (sign !== PLUS && sign !== MINUS) || text[at + 3] !== COLON) {
    return Number.NaN;
  }
  const seconds = digits(text, at + 1, 2) * 3600 + digits(text, at + 4, 2) * 60;
  return sign === PLUS ? seconds : -seconds;
}

/** Reads the duration in [start, stop) of `text`; false when it is none. */
export function parseDuration(text: Buffer, start: number, stop: number, time: ProtoTime): boolean {
  if (stop - start > CHARS_MAX || text[stop - 1] !== LETTER_S) return false;
  const isNegative = text[start] === MINUS;
  const first = isNegative ? start + 1 : start;
  let at = first;
  while (isDigit(text[at])) at += 1;
  if (at === first || at - first > SECONDS_DIGITS_MAX) return false;
  time.seconds = digits(text, first, at - first);
  at = readFraction(text, at, time);
  if (isNegative) {
    time.seconds = -time.seconds;
    time.nanos = -time.nanos;
  }
  return at === stop - 1;
}

/** Reads a dot and one to nine digits, if they are there, as nanoseconds; where they end. */
function readFraction(text: Buffer, start: number, time: ProtoTime): number {
  time.nanos = 0;
  if (text[start] !== DOT) return start;
  let at = start + 1;
  while (isDigit(text[at]) && at - start <= FRACTION_DIGITS_MAX) at += 1;
  const count = at - start - 1;
  if (count === 0) return start;
  time.nanos = digits(text, start + 1, count) * 10 ** (FRACTION_DIGITS_MAX - count);
  return at;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= DIGIT_0 && byte <= DIGIT_0 + 9;
}

/** The number that so many digits make; NaN when one is none. */
function digits(text: Buffer, start: number, count: number): number {
  let value = 0;
  for (let at = start; at < start + count; at += 1) {
    if (!isDigit(text[at])) return Number.NaN;
    value = value * 10 + (text[at] ?? 0) - DIGIT_0;
  }
  return value;
}

const NANOS = 1_000_000_000n;

/** Nanoseconds since 1970, before the year 10,000, as a timestamp. */
export function timestampText(nanos: bigint): string {
  const whole = new Date(Number(nanos / NANOS) * 1000).toISOString().slice(0, -'.000Z'.length);
  return `${whole}${fractionText(nanos % NANOS)}Z`;
}

/** Nanoseconds, none negative, as a duration. */
export function durationText(nanos: bigint): string {
  return `${nanos / NANOS}${fractionText(nanos % NANOS)}s`;
}

/** No digits, or three, six or nine, as protobuf's own libraries write it. */
function fractionText(nanos: bigint): string {
  const digits = String(nanos)
    .padStart(9, '0')
    .replace(/(?:000)+$/, '');
  return digits === '' ? '' : `.${digits}`;
}
