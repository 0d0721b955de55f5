import type { Clock } from '../runtime/clock.ts';

/** Waits; false when the signal ended the wait, so that a loop can stop. */
export async function sleptUntil(
  ms: number,
  { clock, signal }: { readonly clock: Clock; readonly signal: AbortSignal },
): Promise<boolean> {
  try {
    await clock.sleep(ms, signal);
    return true;
  } catch (error) {
    if (signal.aborted) return false;
    throw error;
  }
}
