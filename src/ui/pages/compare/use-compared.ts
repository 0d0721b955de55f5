import type { UseQueryResult } from '@tanstack/react-query';
import { useMemo } from 'react';
import type { TraceProfile } from '../../../model/trace-profile.ts';
import { useTraceProfiles } from '../../api/trace-profiles.ts';
import { type SearchResult, useSearchVariants } from '../../api/trace-summaries.ts';
import type { SearchConfig } from '../../config/ui-config.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { readSearchUrl, type SearchRequest } from '../search/search-request.ts';
import { type CompareAddress, type CompareSide, distinct, GROUP_MAX } from './compare-address.ts';

/** The traces behind an address. */
export interface Compared {
  readonly a: ComparedSide;
  readonly b: ComparedSide;
  /** All at hand. */
  readonly traceIds: readonly string[];
  /** By the id in the address, those that have been loaded. */
  readonly profiles: ReadonlyMap<string, TraceProfile>;
  readonly failures: ReadonlyMap<string, Error>;
  /** Of the traces of both sides. */
  readonly progress: { readonly done: number; readonly all: number };
}

export interface ComparedSide extends SideTraces {
  /** Of the traces that have been loaded. */
  readonly profiles: readonly TraceProfile[];
}

interface SideTraces {
  /** Whether the address says anything for this side. */
  readonly isChosen: boolean;
  /** Undefined where the traces are named. */
  readonly request: SearchRequest | undefined;
  readonly isSearching: boolean;
  readonly searchError: Error | undefined;
  readonly searchAgain: () => void;
  readonly traceIds: readonly string[];
}

export function useCompared(address: CompareAddress): Compared {
  const config = useUiConfig().search;
  const requestA = requestOf(address.a, config);
  const requestB = requestOf(address.b, config);
  const asked = [requestA, requestB].filter((request) => request !== undefined);
  const answers = useSearchVariants(asked);
  const tracesOf = (side: CompareSide, request: SearchRequest | undefined): SideTraces =>
    request === undefined
      ? namedTraces(side)
      : foundTraces(request, answers[asked.indexOf(request)]);
  const a = tracesOf(address.a, requestA);
  const b = tracesOf(address.b, requestB);
  const wanted = distinct([...a.traceIds, ...b.traceIds]);
  const traceIds = useKept(distinct([...address.cohort, ...wanted]));
  const { byId: profiles, failures } = useTraceProfiles(traceIds);
  const done = wanted.filter((id) => profiles.has(id) || failures.has(id)).length;
  return {
    a: { ...a, profiles: useLoaded(a.traceIds, profiles) },
    b: { ...b, profiles: useLoaded(b.traceIds, profiles) },
    ...{ traceIds, profiles, failures },
    progress: { done, all: wanted.length },
  };
}

function requestOf({ search }: CompareSide, config: SearchConfig): SearchRequest | undefined {
  return search === '' ? undefined : readSearchUrl(`?${search}`, config);
}

function namedTraces({ traceIds }: CompareSide): SideTraces {
  return {
    isChosen: traceIds.length > 0,
    ...{ request: undefined, isSearching: false, searchError: undefined },
    searchAgain: () => undefined,
    traceIds,
  };
}

function foundTraces(
  request: SearchRequest,
  answer: UseQueryResult<SearchResult> | undefined,
): SideTraces {
  const traces = answer?.data?.traces ?? [];
  return {
    isChosen: true,
    request,
    isSearching: answer?.isPending ?? true,
    searchError: answer?.error ?? undefined,
    searchAgain: () => void answer?.refetch(),
    traceIds: traces.slice(0, GROUP_MAX).map(({ traceId }) => traceId),
  };
}

/** The same array while the ids are the same. */
function useKept(traceIds: readonly string[]): readonly string[] {
  const key = traceIds.join('\n');
  return useMemo(() => (key === '' ? [] : key.split('\n')), [key]);
}

/** The same array while the same traces have been loaded. */
function useLoaded(
  traceIds: readonly string[],
  profiles: ReadonlyMap<string, TraceProfile>,
): readonly TraceProfile[] {
  const ids = useKept(traceIds);
  return useMemo(() => ids.flatMap((id) => profiles.get(id) ?? []), [ids, profiles]);
}
