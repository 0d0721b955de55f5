import { text } from './text/common-text.ts';
import { currentLanguage, type Language } from './text/language.ts';
import { currentTimeZone } from './time-zone.ts';

/** The hours of a day run from 00 to 23 in every language. */
const CLOCK_LOCALE = 'en-GB';
const DATE_LOCALE: Readonly<Record<Language, string>> = { en: 'en-GB', ko: 'ko-KR' };

const language = currentLanguage();
const isUtc = currentTimeZone() === 'utc';
const zone = isUtc ? { timeZone: 'UTC' } : {};
const day = { day: 'numeric', month: 'short' } as const;
const clock = new Intl.DateTimeFormat(CLOCK_LOCALE, { timeStyle: 'medium', ...zone });
const shortClock = new Intl.DateTimeFormat(CLOCK_LOCALE, { timeStyle: 'short', ...zone });
const date = new Intl.DateTimeFormat(DATE_LOCALE[language], { ...day, year: 'numeric', ...zone });
const shortDate = new Intl.DateTimeFormat(DATE_LOCALE[language], { ...day, ...zone });
const ago = new Intl.RelativeTimeFormat(language);

/** The last millisecond of a `Date`, on either side of 1970. */
const LAST_MS = 8.64e15;
/** Of what is no time: anybody may have written the spans. */
const NO_TIME = '–';

/** Whether there is such a time; `us` counts microseconds since 1970. */
export function isTime(us: number): boolean {
  return Math.abs(us / 1_000) <= LAST_MS;
}

/** `2026-11-21T09:41:30.123Z` for machines; undefined for what is no time. */
export function isoTime(us: number): string | undefined {
  return isTime(us) ? new Date(us / 1_000).toISOString() : undefined;
}

/** `09:41:30` in the reader's time zone, as all of these. */
export function clockTime(us: number): string {
  return isTime(us) ? clock.format(us / 1_000) : NO_TIME;
}

/** `21 Nov 2026, 09:41:30.123456` */
export function exactTime(us: number): string {
  if (!isTime(us)) return NO_TIME;
  const fraction = String(Math.floor(us % 1_000_000)).padStart(6, '0');
  return text.dateAndTime(date.format(us / 1_000), `${clock.format(us / 1_000)}.${fraction}`);
}

/** `21 Nov 2026, 09:41:30` */
export function dayAndTime(us: number): string {
  if (!isTime(us)) return NO_TIME;
  return text.dateAndTime(date.format(us / 1_000), clock.format(us / 1_000));
}

/** A time on an axis: seconds only where they say something, midnight as its date. */
export function axisTime(us: number): string {
  if (!isTime(us)) return NO_TIME;
  const at = us / 1_000;
  const written = clock.format(at);
  if (!written.endsWith(':00')) return written;
  return written === '00:00:00' ? shortDate.format(at) : shortClock.format(at);
}

const STEPS: readonly (readonly [seconds: number, unit: Intl.RelativeTimeFormatUnit])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
];

/** `12 minutes ago`, whole units. */
export function relativeTime(us: number, nowMs: number): string {
  if (!isTime(us)) return NO_TIME;
  const seconds = nowMs / 1_000 - us / 1_000_000;
  for (const [size, unit] of STEPS) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return ago.format(-count, unit);
  }
  return text.justNow;
}

/** `2026-11-21T09:41:30`, as `<input type="datetime-local">` has a time of the reader's zone. */
export function fieldTime(us: number): string {
  const ms = us / 1_000;
  const offsetMs = isUtc ? 0 : new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 19);
}

/** Microseconds since 1970 of what such a field holds; NaN for no time. */
export function timeOfField(typed: string): number {
  return new Date(isUtc ? `${typed}Z` : typed).getTime() * 1_000;
}
