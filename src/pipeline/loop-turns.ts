/** Waits for a turn to work on something. */
export type Turn = () => Promise<void>;

/**
 * Work that is ready in one turn of the event loop is spread over several, first come first served:
 * after `sliceMs` of it the loop goes round. Without this a hundred busy connections make one turn
 * last a second, and as a turn accepts one connection, new clients and probes are never heard.
 */
export function createLoopTurns(sliceMs: number): Turn {
  const waiting: (() => void)[] = [];
  let isScheduled = false;
  let sliceEnd = 0;
  const step = (): void => {
    const resolve = waiting.shift();
    if (resolve === undefined) {
      isScheduled = false;
      return;
    }
    resolve();
    // Ticks run when no microtask is left, which is when the work just let go has gone as far as
    // it can.
    queueMicrotask(() => {
      process.nextTick(goOn);
    });
  };
  const goOn = (): void => {
    if (performance.now() < sliceEnd) step();
    else setImmediate(beginSlice);
  };
  const beginSlice = (): void => {
    sliceEnd = performance.now() + sliceMs;
    step();
  };
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      if (isScheduled) return;
      isScheduled = true;
      setImmediate(beginSlice);
    });
}
