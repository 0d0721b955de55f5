import { lazy } from 'react';

/** What a search needs once it has an answer; fetched while the form is looked at. */
export const ResultPanel = lazy(async () => ({
  default: (await import('./result-panel.tsx')).ResultPanel,
}));

export const NothingFound = lazy(async () => ({
  default: (await import('./nothing-found.tsx')).NothingFound,
}));

/** Fetches the code of results ahead of the first search. */
export async function preloadResults(): Promise<void> {
  await Promise.all([import('./result-panel.tsx'), import('./result-plots.tsx')]);
}
