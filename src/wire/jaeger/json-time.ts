import type { ProtoTime } from './proto-fields.ts';

/*
 * Timestamp and Duration as proto3 JSON writes them: RFC 3339, and decimal seconds with an s.
 * https://protobuf.dev/programming-guides/json/
 */

const CHARS_MAX = 64;
const TIMESTAMP =
  /^(\d{4}-\d\d-\d\d)[Tt](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?([Zz]|([+-])(\d\d):(\d\d))$/;
const DURATION = /^(-?)(\d{1,12})(?:\.(\d{1,9}))?s$/;

/** False when the text is no timestamp. */
export function parseTimestamp(text: string, time: ProtoTime): boolean {
  const match = text.length > CHARS_MAX ? null : TIMESTAMP.exec(text);
  if (match === null) return false;
  const [, date = '', clock = '', fraction = '', , sign, hours, minutes] = match;
  const seconds = Date.parse(`${date}T${clock}Z`) / 1000;
  if (Number.isNaN(seconds)) return false;
  const offset = Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60;
  time.seconds = sign === '-' ? seconds + offset : seconds - offset;
  time.nanos = Number(fraction.padEnd(9, '0'));
  return true;
}

/** False when the text is no duration. */
export function parseDuration(text: string, time: ProtoTime): boolean {
  const match = text.length > CHARS_MAX ? null : DURATION.exec(text);
  if (match === null) return false;
  const [, sign, seconds = '', fraction = ''] = match;
  const factor = sign === '-' ? -1 : 1;
  time.seconds = factor * Number(seconds);
  time.nanos = factor * Number(fraction.padEnd(9, '0'));
  return true;
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
