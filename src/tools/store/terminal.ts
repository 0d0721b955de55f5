import { pino } from 'pino';
import pretty from 'pino-pretty';
import { systemClock } from '../../runtime/clock.ts';
import { escapeForTerminal } from '../../runtime/log-line.ts';
import type { OfflineDeps } from './open-offline.ts';
import type { StoreOutput } from './store-output.ts';

/** The terminal, or whatever standard output and error are. */
export const TERMINAL: StoreOutput = {
  out: (text) => void process.stdout.write(text),
  err: (text) => void process.stderr.write(text),
};

/** What goes wrong in a store that a command opens is on standard error, as text. */
export function offlineDeps(): OfflineDeps {
  const lines = pretty({
    ...{ destination: process.stderr.fd, sync: true, singleLine: true },
    ...{ colorize: false, ignore: 'pid,hostname,time' },
  });
  const options = { level: 'error', hooks: { streamWrite: escapeForTerminal } };
  return { clock: systemClock, logger: pino(options, lines) };
}
