import { useQuery, type UseQueryResult } from '@tanstack/react-query';
import type { DdgFocus, DdgSource } from '../../model/ddg-model.ts';
import { fetchJson } from './fetch-json.ts';
import { jsonObject, objectsField, textField } from './json-shape.ts';

/** Of one request: more ids would be too long for an address. */
const IDS_MAX = 100;
const STALE_MS = 60_000;

export interface DeepDependenciesQuery {
  readonly focus: DdgFocus;
  /** Microseconds since 1970, as the address has them; '' for the query service's own two days. */
  readonly start: string;
  readonly end: string;
}

/** The ways of recent requests through a service; nothing is asked without one. */
export function useDeepDependencies({
  focus,
  start,
  end,
}: DeepDependenciesQuery): UseQueryResult<readonly DdgSource[]> {
  return useQuery({
    queryKey: ['deep-dependencies', focus, start, end],
    staleTime: STALE_MS,
    enabled: focus.service !== '',
    queryFn: ({ signal }) => {
      const query = focusParameters(focus);
      if (start !== '') query.set('start', start);
      if (end !== '') query.set('end', end);
      return fetchPaths(query, signal);
    },
  });
}

/** The ways that the requests of these traces took through a service. */
export function useDeepDependenciesOf(
  traceIds: readonly string[],
  focus: DdgFocus,
): UseQueryResult<readonly DdgSource[]> {
  // The order of the results does not matter for their paths.
  const ids = traceIds.toSorted();
  return useQuery({
    queryKey: ['deep-dependencies-of', focus, ids],
    staleTime: Infinity,
    enabled: focus.service !== '' && ids.length > 0,
    queryFn: async ({ signal }): Promise<readonly DdgSource[]> => {
      const found: DdgSource[] = [];
      for (let from = 0; from < ids.length; from += IDS_MAX) {
        const query = focusParameters(focus);
        for (const id of ids.slice(from, from + IDS_MAX)) query.append('traceID', id);
        found.push(...(await fetchPaths(query, signal)));
      }
      return found;
    },
  });
}

function focusParameters({ operation, service }: DdgFocus): URLSearchParams {
  return new URLSearchParams(operation === '' ? { service } : { service, operation });
}

async function fetchPaths(
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<readonly DdgSource[]> {
  const body = jsonObject(await fetchJson(`api/deep-dependencies?${query}`, signal));
  return objectsField(body, 'dependencies').map((dependency) => {
    const exemplar = objectsField(dependency, 'attributes').find(
      (attribute) => textField(attribute, 'key') === 'exemplar_trace_id',
    );
    return {
      traceId: exemplar === undefined ? '' : textField(exemplar, 'value'),
      stops: objectsField(dependency, 'path').map((stop) => ({
        service: textField(stop, 'service'),
        operation: textField(stop, 'operation'),
      })),
    };
  });
}
