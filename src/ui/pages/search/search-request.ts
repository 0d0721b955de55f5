import type { TextAttribute } from '../../../model/timeline-span.ts';
import { parsedJson } from '../../api/json-shape.ts';
import { lookbackSeconds } from '../../config/lookback.ts';
import type { SearchConfig } from '../../config/ui-config.ts';

/** One search, as its URL says it. '' means that a condition is not set. */
export interface SearchRequest {
  readonly service: string;
  readonly operation: string;
  readonly tags: readonly TextAttribute[];
  /** Conditions beyond equal texts, each in a form of the API's `filter`. */
  readonly filters: readonly string[];
  /** `1h`, `2d`, … or `custom` for a range of its own. */
  readonly lookback: string;
  /** Microseconds since 1970. Undefined: the lookback counts from when it is asked. */
  readonly startUs: number | undefined;
  readonly endUs: number | undefined;
  readonly minDuration: string;
  readonly maxDuration: string;
  /** Traces of one page. */
  readonly limit: number;
  /** Traces by their ids instead: all other conditions do not count. */
  readonly traceIds: readonly string[];
  /** What an address has in their place that is no id. */
  readonly badTraceIds?: readonly string[];
  /** Conditions of an address that cannot be read and do not count, as `name=value`. */
  readonly unread?: readonly string[];
}

export const CUSTOM_LOOKBACK = 'custom';
const DEFAULT_LIMIT = 20;
/** Of a range that names no start. */
const CUSTOM_SECONDS = 3_600;
/** What Jaeger keeps its addresses below, for browsers and proxies that cut longer ones. */
export const ADDRESS_LENGTH_MAX = 2_083;

/** A search without conditions. */
export function emptySearch(config: SearchConfig): SearchRequest {
  return {
    service: '',
    operation: '',
    tags: [],
    filters: [],
    lookback: config.defaultLookback,
    startUs: undefined,
    endUs: undefined,
    minDuration: '',
    maxDuration: '',
    limit: Math.min(DEFAULT_LIMIT, config.maxLimit),
    traceIds: [],
  };
}

const CONDITIONS = [
  ...['service', 'operation', 'tags', 'tag', 'filter', 'lookback', 'start', 'limit'],
  ...['traceID', 'span'],
];

/** Undefined for a page that was opened without a search. Values out of range get the default. */
export function readSearchUrl(search: string, config: SearchConfig): SearchRequest | undefined {
  const url = new URLSearchParams(search);
  if (!CONDITIONS.some((name) => url.has(name))) return undefined;
  const empty = emptySearch(config);
  const lookback = url.get('lookback') ?? '';
  const limit = Number(url.get('limit') ?? 0);
  const known = lookback === CUSTOM_LOOKBACK || config.lookbacks.has(lookback);
  return {
    service: url.get('service') ?? '',
    // Jaeger's form says "all" for no condition.
    operation: url.get('operation')?.replace(/^all$/, '') ?? '',
    tags: [...readTags(url.getAll('tags')), ...readColonTags(url.getAll('tag'))],
    filters: url.getAll('filter').filter((filter) => filter.trim() !== ''),
    lookback: known ? lookback : empty.lookback,
    startUs: readTime(url.get('start')),
    endUs: readTime(url.get('end')),
    minDuration: url.get('minDuration') ?? '',
    maxDuration: url.get('maxDuration') ?? '',
    limit: isLimit(limit, config) ? limit : empty.limit,
    ...readTraceIds(url),
    ...unreadOf(url),
  };
}

/** True for a number of traces that may be asked for. */
export function isLimit(limit: number, config: SearchConfig): boolean {
  return Number.isInteger(limit) && limit >= 1 && limit <= config.maxLimit;
}

/** True for traces by their ids, right or wrong: no other condition counts. */
export function asksForIds({ traceIds, badTraceIds = [] }: SearchRequest): boolean {
  return traceIds.length + badTraceIds.length > 0;
}

/** True where a search without a service would be refused. */
export function isServiceMissing(request: SearchRequest, config: SearchConfig): boolean {
  const names = request.service !== '' || asksForIds(request);
  return !names && !config.withoutService;
}

