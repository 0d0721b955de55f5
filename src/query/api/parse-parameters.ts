import type { AttributeCondition, TimeWindow, TraceQuery } from '../../model/trace-query.ts';
import { parseTraceId } from '../../model/trace-id.ts';
import { parseGoDuration } from '../../runtime/go-duration.ts';
import { isJsonObject } from '../../runtime/json-object.ts';
import { ApiError } from './endpoint.ts';

const LOOKBACK_MS = 48 * 3_600_000;
const DEFAULT_LIMIT = 100;
const INT64_MAX = 2n ** 63n - 1n;

interface SearchLimits {
  readonly maxTraces: number;
}

/** The search of `GET /api/traces`. @throws ApiError */
export function parseSearch(
  parameters: URLSearchParams,
  nowMs: number,
  limits: SearchLimits,
): TraceQuery {
  const serviceName = required(parameters, 'service');
  const operationName = parameters.get('operation') ?? '';
  const start = parseInteger(parameters, 'start');
  const end = parseInteger(parameters, 'end');
  const durations = parseDurations(parameters, 'minDuration', 'maxDuration');
  const limit = parseInteger(parameters, 'limit');
  return {
    serviceName,
    ...(operationName === '' ? {} : { operationName }),
    startTimeMinNano:
      start === undefined ? BigInt(nowMs - LOOKBACK_MS) * 1_000_000n : start * 1000n,
    startTimeMaxNano: end === undefined ? BigInt(nowMs) * 1_000_000n : end * 1000n,
    ...durations,
    attributes: parseTags(parameters),
    limit: boundedLimit(limit, limits),
  };
}

