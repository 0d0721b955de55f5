import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchJson } from './fetch-json.ts';
import { jsonObject, objectsField, textField, textsField } from './json-shape.ts';

/** While nothing has arrived yet, look again this often. */
const EMPTY_POLL_MS = 3_000;
const STALE_MS = 30_000;

/** Names of the services that have sent spans, sorted. */
export function useServices(enabled = true): UseQueryResult<readonly string[]> {
  return useQuery({
    queryKey: ['services'],
    enabled,
    staleTime: STALE_MS,
    refetchInterval: ({ state }) =>
      Array.isArray(state.data) && state.data.length === 0 ? EMPTY_POLL_MS : false,
    queryFn: async ({ signal }): Promise<readonly string[]> => {
      const body = jsonObject(await fetchJson('api/v3/services', signal));
      return textsField(body, 'services').toSorted();
    },
  });
}

/** Names of a service's operations, sorted; empty without a service. */
export function useOperations(service: string): UseQueryResult<readonly string[]> {
  return useQuery({
    queryKey: ['operations', service],
    staleTime: STALE_MS,
    enabled: service !== '',
    queryFn: async ({ signal }): Promise<readonly string[]> => {
      const query = new URLSearchParams({ service });
      const body = jsonObject(await fetchJson(`api/v3/operations?${query}`, signal));
      const names = objectsField(body, 'operations').map((operation) =>
        textField(operation, 'name'),
      );
      return [...new Set(names)].sort();
    },
  });
}
