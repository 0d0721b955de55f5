export interface BackoffLimits {
  readonly firstMs: number;
  readonly maxMs: number;
}

/** The wait after the n-th failure in a row (n from 0): doubled each time, up to a maximum. */
export function backoffMs(failures: number, { firstMs, maxMs }: BackoffLimits): number {
  return Math.min(maxMs, firstMs * 2 ** Math.min(failures, 60));
}

/** A wait spread over its upper half, so that many clients do not come back together. */
export function jittered(ms: number, random: () => number = Math.random): number {
  return ms * (0.5 + random() / 2);
}
