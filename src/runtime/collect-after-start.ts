import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** By then, what a start has begun is done, and the first requests of a probe are answered. */
const SETTLED_MS = 1000;
/** Gives pages that are empty then back to the system at once, which a usual collection does not. */
const COLLECT_ALL = `gc({ type: 'major', execution: 'sync', flavor: 'last-resort' })`;

/**
 * Collects what only the start has needed, a tenth of the memory of a process that has little to do:
 * it would allocate so little that V8 did not collect for hours. Takes some 30 ms, once.
 */
export function collectAfterStart(settledMs = SETTLED_MS): void {
  setTimeout(collectAll, settledMs).unref();
}

/** The function that collects is only in contexts that were made while the flag was set. */
function collectAll(): void {
  setFlagsFromString('--expose-gc');
  try {
    runInNewContext(COLLECT_ALL);
  } finally {
    setFlagsFromString('--no-expose-gc');
  }
}