/** The search of `/api/v3/traces`, in either spelling. @throws ApiError */
export function parseV3Search(parameters: URLSearchParams, limits: SearchLimits): TraceQuery {
  const text = (camel: string, ...others: readonly string[]): string =>
    [camel, ...others].map((name) => parameters.get(`query.${name}`) ?? '').find(Boolean) ?? '';
  const from = text('startTimeMin', 'start_time_min');
  const to = text('startTimeMax', 'start_time_max');
  if (from === '' || to === '') {
    throw new ApiError(400, 'query.startTimeMin and query.startTimeMax are required');
  }
  const startTimeMinNano = parseTime(from, 'query.startTimeMin');
  const startTimeMaxNano = parseTime(to, 'query.startTimeMax');
  if (startTimeMinNano >= startTimeMaxNano) {
    throw new ApiError(400, 'query.startTimeMin must be before query.startTimeMax');
  }
  const depth = text('searchDepth', 'search_depth', 'num_traces');
  const durations = new URLSearchParams({
    'query.durationMin': text('durationMin', 'duration_min'),
    'query.durationMax': text('durationMax', 'duration_max'),
  });
  const serviceName = text('serviceName', 'service_name');
  const operationName = text('operationName', 'operation_name');
  const limit = parseInteger(
    new URLSearchParams({ 'query.searchDepth': depth }),
    'query.searchDepth',
  );
  return {
    ...(serviceName === '' ? {} : { serviceName }),
    ...(operationName === '' ? {} : { operationName }),
    startTimeMinNano,
    startTimeMaxNano,
    ...parseDurations(durations, 'query.durationMin', 'query.durationMax'),
    attributes: parseTagsJson(text('attributes'), 'query.attributes'),
    limit: boundedLimit(limit === undefined || limit <= 0n ? BigInt(DEFAULT_LIMIT) : limit, limits),
  };
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

/** Optional RFC 3339 times of api_v3. @throws ApiError */
export function parseV3Window(parameters: URLSearchParams): TimeWindow {
  const start = parameters.get('startTime') ?? parameters.get('start_time') ?? '';
  const end = parameters.get('endTime') ?? parameters.get('end_time') ?? '';
  return {
    ...(start === '' ? {} : { startNano: parseTime(start, 'startTime') }),
    ...(end === '' ? {} : { endNano: parseTime(end, 'endTime') }),
  };
}

/** @throws ApiError */
export function requireTraceId(text: string): string {
  const traceId = parseTraceId(text);
  if (traceId !== undefined) return traceId;
  throw new ApiError(
    400,
    `malformed trace ID ${JSON.stringify(text)}: want 1 to 32 hex digits, not all zero`,
  );
}

/** @throws ApiError */
export function required(parameters: URLSearchParams, name: string): string {
  const value = parameters.get(name) ?? '';
  if (value === '') throw new ApiError(400, `parameter '${name}' is required`);
  return value;
}

/** A 64-bit integer; undefined when absent. @throws ApiError */
export function parseInteger(parameters: URLSearchParams, name: string): bigint | undefined {
  const text = parameters.get(name) ?? '';
  if (text === '') return undefined;
  const why = /^[+-]?\d+$/.test(text) ? 'value out of range' : 'invalid syntax';
  const value =
    why === 'invalid syntax' || text.length > 20 ? undefined : BigInt(text.replace('+', ''));
  if (value !== undefined && value <= INT64_MAX && value >= -INT64_MAX) return value;
  throw new ApiError(
    400,
    `unable to parse param '${name}': strconv.ParseInt: parsing ${JSON.stringify(text)}: ${why}`,
  );
}

const RFC3339 = /^(\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?([Zz]|[+ -]\d{2}:\d{2})$/;

/** Nanoseconds of an RFC 3339 time. A `+` that was not escaped arrives as a space. */
function parseTime(text: string, name: string): bigint {
  const [, seconds = '', fraction = '', zone = ''] = RFC3339.exec(text) ?? [];
  const ms = Date.parse(`${seconds}${zone.replace(' ', '+')}`.toUpperCase());
  if (Number.isNaN(ms)) {
    throw new ApiError(400, `malformed parameter ${name}: ${JSON.stringify(text)} is not RFC 3339`);
  }
  return BigInt(ms) * 1_000_000n + BigInt(fraction.padEnd(9, '0'));
}

function parseDurations(
  parameters: URLSearchParams,
  minName: string,
  maxName: string,
): Pick<TraceQuery, 'durationMinNano' | 'durationMaxNano'> {
  const min = parseDuration(parameters, minName);
  const max = parseDuration(parameters, maxName);
  if (min !== undefined && max !== undefined && max < min) {
    throw new ApiError(400, `'${maxName}' should be greater than '${minName}'`);
  }
  return {
    ...(min === undefined ? {} : { durationMinNano: min }),
    ...(max === undefined || max === 0 ? {} : { durationMaxNano: max }),
  };
}

function parseDuration(parameters: URLSearchParams, name: string): number | undefined {
  const text = parameters.get(name) ?? '';
  if (text === '') return undefined;
  const nanos = parseGoDuration(text);
  if (nanos !== undefined && nanos >= 0) return nanos;
  throw new ApiError(
    400,
    `unable to parse param '${name}': time: invalid duration ${JSON.stringify(text)}`,
  );
}

function parseTags(parameters: URLSearchParams): readonly AttributeCondition[] {
  const pairs = parameters.getAll('tag').map((text) => {
    const at = text.indexOf(':');
    if (at >= 0) return { key: text.slice(0, at), value: text.slice(at + 1) };
    throw new ApiError(400, `malformed 'tag' parameter, expecting key:value, received: ${text}`);
  });
  return [...pairs, ...parameters.getAll('tags').flatMap((text) => parseTagsJson(text, 'tags'))];
}

function parseTagsJson(text: string, name: string): readonly AttributeCondition[] {
  if (text === '') return [];
  let tags: unknown;
  try {
    tags = JSON.parse(text);
  } catch (error) {
    throw new ApiError(400, `malformed '${name}' parameter, cannot unmarshal JSON`, {
      cause: error,
    });
  }
  if (!isJsonObject(tags)) {
    throw new ApiError(400, `malformed '${name}' parameter, cannot unmarshal JSON: want an object`);
  }
  return Object.entries(tags).map(([key, value]) => {
    if (typeof value === 'string') return { key, value };
    throw new ApiError(
      400,
      `malformed '${name}' parameter, cannot unmarshal JSON: the value of ${key} is not a string`,
    );
  });
}

/** Jaeger v1 reads zero and less as no limit: that is the most one request may have. */
function boundedLimit(limit: bigint | undefined, { maxTraces }: SearchLimits): number {
  if (limit === undefined) return Math.min(DEFAULT_LIMIT, maxTraces);
  if (limit <= 0n) return maxTraces;
  if (limit <= BigInt(maxTraces)) return Number(limit);
  throw new ApiError(400, `limit ${limit} is above the maximum of ${maxTraces} (query.max-traces)`);
}
