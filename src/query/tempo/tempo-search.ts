import { FilterError, buildFilter } from '../../model/build-filter.ts';
import { parseLogfmt } from '../../model/logfmt.ts';
import { parseTraceql } from '../../model/traceql/parse-traceql.ts';
import { INTRINSICS } from '../../model/traceql/subject-names.ts';
import { TraceqlError } from '../../model/traceql/traceql-query.ts';
import type { Comparison, Stage, TraceqlQuery } from '../../model/traceql/traceql-query.ts';
import type { ComparisonOperator } from '../../model/search-filter.ts';
import { ApiError } from '../api/api-error.ts';
import type { QueryLimits } from '../api/endpoint.ts';
import { tooManyTraces } from '../api/limit-error.ts';

/** What `GET /api/search` asks. */
export interface TempoSearch {
  readonly traceql: TraceqlQuery;
  readonly window: NanoWindow;
  /** Traces. */
  readonly limit: number;
  /** Spans shown of each trace. */
  readonly spansMax: number;
}

/** Inclusive, by the start of a span, in nanoseconds since 1970. */
export interface NanoWindow {
  readonly startNano: bigint;
  readonly endNano: bigint;
}

interface SearchRules {
  readonly limits: Pick<QueryLimits, 'maxTraces'>;
  /** Whether the storage can look for a part of a text. */
  readonly filters: boolean;
}

const DEFAULT_LIMIT = 20;
const DEFAULT_SPANS = 3;
const SPANS_MAX = 1000;
const TIME_MAX = 2n ** 64n - 1n;

/**
 * Reads the parameters of a search: TraceQL, or what Grafana asked before there was TraceQL, or both.
 * @throws ApiError
 */
export function parseTempoSearch(parameters: URLSearchParams, rules: SearchRules): TempoSearch {
  const limit = readCount(parameters, 'limit', DEFAULT_LIMIT);
  if (limit > rules.limits.maxTraces) {
    throw tooManyTraces(`invalid limit: ${limit} is more than ${rules.limits.maxTraces}`);
  }
  const spansMax = readCount(parameters, 'spss', DEFAULT_SPANS);
  const { spanset, stages } = readTraceql(parameters.get('q') ?? '');
  return {
    traceql: { spanset, stages: [...legacyStages(parameters, rules), ...stages] },
    window: readWindow(parameters),
    limit,
    spansMax: Math.min(spansMax, SPANS_MAX),
  };
}

/** @throws ApiError */
export function readTraceql(text: string): TraceqlQuery {
  return withTraceqlErrors(() => parseTraceql(text));
}

/** @throws ApiError for what is wrong with a query */
export function withTraceqlErrors<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof TraceqlError)) throw error;
    throw new ApiError(400, `invalid ${error.message}`, { cause: error });
  }
}

/** Optional `start` and `end` in seconds. @throws ApiError */
export function readWindow(parameters: URLSearchParams): NanoWindow {
  const start = readSeconds(parameters, 'start');
  const end = readSeconds(parameters, 'end');
  if (start !== undefined && end !== undefined && start > end) {
    throw new ApiError(400, 'invalid start: it is after end');
  }
  return { startNano: start ?? 0n, endNano: end ?? TIME_MAX };
}

/** 0 and nothing both mean the default, as in Tempo. @throws ApiError */
export function readCount(parameters: URLSearchParams, name: string, byDefault: number): number {
  const text = parameters.get(name) ?? '';
  if (!/^\d{0,9}$/.test(text)) {
    throw new ApiError(400, `invalid ${name}: ${JSON.stringify(text)} is no number of at least 0`);
  }
  return Number(text) === 0 ? byDefault : Number(text);
}

function readSeconds(parameters: URLSearchParams, name: string): bigint | undefined {
  const text = parameters.get(name) ?? '';
  if (text === '' || text === '0') return undefined;
  if (!/^\d{1,10}$/.test(text)) {
    throw new ApiError(400, `invalid ${name}: ${JSON.stringify(text)} is no time in seconds`);
  }
  return BigInt(text) * 1_000_000_000n;
}

function legacyStages(parameters: URLSearchParams, { filters }: SearchRules): readonly Stage[] {
  const tags = parseLogfmt(parameters.get('tags') ?? '');
  if (tags === undefined) throw new ApiError(400, 'invalid tags: this is no logfmt');
  const comparisons = tags.map(({ key, value }) => tagComparison(key, value, filters));
  for (const [name, operator] of DURATION_PARAMETERS) {
    const text = parameters.get(name) ?? '';
    if (text !== '') comparisons.push(traceDuration(name, operator, text));
  }
  if (comparisons.length === 0) return [];
  return [{ type: 'filter', condition: { type: 'and', parts: comparisons } }];
}

const DURATION_PARAMETERS = [
  ['minDuration', '>='],
  ['maxDuration', '<='],
] as const;

/** Tempo looks for the value as a part of the text, whatever its case. */
function tagComparison(key: string, value: string, canMatch: boolean): Comparison {
  const subject = INTRINSICS.get(key) ?? { place: 'any', key };
  const part = `(?i).*${value.replace(/[\\^$.|?*+()[\]{}]/g, '\\$&')}.*`;
  const test = canMatch
    ? ({ operator: '=~', value: part } as const)
    : ({ operator: '=', value } as const);
  return { type: 'comparison', subject, test, position: 0 };
}

function traceDuration(name: string, operator: ComparisonOperator, text: string): Comparison {
  const subject = { trace: 'duration' } as const;
  try {
    const { test } = buildFilter(subject, operator, [text]);
    return { type: 'comparison', subject, test, position: 0 };
  } catch (error) {
    if (!(error instanceof FilterError)) throw error;
    throw new ApiError(400, `invalid ${name}: ${error.message}`, { cause: error });
  }
}
