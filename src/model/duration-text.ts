/** A duration in parts, so that a column of them aligns on the decimal point and on the unit. */
export interface DurationParts {
  readonly whole: string;
  /** With its decimal point; '' for whole units. */
  readonly fraction: string;
  readonly unit: 'µs' | 'ms' | 's' | 'm' | 'h';
}

const MS = 1_000;
const SECOND = 1_000 * MS;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** Of a unit: what two decimals round up. */
const ROUNDED = 0.005;

/** Microseconds in the largest unit that leaves a number of at least one, two decimals. */
export function durationParts(us: number): DurationParts {
  const size = Math.abs(us);
  // Each unit ends where rounding reaches the next: 999 999 µs is not "1000.00 ms".
  if (size < MS - 0.5) return { whole: String(Math.round(us)), fraction: '', unit: 'µs' };
  if (size < SECOND - ROUNDED * MS) return scaled(us, MS, 'ms');
  if (size < MINUTE - ROUNDED * SECOND) return scaled(us, SECOND, 's');
  if (size < HOUR - ROUNDED * MINUTE) return scaled(us, MINUTE, 'm');
  return scaled(us, HOUR, 'h');
}

/** `1.24 ms`; a full stop never needs a locale, and matches what the search form accepts. */
export function durationText(us: number): string {
  const { whole, fraction, unit } = durationParts(us);
  return `${whole}${fraction.replace(/\.?0+$/, '')} ${unit}`;
}

function scaled(us: number, size: number, unit: DurationParts['unit']): DurationParts {
  const [whole = '0', fraction = ''] = (us / size).toFixed(2).split('.');
  return { whole, fraction: `.${fraction}`, unit };
}

/** True for what the query API takes as a duration: `1.2s`, `100ms`, `1m30s`. */
export function isDurationText(text: string): boolean {
  return /^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text);
}

const UNIT_NANOS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
};

/** Nanoseconds of `1m30s`; NaN, which is neither more nor less than any, for no such text. */
export function durationNanos(text: string): number {
  if (!isDurationText(text)) return NaN;
  let nanos = 0;
  for (const [, count, unit = ''] of text.matchAll(/([\d.]+)([a-zµ]+)/g)) {
    nanos += Number(count) * (UNIT_NANOS[unit] ?? NaN);
  }
  return Math.round(nanos);
}
