import { durationNanos, isDurationText } from '../../../model/duration-text.ts';
import {
  formatSearchLine,
  parseSearchLine,
  type SearchLine,
  SearchLineError,
} from '../../../model/search-line.ts';
import type { SearchConfig } from '../../config/ui-config.ts';
import { searchText } from '../../text/search-text.ts';
import { fieldTime, timeOfField } from '../../time-text.ts';
import {
  CUSTOM_LOOKBACK,
  isLimit,
  isServiceMissing,
  type SearchRequest,
} from './search-request.ts';

/** What stands in the form's fields, right or wrong, as it was typed. */
export interface SearchFields {
  readonly service: string;
  readonly operation: string;
  /** Conditions as a line: logfmt, and the operators beyond it. */
  readonly tags: string;
  readonly lookback: string;
  /** `2026-11-21T09:30:00` in the reader's time zone. */
  readonly from: string;
  readonly to: string;
  readonly minDuration: string;
  readonly maxDuration: string;
  readonly limit: string;
}

/** A sentence for each field that cannot be searched with. */
export type FieldErrors = Partial<Record<keyof SearchFields, string>>;

export type ReadFields =
  | { readonly type: 'request'; readonly request: SearchRequest }
  | { readonly type: 'errors'; readonly errors: FieldErrors };

const SECOND_US = 1_000_000;
const HOUR_US = 3_600 * SECOND_US;

export function fieldsOf(request: SearchRequest, nowMs: number): SearchFields {
  const { service, operation, tags, filters, lookback, startUs, endUs } = request;
  const toUs = endUs ?? nowMs * 1_000;
  return {
    service,
    operation,
    tags: formatSearchLine({ tags, filters }),
    lookback,
    from: fieldTime(startUs ?? toUs - HOUR_US),
    // The fields have whole seconds: the last one counts as a whole.
    to: fieldTime(Math.ceil(toUs / SECOND_US) * SECOND_US),
    minDuration: request.minDuration,
    maxDuration: request.maxDuration,
    limit: String(request.limit),
  };
}

export function readFields(fields: SearchFields, config: SearchConfig): ReadFields {
  const line = readLine(fields.tags, config);
  const range = readRange(fields);
  const request: SearchRequest = {
    ...combine(fields, typeof line === 'string' ? EMPTY_LINE : line),
    lookback: fields.lookback,
    startUs: range?.startUs,
    endUs: range?.endUs,
    limit: Number(fields.limit),
    traceIds: [],
  };
  const errors: FieldErrors = {
    ...errorsOf(request, config),
    ...(typeof line === 'string' && { tags: line }),
    ...(range === undefined && { to: searchText.rangeInvalid }),
  };
  if (Object.keys(errors).length > 0) return { type: 'errors', errors };
  return { type: 'request', request };
}

export type ReadLine =
  | { readonly type: 'request'; readonly request: SearchRequest }
  | { readonly type: 'mistake'; readonly message: string };

/**
 * The search of one line, in the time range of `base`. A word alone names a service; one that is none
 * is a mistake, because it could mean anything.
 */
export function readSearchLine(
  typed: string,
  base: SearchRequest,
  { services, config }: { readonly services: readonly string[]; readonly config: SearchConfig },
): ReadLine {
  const line = readLine(typed, config);
  if (typeof line === 'string') return { type: 'mistake', message: line };
  const named = line.words.find((word) => services.includes(word));
  const unknown = line.words.find((word) => word !== named);
  if (unknown !== undefined) return { type: 'mistake', message: searchText.boxWords(unknown) };
  const { operation, tags, filters, minDuration, maxDuration } = line;
  const request: SearchRequest = {
    ...base,
    ...{ operation, tags, filters, minDuration, maxDuration },
    service: line.service || (named ?? ''),
    traceIds: [],
  };
  const [message] = Object.values(errorsOf(request, config));
  return message === undefined ? { type: 'request', request } : { type: 'mistake', message };
}

/** What is wrong with a search, by the field in which it stands. */
/** Whether the form has something to say about an address. */
export function hasMistakes(request: SearchRequest, config: SearchConfig): boolean {
  return Object.keys(errorsOf(request, config)).length > 0;
}

function errorsOf(request: SearchRequest, config: SearchConfig): FieldErrors {
  const { minDuration, maxDuration, limit } = request;
  return {
    ...(isServiceMissing(request, config) && { service: searchText.serviceMissing }),
    ...(badDuration(minDuration) && { minDuration: searchText.durationInvalid }),
    ...(durationNanos(minDuration) > durationNanos(maxDuration) && {
      maxDuration: searchText.durationOrder,
    }),
    ...(badDuration(maxDuration) && { maxDuration: searchText.durationInvalid }),
    ...(!isLimit(limit, config) && { limit: searchText.limitInvalid(config.maxLimit) }),
  };
}

const EMPTY_LINE = parseSearchLine('');

type Conditions = Pick<
  SearchRequest,
  'service' | 'operation' | 'tags' | 'filters' | 'minDuration' | 'maxDuration'
>;

/** A line may also name what has a field of its own; then the line counts. */
function combine(fields: SearchFields, line: SearchLine): Conditions {
  return {
    service: line.service || fields.service,
    operation: line.operation || fields.operation,
    // A key alone is true, as logfmt has it.
    tags: [...line.tags, ...line.words.map((key) => ({ key, value: 'true' }))],
    filters: line.filters,
    minDuration: line.minDuration || fields.minDuration.trim(),
    maxDuration: line.maxDuration || fields.maxDuration.trim(),
  };
}

/** What is wrong with the line, in a sentence, or the line. */
function readLine(typed: string, config: SearchConfig): SearchLine | string {
  try {
    const line = parseSearchLine(typed);
    return line.filters.length > 0 && !config.filters ? searchText.filtersUnsupported : line;
  } catch (error) {
    if (!(error instanceof SearchLineError)) throw error;
    return searchText.tagsInvalid(error.message);
  }
}

/** Undefined when a custom range is not one; a lookback has no times of its own. */
function readRange(fields: SearchFields): Pick<SearchRequest, 'startUs' | 'endUs'> | undefined {
  if (fields.lookback !== CUSTOM_LOOKBACK) return { startUs: undefined, endUs: undefined };
  const startUs = timeOfField(fields.from);
  const endUs = timeOfField(fields.to);
  return startUs < endUs ? { startUs, endUs } : undefined;
}

function badDuration(typed: string): boolean {
  return typed !== '' && !isDurationText(typed);
}
