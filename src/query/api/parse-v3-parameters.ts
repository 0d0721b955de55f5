import type { TimeWindow, TraceQuery } from '../../model/trace-query.ts';
import { ApiError } from './api-error.ts';
import type { ApiDeps } from './endpoint.ts';
import {
  readBool,
  readDuration,
  readInteger,
  readStringMap,
  readTime,
  readTraceId,
} from './go-text.ts';
import { boundedLimit, durationRange, read } from './parse-parameters.ts';
import { isPaged, parseCursor, parseFilters } from './parse-search-filters.ts';

const DEFAULT_DEPTH = 100;

/** Beyond Jaeger; see `parse-search-filters.ts`. */
const FILTER = { names: ['query.filter', 'filter'], malformed };
const CURSOR = { names: ['query.cursor', 'cursor'], malformed };

/** Whether the next page is to be named: a client that does not know of pages may refuse it. */
export function isV3Paged(parameters: URLSearchParams): boolean {
  return isPaged(parameters, CURSOR);
}

/** The trace id in a path. @throws ApiError */
export function parseV3TraceId(text: string): string {
  return read(text, readTraceId, malformed('trace_id'));
}

/**
 * The search of `/api/v3/traces`, in either spelling, judged in the order of Jaeger's gateway.
 * @throws ApiError
 */
export function parseV3Search(
  parameters: URLSearchParams,
  { limits, storage }: ApiDeps,
): TraceQuery {
  const value = (...names: readonly string[]): string => first(parameters, names)[1];
  const attributes = optional(parameters, ['query.attributes'], readStringMap) ?? [];
  const times = parseTimes(parameters);
  const depth =
    optional(parameters, ['query.searchDepth', 'query.search_depth', 'query.num_traces'], (text) =>
      readInteger(text, 64, 'Atoi'),
    ) ?? 0n;
  const minNames = ['query.durationMin', 'query.duration_min'];
  const maxNames = ['query.durationMax', 'query.duration_max'];
  const durations = durationRange(
    optional(parameters, minNames, readDuration) ?? 0,
    optional(parameters, maxNames, readDuration) ?? 0,
  );
  const serviceName = value('query.serviceName', 'query.service_name');
  if (serviceName === '' && !storage.reader.capabilities.withoutService) {
    throw new ApiError(400, 'query.serviceName is required: this storage finds traces by service');
  }
  const operationName = value('query.operationName', 'query.operation_name');
  return {
    ...(serviceName === '' ? {} : { serviceName }),
    ...(operationName === '' ? {} : { operationName }),
    ...times,
    ...durations,
    attributes,
    ...parseFilters(parameters, FILTER, storage.reader.capabilities),
    ...parseCursor(parameters, CURSOR, storage.reader.capabilities),
    limit: depth <= 0n ? Math.min(DEFAULT_DEPTH, limits.maxTraces) : boundedLimit(depth, limits),
  };
}

function parseTimes(
  parameters: URLSearchParams,
): Pick<TraceQuery, 'startTimeMinNano' | 'startTimeMaxNano'> {
  const minNames = ['query.startTimeMin', 'query.start_time_min'];
  const maxNames = ['query.startTimeMax', 'query.start_time_max'];
  const isAbsent = (names: readonly string[]): boolean => first(parameters, names)[1] === '';
  const startTimeMinNano = isAbsent(maxNames)
    ? undefined
    : optional(parameters, minNames, readTime);
  if (startTimeMinNano === undefined) {
    throw new ApiError(400, 'query.startTimeMin and query.startTimeMax are required');
  }
  const startTimeMaxNano = optional(parameters, maxNames, readTime) ?? 0n;
  if (startTimeMinNano >= startTimeMaxNano) {
    throw new ApiError(400, 'query.startTimeMin must be before query.startTimeMax');
  }
  return { startTimeMinNano, startTimeMaxNano };
}

/** Optional RFC 3339 times. @throws ApiError */
export function parseV3Window(parameters: URLSearchParams): TimeWindow {
  const start = optional(parameters, ['startTime', 'start_time'], readTime);
  const end = optional(parameters, ['endTime', 'end_time'], readTime);
  return {
    ...(start === undefined ? {} : { startNano: start }),
    ...(end === undefined ? {} : { endNano: end }),
  };
}

/** False when absent. @throws ApiError */
export function parseV3Flag(parameters: URLSearchParams, names: readonly string[]): boolean {
  return optional(parameters, names, readBool) ?? false;
}

/** The first of the spellings that has a value; an error names the one that was used. */
function optional<T>(
  parameters: URLSearchParams,
  names: readonly string[],
  reader: (text: string) => T,
): T | undefined {
  const [name, text] = first(parameters, names);
  return text === '' ? undefined : read(text, reader, malformed(name));
}

function first(
  parameters: URLSearchParams,
  names: readonly string[],
): readonly [name: string, text: string] {
  for (const name of names) {
    const text = parameters.get(name) ?? '';
    if (text !== '') return [name, text];
  }
  return ['', ''];
}

function malformed(name: string): (why: string) => string {
  return (why) => `malformed parameter ${name}: ${why}`;
}
