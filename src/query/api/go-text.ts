import { parseTraceId } from '../../model/trace-id.ts';
import { parseGoDuration } from '../../runtime/go-duration.ts';
import { isJsonObject } from '../../runtime/json-object.ts';

/**
 * A text that Jaeger, written in Go, would not read. Clients and tests match Jaeger's error texts,
 * and those end in the text of Go's standard library: that is the message here.
 */
export class GoTextError extends Error {
  override readonly name = 'GoTextError';
}

/** A decimal integer as `strconv.ParseInt` and `Atoi` read it. @throws GoTextError */
export function readInteger(text: string, bits: 32 | 64, caller = 'ParseInt'): bigint {
  if (!/^[+-]?\d+$/.test(text)) throw numberError(caller, text, 'invalid syntax');
  const limit = 2n ** BigInt(bits - 1);
  const digits = text.replace(/^\+/, '');
  // Longer text is out of range in any case and not worth converting.
  const value = digits.length > 40 ? limit : BigInt(digits);
  if (value >= limit || value < -limit) throw numberError(caller, text, 'value out of range');
  return value;
}

/** @throws GoTextError */
export function readFloat(text: string): number {
  if (/^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return Number(text);
  throw numberError('ParseFloat', text, 'invalid syntax');
}

/** @throws GoTextError */
export function readBool(text: string): boolean {
  if (/^(?:1|t|T|true|TRUE|True)$/.test(text)) return true;
  if (/^(?:0|f|F|false|FALSE|False)$/.test(text)) return false;
  throw numberError('ParseBool', text, 'invalid syntax');
}

/** 32 hex digits. @throws GoTextError */
export function readTraceId(text: string): string {
  const traceId = parseTraceId(text);
  if (traceId !== undefined) return traceId;
  if (isWholeBase64(text)) throw new GoTextError('invalid length for TraceID');
  if (text.length > 32) {
    throw new GoTextError(`TraceID cannot be longer than 32 hex characters: ${text}`);
  }
  // Jaeger reads the two halves one after the other and names the one that is wrong.
  const high = text.length > 16 ? text.slice(0, -16) : '';
  const wrong = high === '' || /^[0-9a-fA-F]+$/.test(high) ? text.slice(high.length) : high;
  throw numberError('ParseUint', wrong, 'invalid syntax');
}

/** True for what one of Go's four base64 encodings reads; Jaeger tries up to 24 characters. */
function isWholeBase64(text: string): boolean {
  if (text === '' || text.length > 24) return false;
  if (/^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)$/.test(text)) return text.length % 4 !== 1;
  return /^(?:[A-Za-z0-9+/]+|[A-Za-z0-9_-]+)={1,2}$/.test(text) && text.length % 4 === 0;
}

/** Nanoseconds, which may be negative. @throws GoTextError */
export function readDuration(text: string): number {
  const nanos = parseGoDuration(text);
  if (nanos !== undefined) return nanos;
  throw new GoTextError(durationError(text));
}

function durationError(text: string): string {
  const invalid = `time: invalid duration ${goQuote(text)}`;
  const part = /(\d*)(?:\.(\d*))?([^\d.]*)/y;
  const body = text.replace(/^[+-]/, '');
  while (part.lastIndex < body.length) {
    const [, whole = '', fraction = '', unit = ''] = part.exec(body) ?? [];
    if (whole === '' && fraction === '') return invalid;
    if (unit === '') return `time: missing unit in duration ${goQuote(text)}`;
    if (!/^(?:ns|us|µs|μs|ms|s|m|h)$/.test(unit)) {
      return `time: unknown unit ${goQuote(unit)} in duration ${goQuote(text)}`;
    }
  }
  return invalid;
}

const LAYOUT = '2006-01-02T15:04:05.999999999Z07:00';
const RFC3339 =
  /^(\d{4})-(\d{2})-(\d{2})[Tt](\d{2}):(\d{2}):(\d{2})(?:[.,](\d+))?([Zz]|[+ -]\d{2}:\d{2})$/;
