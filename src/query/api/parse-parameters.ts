import type { AttributeCondition, TimeWindow, TraceQuery } from '../../model/trace-query.ts';
import type { SearchCapabilities } from '../../storage/storage.ts';
import { ApiError } from './api-error.ts';
import { tooManyTraces } from './limit-error.ts';
import {
  GoTextError,
  readBool,
  readDuration,
  readInteger,
  readStringMap,
  readTraceId,
} from './go-text.ts';
import { parseCursor, parseFilters } from './parse-search-filters.ts';

const LOOKBACK_MS = 48 * 3_600_000;
const DEFAULT_LIMIT = 100;

export interface SearchLimits {
  readonly maxTraces: number;
}

export interface SearchBounds {
  readonly limits: SearchLimits;
  readonly capabilities: SearchCapabilities;
}

export interface JaegerSearch {
  readonly query: TraceQuery;
  /** When there are any, those traces are meant and the query is not. */
  readonly traceIds: readonly string[];
  readonly raw: boolean;
}

/** Beyond Jaeger: `filter`, any number of times, and `cursor`. */
const FILTER = { names: ['filter'], malformed: unableToParse };
const CURSOR = { names: ['cursor'], malformed: unableToParse };

/**
 * The parameters of `GET /api/traces`, judged in Jaeger's order: of several errors, clients see
 * the one they would see there. @throws ApiError
 */
export function parseSearch(
  parameters: URLSearchParams,
  nowMs: number,
  { capabilities, limits }: SearchBounds,
): JaegerSearch {
  const serviceName = parameters.get('service') ?? '';
  const operationName = parameters.get('operation') ?? '';
  const start = parseInteger(parameters, 'start');
  const end = parseInteger(parameters, 'end');
  const attributes = parseTags(parameters);
  const limit = parseLimit(parameters, limits);
  const durationMinNano = parseDuration(parameters, 'minDuration');
  const durationMaxNano = parseDuration(parameters, 'maxDuration');
  const traceIds = parseTraceIds(parameters);
  const raw = parseFlag(parameters, 'raw');
  if (traceIds.length === 0 && serviceName === '' && !capabilities.withoutService) {
    throw missing('service');
  }
  if (durationMinNano !== 0 && durationMaxNano !== 0 && durationMaxNano < durationMinNano) {
    throw new ApiError(400, "'maxDuration' should be greater than 'minDuration'");
  }
  const query: TraceQuery = {
    ...(serviceName === '' ? {} : { serviceName }),
    ...(operationName === '' ? {} : { operationName }),
    startTimeMinNano:
      start === undefined ? BigInt(nowMs - LOOKBACK_MS) * 1_000_000n : start * 1000n,
    startTimeMaxNano: end === undefined ? BigInt(nowMs) * 1_000_000n : end * 1000n,
    ...durationRange(durationMinNano, durationMaxNano),
    attributes,
    ...parseFilters(parameters, FILTER, capabilities),
    ...parseCursor(parameters, CURSOR, capabilities),
    limit,
  };
  return { query, traceIds, raw };
}

/** Optional `start` and `end` in microseconds. @throws ApiError */
export function parseWindow(parameters: URLSearchParams): TimeWindow {
  const start = parseInteger(parameters, 'start');
  const end = parseInteger(parameters, 'end');
  return {
    ...(start === undefined ? {} : { startNano: start * 1000n }),
    ...(end === undefined ? {} : { endNano: end * 1000n }),
  };
}

/** Every `traceID`, in their order. @throws ApiError */
export function parseTraceIds(parameters: URLSearchParams): readonly string[] {
  return parameters
    .getAll('traceID')
    .map((text) => read(text, readTraceId, (why) => `cannot parse traceID param: ${why}`));
}

/** Without repetitions. @throws ApiError for more than one request may ask for */
export function distinctIds(
  ids: readonly string[],
  { maxTraces }: SearchLimits,
): readonly string[] {
  const distinct = [...new Set(ids)];
  if (distinct.length <= maxTraces) return distinct;
  throw tooManyTraces(`more than ${maxTraces} trace IDs`);
}

/** The trace id in a path. @throws ApiError */
export function parsePathTraceId(text: string): string {
  return read(text, readTraceId, (why) => why);
}

/** @throws ApiError */
export function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name) ?? '';
  if (value === '') throw missing(name);
  return value;
}

function missing(name: string): ApiError {
  return new ApiError(400, `parameter '${name}' is required`);
}

/** A 64-bit integer; undefined when absent. @throws ApiError */
export function parseInteger(parameters: URLSearchParams, name: string): bigint | undefined {
  const text = parameters.get(name) ?? '';
  if (text === '') return undefined;
  return read(text, (value) => readInteger(value, 64), unableToParse(name));
}

/** False when absent. @throws ApiError */
export function parseFlag(parameters: URLSearchParams, name: string): boolean {
  const text = parameters.get(name) ?? '';
  return text !== '' && read(text, readBool, unableToParse(name));
}

/** `tag=key:value` and `tags={"key":"value"}`, each any number of times. @throws ApiError */
export function parseTags(parameters: URLSearchParams): readonly AttributeCondition[] {
  const pairs = parameters.getAll('tag').map((text) => {
    const at = text.indexOf(':');
    if (at >= 0) return { key: text.slice(0, at), value: text.slice(at + 1) };
    throw new ApiError(400, `malformed 'tag' parameter, expecting key:value, received: ${text}`);
  });
  const maps = parameters
    .getAll('tags')
    .flatMap((text) =>
      read(
        text,
        readStringMap,
        (why) => `malformed 'tags' parameter, cannot unmarshal JSON: ${why}`,
      ),
    );
  return [...pairs, ...maps];
}

/** Jaeger's words for a parameter of `/api` that has the wrong form. */
export function unableToParse(name: string): (why: string) => string {
  return (why) => `unable to parse param '${name}': ${why}`;
}

/** Reads a text, or answers 400 with what `describe` makes of the reason. @throws ApiError */
export function read<T>(
  text: string,
  reader: (text: string) => T,
  describe: (why: string) => string,
): T {
  try {
    return reader(text);
  } catch (error) {
    if (!(error instanceof GoTextError)) throw error;
    throw new ApiError(400, describe(error.message), { cause: error });
  }
}

/** Zero is no condition, as Jaeger has it, and less than zero is compared as it is. */
export function durationRange(
  minNano: number,
  maxNano: number,
): Pick<TraceQuery, 'durationMinNano' | 'durationMaxNano'> {
  return {
    ...(minNano === 0 ? {} : { durationMinNano: minNano }),
    ...(maxNano === 0 ? {} : { durationMaxNano: maxNano }),
  };
}

function parseDuration(parameters: URLSearchParams, name: string): number {
  const text = parameters.get(name) ?? '';
  return text === '' ? 0 : read(text, readDuration, unableToParse(name));
}

/** Jaeger v1 reads zero and less as no limit: that is the most one request may have. */
function parseLimit(parameters: URLSearchParams, { maxTraces }: SearchLimits): number {
  const text = parameters.get('limit') ?? '';
  if (text === '') return Math.min(DEFAULT_LIMIT, maxTraces);
  const limit = read(
    text,
    (value) => readInteger(value, 32),
    (why) => why,
  );
  return limit <= 0n ? maxTraces : boundedLimit(limit, { maxTraces });
}

/** @throws ApiError for more than one request may have */
export function boundedLimit(limit: bigint, { maxTraces }: SearchLimits): number {
  if (limit <= BigInt(maxTraces)) return Number(limit);
  throw tooManyTraces(`limit ${limit} is above the maximum of ${maxTraces}`);
}
