import { lazy, useEffect, useState } from 'react';
import type { ResultPanel } from './result-panel.tsx';

export const NothingFound = lazy(async () => ({
  default: (await import('./nothing-found.tsx')).NothingFound,
}));

/** Fetches the code of results ahead of the first search. */
export async function preloadResults(): Promise<void> {
  await import('./result-panel.tsx');
}

interface ResultParts {
  readonly ResultPanel: typeof ResultPanel;
}

/**
 * The code of results, undefined while it is fetched. React shows what it has waited for with `lazy`
 * up to 300 ms late; this is there at once.
 */
export function useResultParts(): ResultParts | undefined {
  const [parts, setParts] = useState<ResultParts>();
  useEffect(() => {
    let isLeft = false;
    import('./result-panel.tsx').then(
      (loaded) => {
        if (!isLeft) setParts(loaded);
      },
      (error: unknown) => {
        // Thrown while the page is drawn, its notice of crashes says what to do.
        setParts(() => {
          throw error;
        });
      },
    );
    return () => {
      isLeft = true;
    };
  }, []);
  return parts;
}
