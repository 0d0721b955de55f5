const clock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'medium' });
const date = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short', year: 'numeric' });

/** `09:41:30` in the browser's time zone; `us` counts microseconds since 1970. */
export function clockTime(us: number): string {
  return clock.format(us / 1_000);
}

/** `21 Nov 2026, 09:41:30.123456` in the browser's time zone. */
export function exactTime(us: number): string {
  const fraction = String(Math.floor(us % 1_000_000)).padStart(6, '0');
  return `${date.format(us / 1_000)}, ${clock.format(us / 1_000)}.${fraction}`;
}

/** `21 Nov 2026, 09:41` */
export function dayAndTime(us: number): string {
  return `${date.format(us / 1_000)}, ${clock.format(us / 1_000)}`;
}

const shortClock = new Intl.DateTimeFormat('en-GB', { timeStyle: 'short' });
const shortDate = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'short' });

/** A time on an axis: seconds only where they say something, midnight as its date. */
export function axisTime(us: number): string {
  const at = new Date(us / 1_000);
  if (at.getSeconds() !== 0) return clock.format(at);
  return at.getHours() + at.getMinutes() === 0 ? shortDate.format(at) : shortClock.format(at);
}

const STEPS: readonly (readonly [seconds: number, name: string])[] = [
  [86_400, 'day'],
  [3_600, 'hour'],
  [60, 'minute'],
];

/** `12 minutes ago`, whole units. */
export function relativeTime(us: number, nowMs: number): string {
  const seconds = nowMs / 1_000 - us / 1_000_000;
  for (const [size, name] of STEPS) {
    const count = Math.floor(seconds / size);
    if (count >= 1) return `${count} ${name}${count === 1 ? '' : 's'} ago`;
  }
  return 'just now';
}
