const MS_MIN = 2000;
const MS_MAX = 10_000;
/** By then everything that is run often has been compiled. */
const SPANS = 1_000_000;
const CHECK_MS = 50;

/** Waits until a server is warm: a core that others share gives it little of the first seconds. */
export async function warmUp(spansSent: () => number): Promise<void> {
  const started = performance.now();
  const elapsed = (): number => performance.now() - started;
  while (elapsed() < MS_MIN || (spansSent() < SPANS && elapsed() < MS_MAX)) {
    await new Promise((resolve) => setTimeout(resolve, CHECK_MS));
  }
}
