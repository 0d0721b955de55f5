import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import {
  type DecoratedName,
  decoratedPath,
  decoratedUrl,
  valueAt,
} from '../../model/decoration.ts';
import type { Decoration } from '../config/decoration-config.ts';
import { fetchJson } from './fetch-json.ts';

const STALE_MS = 5 * 60_000;

/** A number is drawn as a share of the largest; a text is only said. Undefined for none. */
export type DecorationValue = number | string | undefined;

/** The value of each service, or operation ('' for none), in the order of the names. */
export function useDecorationValues(
  decoration: Decoration | undefined,
  names: readonly DecoratedName[],
): readonly DecorationValue[] {
  return useQueries({
    queries: (decoration === undefined ? [] : names).map((name) => {
      const source = summarySource(decoration, name);
      const url = source === undefined ? '' : decoratedUrl(source.url, name);
      return {
        queryKey: ['decoration', url],
        staleTime: STALE_MS,
        retry: false,
        enabled: url !== '',
        queryFn: ({ signal }: { signal: AbortSignal }) => fetchJson(url, signal),
        select: (answer: unknown): DecorationValue =>
          readValue(valueAt(answer, decoratedPath(source?.path ?? '', name))),
      };
    }),
    combine: (results) => results.map(({ data }) => data),
  });
}

/** More about one service or operation: whatever is at the path. */
export function useDecorationDetail(decoration: Decoration, name: DecoratedName): UseQueryResult {
  const detail = name.operation === '' ? decoration.detail : decoration.operationDetail;
  const url = detail === undefined ? '' : decoratedUrl(detail.url, name);
  return useQuery({
    queryKey: ['decoration', url],
    staleTime: STALE_MS,
    retry: false,
    enabled: url !== '',
    queryFn: ({ signal }) => fetchJson(url, signal),
    select: (answer) => valueAt(answer, decoratedPath(detail?.path ?? '', name)),
  });
}

/** Operations without a value of their own get that of their service. */
function summarySource(
  decoration: Decoration | undefined,
  { operation }: DecoratedName,
): Decoration['summary'] | undefined {
  return operation === ''
    ? decoration?.summary
    : (decoration?.operationSummary ?? decoration?.summary);
}

function readValue(value: unknown): DecorationValue {
  return typeof value === 'number' || typeof value === 'string' ? value : undefined;
}
