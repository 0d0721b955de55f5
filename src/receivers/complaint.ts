import type { Clock } from '../runtime/clock.ts';
import { errorText } from '../runtime/errors.ts';

export type Complain = (what: string, error: unknown) => void;

export interface ComplaintDeps {
  readonly clock: Pick<Clock, 'monotonic'>;
  readonly warn: (text: string) => void;
}

/** One a minute of each kind: who sends what is wrong, or meets a storage that fails, does so often. */
const COMPLAINT_INTERVAL_MS = 60_000;

/** Warns of what goes wrong at a port, `name`; `what` is one of a few kinds. */
export function createComplaint({ clock, warn }: ComplaintDeps, name: string): Complain {
  const nextAt = new Map<string, number>();
  return (what, error) => {
    const now = clock.monotonic();
    if (now < (nextAt.get(what) ?? -Infinity)) return;
    nextAt.set(what, now + COMPLAINT_INTERVAL_MS);
    warn(`${name}: ${what}: ${errorText(error)}`);
  };
}
