import { QueryClient } from '@tanstack/react-query';
import { ApiError } from './fetch-json.ts';

const RETRIES = 2;

/** A refused request stays refused; only failures of the way there are tried again. */
export function createQueryClient(): QueryClient {
  return new QueryClient({
    defaultOptions: {
      queries: {
        refetchOnWindowFocus: false,
        retry: (failures, error) =>
          failures < RETRIES &&
          !(error instanceof ApiError && error.status < 500 && error.status > 0),
      },
    },
  });
}
