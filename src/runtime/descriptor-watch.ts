import { closeSync, openSync } from 'node:fs';
import { Counter } from 'prom-client';
import type { Registry } from 'prom-client';
import { systemErrorCode } from './errors.ts';
import type { Logger } from './logger.ts';
import type { Running } from './running.ts';

const CHECK_MS = 1000;
const LOG_EVERY_MS = 60_000;
const EXHAUSTED = new Set(['EMFILE', 'ENFILE']);

/**
 * Says when the process has no file descriptor left. Nothing else does: libuv keeps a spare one, with
 * which it takes each new connection and closes it at once, so that servers neither fail nor spin.
 */
export function watchDescriptors(deps: {
  readonly logger: Logger;
  readonly metrics: Registry;
}): Running {
  const exhausted = new Counter({
    name: 'jaeger_file_descriptors_exhausted_seconds_total',
    help: 'Seconds in which new connections were closed because no file descriptor was left.',
    registers: [deps.metrics],
  });
  let loggedAt = Number.NEGATIVE_INFINITY;
  const check = (): void => {
    const error = openError();
    if (error === undefined) return;
    exhausted.inc();
    if (performance.now() - loggedAt < LOG_EVERY_MS) return;
    loggedAt = performance.now();
    deps.logger.warn(
      { err: error },
      'no file descriptor is left, new connections are closed; raise the limit (ulimit -n)',
    );
  };
  const timer = setInterval(check, CHECK_MS).unref();
  return {
    addresses: [],
    stop: () => {
      clearInterval(timer);
      return Promise.resolve();
    },
  };
}

/** What keeps files from being opened, when it is that too many are open. */
function openError(): unknown {
  try {
    closeSync(openSync('/dev/null', 'r'));
    return undefined;
  } catch (error) {
    return EXHAUSTED.has(systemErrorCode(error) ?? '') ? error : undefined;
  }
}
