import type { HeadLimits } from '../../../src/storage/embedded/heads.ts';

/** So small that blocks are made all the time. */
export const SMALL_HEADS: HeadLimits = {
  spans: 200,
  bytes: 2 ** 30,
  ageMs: 1e9,
  agedSpans: 1e9,
  ageMaxMs: 1e9,
};
