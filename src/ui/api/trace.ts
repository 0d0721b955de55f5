import {
  type QueryClient,
  skipToken,
  useQuery,
  useQueryClient,
  type UseQueryResult,
} from '@tanstack/react-query';
import type { TimelineTrace } from '../../model/timeline-span.ts';
import { fetchJson } from './fetch-json.ts';
import { jsonObject, objectsField } from './json-shape.ts';
import { readJaegerTrace } from './trace-of-jaeger.ts';
import { fetchTraceColumns } from './trace-stream.ts';

/** A large trace should not outlive the look at it for long. */
const KEPT_MS = 60_000;
/** Marks what was never asked for. */
const REMEMBERED = { isRemembered: true };

/** The whole trace. It is kept while it is looked at: only a reload asks anew. */
export function useTrace(traceId: string): UseQueryResult<TimelineTrace> {
  return useQuery({
    queryKey: traceKey(traceId),
    staleTime: Infinity,
    gcTime: KEPT_MS,
    // Comparing a hundred thousand spans with nothing older would be time lost.
    structuralSharing: false,
    queryFn: ({ client, signal }) =>
      fetchTrace(traceId, signal, (count) => client.setQueryData(arrivedKey(traceId), count)),
  });
}

/** How many spans of a trace that is on its way are there: for who waits for the others. */
export function useArrivedSpans(traceId: string): number {
  return useQuery<number>({ queryKey: arrivedKey(traceId), queryFn: skipToken }).data ?? 0;
}

/** For who looks at a trace once and keeps less than the whole of it. */
export async function fetchTrace(
  traceId: string,
  signal: AbortSignal,
  onSpans?: (count: number) => void,
): Promise<TimelineTrace> {
  const trace = await fetchTraceColumns(traceId, signal, onSpans);
  return trace ?? fetchJaegerTrace(traceId, signal);
}

/** Of a query service that is older than this page, and for its words when there is no such trace. */
async function fetchJaegerTrace(traceId: string, signal: AbortSignal): Promise<TimelineTrace> {
  const body = jsonObject(await fetchJson(traceJsonHref(traceId), signal));
  const [trace = {}] = objectsField(body, 'data');
  return readJaegerTrace(trace, signal);
}

/** The trace when it is at hand without asking. */
export function knownTrace(client: QueryClient, traceId: string): TimelineTrace | undefined {
  return client.getQueryData(traceKey(traceId));
}

/** Makes a trace that no storage has, such as an uploaded one, the answer for its id until a reload. */
export function rememberTrace(client: QueryClient, trace: TimelineTrace): void {
  const queryKey = traceKey(trace.traceId);
  client.setQueryDefaults(queryKey, { gcTime: Infinity, meta: REMEMBERED });
  client.setQueryData(queryKey, trace);
}

/** False for a trace that only this page has: the query service cannot be asked for it. */
export function useIsStored(traceId: string): boolean {
  return useQueryClient().getQueryDefaults(traceKey(traceId)).meta !== REMEMBERED;
}

/** Relative to the base path. */
export function traceJsonHref(traceId: string): string {
  return `api/traces/${encodeURIComponent(traceId)}`;
}

function arrivedKey(traceId: string): readonly string[] {
  return ['arrived-spans', traceId];
}

function traceKey(traceId: string): readonly string[] {
  return ['trace', traceId];
}
