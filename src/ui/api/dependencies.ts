import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { CallLink } from '../../model/call-graph.ts';
import { fetchJson } from './fetch-json.ts';
import { jsonObject, numberField, objectsField, textField } from './json-shape.ts';

const STALE_MS = 60_000;

/** Who called whom in the time before now. */
export function useDependencies(lookbackSeconds: number): UseQueryResult<readonly CallLink[]> {
  return useQuery({
    queryKey: ['dependencies', lookbackSeconds],
    staleTime: STALE_MS,
    queryFn: async ({ signal }): Promise<readonly CallLink[]> => {
      const query = new URLSearchParams({
        endTs: String(Date.now()),
        lookback: String(lookbackSeconds * 1_000),
      });
      const body = jsonObject(await fetchJson(`api/dependencies?${query}`, signal));
      return objectsField(body, 'data').map((link) => ({
        parent: textField(link, 'parent'),
        child: textField(link, 'child'),
        callCount: numberField(link, 'callCount'),
      }));
    },
  });
}