const LAYOUT_PARTS: readonly (readonly [pattern: RegExp, name: string])[] = [
  [/\d{4}/y, '2006'],
  [/-/y, '-'],
  [/\d{2}/y, '01'],
  [/-/y, '-'],
  [/\d{2}/y, '02'],
  [/[Tt]/y, 'T'],
  [/\d{2}/y, '15'],
  [/:/y, ':'],
  [/\d{2}/y, '04'],
  [/:/y, ':'],
  [/\d{2}/y, '05'],
  [/(?:[.,]\d+)?(?:[Zz]|[+ -]\d{2}:\d{2})/y, 'Z07:00'],
];

/**
 * Nanoseconds since 1970 of an RFC 3339 time. A `+` that was not escaped in a query arrives as a
 * space and is read as one. @throws GoTextError
 */
export function readTime(text: string): bigint {
  const match = RFC3339.exec(text);
  if (match === null) throw new GoTextError(timeSyntaxError(text));
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map(Number);
  const wrong =
    outOfRange([month, 1, 12, 'month'], [day, 1, daysIn(year, month), 'day']) ??
    outOfRange([hour, 0, 23, 'hour'], [minute, 0, 59, 'minute'], [second, 0, 59, 'second']);
  if (wrong !== undefined) {
    throw new GoTextError(`parsing time ${goQuote(text)}: ${wrong} out of range`);
  }
  const [fraction = '', zone = 'Z'] = match.slice(7);
  const sign = zone.startsWith('-') ? -1 : 1;
  const offset = zone.length === 1 ? 0 : Number(zone.slice(1, 3)) * 60 + Number(zone.slice(4));
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  date.setUTCHours(hour, minute - sign * offset, second);
  return BigInt(date.getTime()) * 1_000_000n + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
}

type Range = readonly [value: number, min: number, max: number, name: string];

function outOfRange(...ranges: readonly Range[]): string | undefined {
  return ranges.find(([value, min, max]) => value < min || value > max)?.[3];
}

function daysIn(year: number, month: number): number {
  const date = new Date(0);
  date.setUTCFullYear(year, month, 0);
  return date.getUTCDate();
}

function timeSyntaxError(text: string): string {
  let at = 0;
  for (const [pattern, name] of LAYOUT_PARTS) {
    pattern.lastIndex = at;
    if (!pattern.test(text)) {
      const rest = goQuote(text.slice(at));
      return `parsing time ${goQuote(text)} as ${goQuote(LAYOUT)}: cannot parse ${rest} as ${goQuote(name)}`;
    }
    at = pattern.lastIndex;
  }
  return `parsing time ${goQuote(text)}: extra text: ${goQuote(text.slice(at))}`;
}

/** The entries of a JSON object of texts; null is an empty text. @throws GoTextError */
export function readStringMap(text: string): readonly { key: string; value: string }[] {
  const parsed = parseJson(text);
  if (parsed === null) return [];
  if (!isJsonObject(parsed)) throw kindError(parsed, 'map[string]string');
  return Object.entries(parsed).map(([key, value]) => {
    if (value === null) return { key, value: '' };
    if (typeof value === 'string') return { key, value };
    throw kindError(value, 'string');
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const first = text.trimStart().charAt(0);
    const message =
      first === '' || /[[{"]/.test(first)
        ? 'unexpected end of JSON input'
        : `invalid character '${first}' looking for beginning of value`;
    throw new GoTextError(message, { cause: error });
  }
}

function kindError(value: unknown, wanted: string): GoTextError {
  const kind = Array.isArray(value) ? 'array' : typeof value === 'boolean' ? 'bool' : typeof value;
  return new GoTextError(`json: cannot unmarshal ${kind} into Go value of type ${wanted}`);
}

function numberError(caller: string, text: string, why: string): GoTextError {
  return new GoTextError(`strconv.${caller}: parsing ${goQuote(text)}: ${why}`);
}

/** As `strconv.Quote` writes a text. */
function goQuote(text: string): string {
  return JSON.stringify(text)
    .replaceAll('\\u0007', '\\a')
    .replaceAll('\\u000b', '\\v')
    .replace(/\\u00([01][0-9a-f])/g, '\\x$1')
    .replaceAll('\u007f', '\\x7f');
}
