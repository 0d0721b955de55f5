import { queryOptions, useQueries, type UseQueryResult } from '@tanstack/react-query';
import { useCallback } from 'react';
import { doInTurns } from '../../model/in-turns.ts';
import { profileSteps, type TraceProfile } from '../../model/trace-profile.ts';
import { createPageTurn } from '../in-turns.ts';
import { fetchTrace, knownTrace } from './trace.ts';

export interface TraceProfiles {
  /** By the id that was asked for; a trace is missing until it is there. */
  readonly byId: ReadonlyMap<string, TraceProfile>;
  /** Why a trace is not coming. */
  readonly failures: ReadonlyMap<string, Error>;
}

/**
 * What comparing needs of traces. The traces themselves are not kept: there may be many. Another
 * array of ids is another question: keep it while nothing changes.
 */
export function useTraceProfiles(traceIds: readonly string[]): TraceProfiles {
  const combine = useCallback(
    (answers: readonly UseQueryResult<TraceProfile>[]): TraceProfiles => {
      const byId = new Map<string, TraceProfile>();
      const failures = new Map<string, Error>();
      for (const [index, { data, error }] of answers.entries()) {
        const traceId = traceIds[index] ?? '';
        if (data !== undefined) byId.set(traceId, data);
        else if (error !== null) failures.set(traceId, error);
      }
      return { byId, failures };
    },
    [traceIds],
  );
  return useQueries({ queries: traceIds.map(profileQuery), combine });
}

function profileQuery(traceId: string) {
  return queryOptions({
    queryKey: ['trace-profile', traceId],
    staleTime: Infinity,
    structuralSharing: false,
    queryFn: async ({ client, signal }): Promise<TraceProfile> => {
      const trace = knownTrace(client, traceId) ?? (await fetchTrace(traceId, signal));
      return doInTurns(profileSteps(traceId, trace.spans), createPageTurn(signal));
    },
  });
}