/** The parameters of a search with Jaeger's names, `filter` beside them. */
export function searchParameters(request: SearchRequest): URLSearchParams {
  const { service, operation, tags, lookback, startUs, endUs } = request;
  const url = new URLSearchParams();
  const set = (name: string, value: string): void => {
    if (value !== '') url.set(name, value);
  };
  set('end', endUs === undefined ? '' : String(endUs));
  set('limit', String(request.limit));
  set('lookback', lookback);
  set('maxDuration', request.maxDuration);
  set('minDuration', request.minDuration);
  set('operation', operation);
  set('service', service);
  set('start', startUs === undefined ? '' : String(startUs));
  const pairs = tags.map(({ key, value }) => [key, value] as const);
  set('tags', tags.length === 0 ? '' : JSON.stringify(Object.fromEntries(pairs)));
  for (const filter of request.filters) url.append('filter', filter);
  return url;
}

/** The address of a search, relative to the base path; of its traces as many as there is room for. */
export function searchHref(request: SearchRequest): string {
  let address = `search?${searchParameters(request)}`;
  for (const id of request.traceIds) {
    const longer = `${address}&traceID=${encodeURIComponent(id)}`;
    if (longer.length > ADDRESS_LENGTH_MAX) break;
    address = longer;
  }
  return address;
}

/** Fixes a lookback to the clock, so that the URL shows the same traces again later. */
export function pinRange(request: SearchRequest, nowMs: number): SearchRequest {
  if (request.lookback === CUSTOM_LOOKBACK) return request;
  return { ...request, ...timeRange({ ...request, startUs: undefined, endUs: undefined }, nowMs) };
}

/** What the search covers, in microseconds since 1970. */
export function timeRange(
  request: SearchRequest,
  nowMs: number,
): { readonly startUs: number; readonly endUs: number } {
  const endUs = request.endUs ?? nowMs * 1_000;
  const seconds = lookbackSeconds(request.lookback) ?? CUSTOM_SECONDS;
  return { startUs: request.startUs ?? endUs - seconds * 1_000_000, endUs };
}

/** `a` and `b` of `traceID=a` and of `span=…@b`, each once. */
function readTraceIds(url: URLSearchParams): Pick<SearchRequest, 'traceIds' | 'badTraceIds'> {
  const ofSpans = url.getAll('span').map((span) => span.slice(span.lastIndexOf('@') + 1));
  const ids = [...url.getAll('traceID'), ...ofSpans].map((id) => id.trim().toLowerCase());
  const isId = (id: string): boolean => /^[0-9a-f]{1,32}$/.test(id);
  const bad = [...new Set(ids.filter((id) => id !== '' && !isId(id)))];
  return {
    traceIds: [...new Set(ids.filter(isId))],
    ...(bad.length > 0 && { badTraceIds: bad }),
  };
}

/**
 * Jaeger's `span=<ids>@<trace>`: spans to mark in the traces of a result, their ids as they are
 * looked for in a trace, by trace id.
 */
export function readMarkedSpans(search: string): ReadonlyMap<string, string> {
  const marked = new Map<string, string>();
  for (const span of new URLSearchParams(search).getAll('span')) {
    const at = span.lastIndexOf('@');
    if (at > 0) marked.set(idWithZeros(span.slice(at + 1)), span.slice(0, at));
  }
  return marked;
}

function idWithZeros(id: string): string {
  return id.toLowerCase().padStart(32, '0');
}

/** Of conditions that may be written wrong. */
const READERS = new Map<string, (value: string) => unknown>([
  ['tags', jsonTags],
  ['tag', colonTag],
  ['start', readTime],
  ['end', readTime],
]);

function unreadOf(url: URLSearchParams): Pick<SearchRequest, 'unread'> {
  const isUnread = ([name, value]: readonly [string, string]): boolean => {
    const read = READERS.get(name);
    return value !== '' && read !== undefined && read(value) === undefined;
  };
  const unread = [...url].filter(isUnread).map(([name, value]) => `${name}=${value}`);
  return unread.length > 0 ? { unread } : {};
}

function readTags(values: readonly string[]): TextAttribute[] {
  return values.flatMap((json) => jsonTags(json) ?? []);
}

function jsonTags(json: string): TextAttribute[] | undefined {
  const parsed = parsedJson(json);
  if (typeof parsed !== 'object' || parsed === null) return undefined;
  return Object.entries(parsed).map(([key, value]) => ({ key, value: String(value) }));
}

function readColonTags(values: readonly string[]): TextAttribute[] {
  return values.flatMap((pair) => colonTag(pair) ?? []);
}

function colonTag(pair: string): TextAttribute | undefined {
  const colon = pair.indexOf(':');
  return colon < 1 ? undefined : { key: pair.slice(0, colon), value: pair.slice(colon + 1) };
}

function readTime(value: string | null): number | undefined {
  return value !== null && /^\d{1,16}$/.test(value) ? Number(value) : undefined;
}
