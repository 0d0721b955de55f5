import { useMutation, type UseMutationResult } from '@tanstack/react-query';
import { postForJson } from './fetch-json.ts';

/** A trace may have to be read and written whole. */
const TIMEOUT_MS = 60_000;

/** Keeps a trace where no retention deletes it. Doing it twice is the same as once. */
export function useArchiveTrace(traceId: string): UseMutationResult<unknown, Error, void> {
  return useMutation({
    mutationFn: () =>
      postForJson(`api/archive/${encodeURIComponent(traceId)}`, AbortSignal.timeout(TIMEOUT_MS)),
  });
}
