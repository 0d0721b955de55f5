import { pino } from 'pino';
import { systemClock } from '../../runtime/clock.ts';
import type { OfflineDeps } from './open-offline.ts';
import type { StoreOutput } from './store-output.ts';

/** The terminal, or whatever standard output and error are. */
export const TERMINAL: StoreOutput = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** What goes wrong in a store that a command opens is on standard error. */
export function offlineDeps(): OfflineDeps {
  return { clock: systemClock, logger: pino({ level: 'error' }, process.stderr) };
}
