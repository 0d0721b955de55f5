import type { TextAttribute } from '../../../model/timeline-span.ts';
import { lookbackSeconds } from '../../config/lookback.ts';
import type { SearchConfig } from '../../config/ui-config.ts';

/** One search, as its URL says it. '' means that a condition is not set. */
export interface SearchRequest {
  readonly service: string;
  readonly operation: string;
  readonly tags: readonly TextAttribute[];
  /** `1h`, `2d`, … or `custom` for a range of its own. */
  readonly lookback: string;
  /** Microseconds since 1970. Undefined: the lookback counts from when it is asked. */
  readonly startUs: number | undefined;
  readonly endUs: number | undefined;
  readonly minDuration: string;
  readonly maxDuration: string;
  readonly limit: number;
}

export const CUSTOM_LOOKBACK = 'custom';
const DEFAULT_LIMIT = 20;
/** Of a range that names no start. */
const CUSTOM_SECONDS = 3_600;

/** A search without conditions. */
export function emptySearch(config: SearchConfig): SearchRequest {
  return {
    service: '',
    operation: '',
    tags: [],
    lookback: config.defaultLookback,
    startUs: undefined,
    endUs: undefined,
    minDuration: '',
    maxDuration: '',
    limit: Math.min(DEFAULT_LIMIT, config.maxLimit),
  };
}

const CONDITIONS = ['service', 'operation', 'tags', 'tag', 'lookback', 'start', 'limit'];

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
    lookback: known ? lookback : empty.lookback,
    startUs: readTime(url.get('start')),
    endUs: readTime(url.get('end')),
    minDuration: url.get('minDuration') ?? '',
    maxDuration: url.get('maxDuration') ?? '',
    limit: isLimit(limit, config) ? limit : empty.limit,
  };
}

/** True for a number of traces that may be asked for. */
export function isLimit(limit: number, config: SearchConfig): boolean {
  return Number.isInteger(limit) && limit >= 1 && limit <= config.maxLimit;
}

/** True where a search without a service would be refused. */
export function isServiceMissing(service: string, config: SearchConfig): boolean {
  return service === '' && !config.withoutService;
}

/** The address of a search, relative to the base path, with Jaeger's parameter names. */
export function searchHref(request: SearchRequest): string {
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
  return `search?${url}`;
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

/** A search with one condition less, and that condition in words. */
export interface LoosenedSearch {
  readonly without: string;
  readonly request: SearchRequest;
}

/** All the ways to leave one condition out; the service and the time range stay. */
export function loosened(request: SearchRequest): readonly LoosenedSearch[] {
  const { operation, tags, minDuration, maxDuration } = request;
  const variants: LoosenedSearch[] = tags.map((tag) => ({
    without: `${tag.key}=${tag.value}`,
    request: { ...request, tags: tags.filter((other) => other !== tag) },
  }));
  const leaveOut = (without: string, changed: Partial<SearchRequest>): void => {
    variants.push({ without, request: { ...request, ...changed } });
  };
  if (operation !== '') leaveOut(operation, { operation: '' });
  if (minDuration !== '') leaveOut(`≥ ${minDuration}`, { minDuration: '' });
  if (maxDuration !== '') leaveOut(`≤ ${maxDuration}`, { maxDuration: '' });
  return variants;
}

function readTags(values: readonly string[]): TextAttribute[] {
  return values.flatMap((json) => {
    const parsed = parseJson(json);
    if (typeof parsed !== 'object' || parsed === null) return [];
    return Object.entries(parsed).map(([key, value]) => ({ key, value: String(value) }));
  });
}

function readColonTags(values: readonly string[]): TextAttribute[] {
  return values.flatMap((pair) => {
    const colon = pair.indexOf(':');
    return colon < 1 ? [] : [{ key: pair.slice(0, colon), value: pair.slice(colon + 1) }];
  });
}

/** A URL may be cut or edited by hand: what is not JSON is no condition. */
function parseJson(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}

function readTime(value: string | null): number | undefined {
  return value !== null && /^\d{1,16}$/.test(value) ? Number(value) : undefined;
}
