import {
  type QueryClient,
  queryOptions,
  useQueries,
  useQuery,
  type UseQueryResult,
} from '@tanstack/react-query';
import { type SearchRequest, timeRange } from '../pages/search/search-request.ts';
import { fetchJson } from './fetch-json.ts';
import { type FoundTrace, foundTraceOfJaeger, foundTraceOfSummary } from './found-trace.ts';
import { jsonObject, objectsField, textField } from './json-shape.ts';

export interface SearchResult {
  readonly traces: readonly FoundTrace[];
  /** Milliseconds since 1970: what "5 minutes ago" counts from. */
  readonly askedAtMs: number;
  /** Where the next, older page begins; '' when there is none or the storage has no pages. */
  readonly nextCursor: string;
}

/** Which part of all that is found is shown. */
export interface PageRange {
  /** Where it begins, as an earlier answer has named it; '' for the newest. */
  readonly cursor: string;
  /** How many pages of the request's limit. */
  readonly pages: number;
}

const NEWEST_STALE_MS = 30_000;

export const FIRST_PAGE: PageRange = { cursor: '', pages: 1 };

/** Results stay when the trace page is left again; only a new search asks anew. */
export function useTraceSummaries(
  request: SearchRequest,
  range: PageRange,
): UseQueryResult<SearchResult> {
  const key = JSON.stringify(request);
  return useQuery({
    ...pagesQuery(request, range),
    // While further pages arrive, those before them stay.
    placeholderData: (before, query) =>
      JSON.stringify(query?.queryKey[1]) === key ? before : undefined,
  });
}

/** Asks for the first page of what is about to be shown. */
export function prefetchTraceSummaries(client: QueryClient, request: SearchRequest): void {
  client.query(pagesQuery(request, FIRST_PAGE)).catch(() => {
    // Who shows it says so.
  });
}

/** The newest traces that match, asked again when the last answer is no longer fresh. */
export function useNewestTraces(
  request: SearchRequest,
  enabled: boolean,
): UseQueryResult<SearchResult> {
  return useQuery({ ...pagesQuery(request, FIRST_PAGE), staleTime: NEWEST_STALE_MS, enabled });
}

/** The first page of each search, side by side. */
export function useSearchVariants(
  requests: readonly SearchRequest[],
): readonly UseQueryResult<SearchResult>[] {
  return useQueries({ queries: requests.map((request) => pagesQuery(request, FIRST_PAGE)) });
}

/** One page after the other: where each begins, the one before tells. All are of the same time. */
function pagesQuery(request: SearchRequest, { cursor, pages }: PageRange) {
  const keyOf = (count: number) => ['trace-summaries', request, { cursor, pages: count }] as const;
  return queryOptions({
    queryKey: keyOf(pages),
    staleTime: Infinity,
    queryFn: async ({ client, signal }): Promise<SearchResult> => {
      const before = client.getQueryData<SearchResult>(keyOf(pages - 1));
      let result = before ?? (await fetchPage(request, cursor, Date.now(), signal));
      const known = before === undefined ? 1 : pages - 1;
      for (let count = known; count < pages && result.nextCursor !== ''; count++) {
        const page = await fetchPage(request, result.nextCursor, result.askedAtMs, signal);
        result = { ...page, traces: [...result.traces, ...page.traces] };
      }
      return result;
    },
  });
}

async function fetchPage(
  request: SearchRequest,
  cursor: string,
  askedAtMs: number,
  signal: AbortSignal,
): Promise<SearchResult> {
  if (request.traceIds.length > 0) return tracesById(request.traceIds, askedAtMs, signal);
  const query = summaryParameters(request, { cursor, nowMs: askedAtMs });
  const body = jsonObject(await fetchJson(`api/v3/trace-summaries?${query}`, signal));
  return {
    askedAtMs,
    traces: objectsField(body, 'summaries').map(foundTraceOfSummary),
    nextCursor: textField(body, 'nextCursor'),
  };
}

/** There are no summaries by id: the traces come whole. The address bounds how many these are. */
async function tracesById(
  traceIds: readonly string[],
  askedAtMs: number,
  signal: AbortSignal,
): Promise<SearchResult> {
  const query = new URLSearchParams(traceIds.map((id) => ['traceID', id]));
  const body = jsonObject(await fetchJson(`api/traces?${query}`, signal));
  const traces = objectsField(body, 'data').map(foundTraceOfJaeger);
  return { askedAtMs, traces, nextCursor: '' };
}

/** The query of api_v3; conditions that are not set are left out. */
export function summaryParameters(
  request: SearchRequest,
  { cursor, nowMs }: { readonly cursor: string; readonly nowMs: number },
): URLSearchParams {
  const range = timeRange(request, nowMs);
  const attributes = Object.fromEntries(request.tags.map(({ key, value }) => [key, value]));
  const parameters = new URLSearchParams({
    'query.startTimeMin': rfc3339(range.startUs),
    'query.startTimeMax': rfc3339(range.endUs),
    'query.searchDepth': String(request.limit),
    // Even an empty one: it asks for the end of this page.
    'query.cursor': cursor,
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
  for (const filter of request.filters) parameters.append('query.filter', filter);
  return parameters;
}

/** Keeps the microseconds that a Date would cut off. */
function rfc3339(us: number): string {
  const fraction = String(us % 1_000_000).padStart(6, '0');
  return new Date(Math.floor(us / 1_000_000) * 1000).toISOString().replace('.000', `.${fraction}`);
}
