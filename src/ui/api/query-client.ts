import { notifyManager, QueryClient } from '@tanstack/react-query';
import { ApiError } from './fetch-json.ts';

/** A connection that broke just then is there again after this; longer would be silence. */
const RETRY_MS = 250;
/** No answer at all, and what a proxy says while the service behind it changes. */
const PASSING: ReadonlySet<number> = new Set([0, 502, 503, 504]);

/**
 * What the query service answers is said at once; only what may have passed is tried once more. Asks
 * also where the browser thinks it is offline: the service may be on the same machine.
 */
export function createQueryClient(): QueryClient {
  // By a timer, an answer that is there would wait until the browser has drawn once more without it.
  notifyManager.setScheduler(queueMicrotask);
  return new QueryClient({
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        networkMode: 'always',
        retry: (failures, error) =>
          failures === 0 && error instanceof ApiError && PASSING.has(error.status),
        retryDelay: RETRY_MS,
      },
      mutations: { networkMode: 'always' },
    },
  });
}
