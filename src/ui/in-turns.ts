import { doInTurns, eachInTurns } from '../model/in-turns.ts';

/** How long work may keep the page from answering a click. */
const TURN_MS = 12;

/** Called between pieces of work: lets the page answer when it has not for a while. */
export type PageTurn = () => Promise<void>;

/** @throws the signal's reason, from the calls */
export function createPageTurn(signal: AbortSignal): PageTurn {
  let startedMs = performance.now();
  return async () => {
    signal.throwIfAborted();
    if (performance.now() - startedMs < TURN_MS) return;
    await nextTask();
    startedMs = performance.now();
    signal.throwIfAborted();
  };
}

/** Visits what nobody may wait for to the end: resolves to whether it came there, not aborted. */
export async function visitInTurns<T>(
  items: Iterable<T>,
  signal: AbortSignal,
  visit: (item: T) => void,
): Promise<boolean> {
  try {
    await doInTurns(eachInTurns(items, visit), createPageTurn(signal));
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}

/** Resolves once the browser has drawn the page as it is: for what may come a moment later. */
export function drawn(): Promise<void> {
  return new Promise((resolve) => {
    requestAnimationFrame(() => {
      void nextTask().then(resolve);
    });
  });
}

/** Timers wait some milliseconds when they follow each other: where there is something better, they do not. */
function nextTask(): Promise<void> {
  if ('scheduler' in globalThis && 'yield' in scheduler) return scheduler.yield();
  return new Promise((resolve) => setTimeout(resolve, 0));
}
