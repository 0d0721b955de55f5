/** What those are told who ask for a strategy that cannot be found out now. */
export const SAMPLING_UNKNOWN =
  'the sampling strategy is not known now; ask again in a few seconds';
