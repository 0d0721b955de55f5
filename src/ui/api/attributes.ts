import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import { fetchJson } from './fetch-json.ts';
import { jsonObject, textsField } from './json-shape.ts';

/** The most that is answered: keys are narrowed here, by what they contain. */
const KEYS = '1000';
/** Long enough for a list to choose from; typing narrows it. */
const VALUES = '50';
const STALE_MS = 30_000;

/**
 * Keys of a service's spans, or with '' of all. A storage that keeps no such lists fails, and then
 * there is nothing to complete with.
 */
export function useAttributeKeys(
  service: string,
  enabled: boolean,
): UseQueryResult<readonly string[]> {
  const query = new URLSearchParams({ limit: KEYS });
  if (service !== '') query.set('service', service);
  return useList(`api/attributes?${query}`, enabled);
}

/** Values of a key that begin like this; undefined asks nothing. */
export function useAttributeValues(
  key: string,
  prefix: string | undefined,
): UseQueryResult<readonly string[]> {
  const query = new URLSearchParams({ prefix: prefix ?? '', limit: VALUES });
  return useList(`api/attributes/${encodeURIComponent(key)}/values?${query}`, prefix !== undefined);
}

function useList(path: string, enabled: boolean): UseQueryResult<readonly string[]> {
  return useQuery({
    queryKey: ['attributes', path],
    staleTime: STALE_MS,
    retry: false,
    enabled,
    queryFn: async ({ signal }): Promise<readonly string[]> =>
      textsField(jsonObject(await fetchJson(path, signal)), 'data'),
  });
}
