/** What stands in front of a limited resource, told when a task starts to wait and when it runs. */
export interface Queued {
  readonly onWait?: (ahead: number) => void;
  readonly onStart?: (behind: number) => void;
}

/** Runs at most `width` tasks at a time, the others in the order they came. */
export function createLimiter(
  width: number,
): <T>(task: () => Promise<T>, queued?: Queued) => Promise<T> {
  let running = 0;
  const waiting: (() => void)[] = [];
  return async (task, queued = {}) => {
    if (running >= width) {
      queued.onWait?.(waiting.length + running);
      await new Promise<void>((resolve) => waiting.push(resolve));
    } else {
      running += 1;
    }
    queued.onStart?.(waiting.length);
    try {
      return await task();
    } finally {
      const next = waiting.shift();
      if (next === undefined) running -= 1;
      else next();
    }
  };
}
