import { useQueries, useQuery, type UseQueryResult } from '@tanstack/react-query';
import { type SearchRequest, timeRange } from '../pages/search/search-request.ts';
import { fetchJson } from './fetch-json.ts';
import { jsonObject, type JsonObject, numberField, objectsField, textField } from './json-shape.ts';

/** One trace of a search result, as the list and the plot show it. */
export interface FoundTrace {
  readonly traceId: string;
  readonly rootService: string;
  readonly rootOperation: string;
  /** Microseconds since 1970. */
  readonly startUs: number;
  readonly durationUs: number;
  readonly spanCount: number;
  readonly errorCount: number;
  readonly orphanCount: number;
  readonly services: readonly FoundService[];
}

export interface FoundService {
  readonly name: string;
  readonly spanCount: number;
  readonly errorCount: number;
}

export interface SearchResult {
  readonly traces: readonly FoundTrace[];
  /** Milliseconds since 1970: what "5 minutes ago" counts from. */
  readonly askedAtMs: number;
}

/** Results stay when the trace page is left again; only a new search asks anew. */
export function useTraceSummaries(request: SearchRequest): UseQueryResult<SearchResult> {
  return useQuery(summariesQuery(request));
}

/** The same search once per variant, side by side. */
export function useSearchVariants(
  requests: readonly SearchRequest[],
): readonly UseQueryResult<SearchResult>[] {
  return useQueries({ queries: requests.map(summariesQuery) });
}

function summariesQuery(request: SearchRequest): {
  queryKey: readonly unknown[];
  staleTime: number;
  queryFn: (context: { signal: AbortSignal }) => Promise<SearchResult>;
} {
  return {
    queryKey: ['trace-summaries', request],
    staleTime: Infinity,
    queryFn: async ({ signal }) => {
      const askedAtMs = Date.now();
      const path = `api/v3/trace-summaries?${summaryParameters(request, askedAtMs)}`;
      const body = jsonObject(await fetchJson(path, signal));
      return { askedAtMs, traces: objectsField(body, 'summaries').map(readSummary) };
    },
  };
}

/** The query of api_v3; conditions that are not set are left out. */
export function summaryParameters(request: SearchRequest, nowMs: number): URLSearchParams {
  const range = timeRange(request, nowMs);
  const attributes = Object.fromEntries(request.tags.map(({ key, value }) => [key, value]));
  const parameters = new URLSearchParams({
    'query.startTimeMin': rfc3339(range.startUs),
    'query.startTimeMax': rfc3339(range.endUs),
    'query.searchDepth': String(request.limit),
  });
  const optional = {
    'query.serviceName': request.service,
    'query.operationName': request.operation,
    'query.durationMin': request.minDuration,
    'query.durationMax': request.maxDuration,
    'query.attributes': request.tags.length === 0 ? '' : JSON.stringify(attributes),
  };
  for (const [name, value] of Object.entries(optional)) {
    if (value !== '') parameters.set(name, value);
  }
  return parameters;
}

function readSummary(summary: JsonObject): FoundTrace {
  const startNano = BigInt(textField(summary, 'minStartTimeUnixNano') || 0);
  const endNano = BigInt(textField(summary, 'maxEndTimeUnixNano') || 0);
  return {
    traceId: textField(summary, 'traceId'),
    rootService: textField(summary, 'rootServiceName'),
    rootOperation: textField(summary, 'rootOperationName'),
    startUs: Number(startNano / 1000n),
    durationUs: Number(endNano - startNano) / 1000,
    spanCount: numberField(summary, 'spanCount'),
    errorCount: numberField(summary, 'errorSpanCount'),
    orphanCount: numberField(summary, 'orphanSpanCount'),
    services: objectsField(summary, 'services').map((service) => ({
      name: textField(service, 'name'),
      spanCount: numberField(service, 'spanCount'),
      errorCount: numberField(service, 'errorSpanCount'),
    })),
  };
}

/** Keeps the microseconds that a Date would cut off. */
function rfc3339(us: number): string {
  const fraction = String(us % 1_000_000).padStart(6, '0');
  return new Date(Math.floor(us / 1_000_000) * 1000).toISOString().replace('.000', `.${fraction}`);
}
