import { browserStore } from './browser-store.ts';

/** In which times are shown and typed. */
export const TIME_ZONES = ['local', 'utc'] as const;

export type TimeZone = (typeof TIME_ZONES)[number];

const TIME_ZONE_KEY = 'jaeger-ui-time-zone';

/** The browser's own until another was chosen. */
export function currentTimeZone(): TimeZone {
  return browserStore().getItem(TIME_ZONE_KEY) === 'utc' ? 'utc' : 'local';
}

/** Times are written with the zone of the page's start: another one starts it again. */
export function chooseTimeZone(zone: TimeZone): void {
  browserStore().setItem(TIME_ZONE_KEY, zone);
  location.reload();
}

/** `Asia/Seoul`: what "local" is here. */
export function localZoneName(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone;
}
