import { isDurationText } from '../../../model/duration-text.ts';
import { formatLogfmt, parseLogfmt } from '../../../model/logfmt.ts';
import type { SearchConfig } from '../../config/ui-config.ts';
import { searchText } from '../../text/search-text.ts';
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
  /** logfmt */
  readonly tags: string;
  readonly lookback: string;
  /** `2026-11-21T09:30:00` in the browser's time zone. */
  readonly from: string;
  readonly to: string;
  readonly minDuration: string;
  readonly maxDuration: string;
  readonly limit: string;
}

const UNIT_NANOS: Readonly<Record<string, number>> = {
  ns: 1,
  us: 1e3,
  µs: 1e3,
  ms: 1e6,
  s: 1e9,
  m: 60e9,
  h: 3_600e9,
};

/** A sentence for each field that cannot be searched with. */
export type FieldErrors = Partial<Record<keyof SearchFields, string>>;

export type ReadFields =
  | { readonly type: 'request'; readonly request: SearchRequest }
  | { readonly type: 'errors'; readonly errors: FieldErrors };

export function fieldsOf(request: SearchRequest, nowMs: number): SearchFields {
  const { service, operation, tags, lookback, startUs, endUs, minDuration, maxDuration, limit } =
    request;
  const endMs = endUs === undefined ? nowMs : endUs / 1_000;
  return {
    service,
    operation,
    tags: formatLogfmt(tags),
    lookback,
    from: localTime(startUs === undefined ? endMs - 3_600_000 : startUs / 1_000),
    to: localTime(endMs),
    minDuration,
    maxDuration,
    limit: String(limit),
  };
}

export function readFields(fields: SearchFields, config: SearchConfig): ReadFields {
  const tags = parseLogfmt(fields.tags);
  const range = readRange(fields);
  const limit = Number(fields.limit);
  const errors: FieldErrors = {
    ...(isServiceMissing(fields.service, config) && { service: searchText.serviceMissing }),
    ...(tags === undefined && { tags: searchText.tagsInvalid }),
    ...(range === undefined && { to: searchText.rangeInvalid }),
    ...(badDuration(fields.minDuration) && { minDuration: searchText.durationInvalid }),
    ...(durationNanos(fields.minDuration) > durationNanos(fields.maxDuration) && {
      maxDuration: searchText.durationOrder,
    }),
    ...(badDuration(fields.maxDuration) && { maxDuration: searchText.durationInvalid }),
    ...(!isLimit(limit, config) && { limit: searchText.limitInvalid(config.maxLimit) }),
  };
  if (tags === undefined || range === undefined || Object.keys(errors).length > 0) {
    return { type: 'errors', errors };
  }
  const { service, operation, lookback } = fields;
  const minDuration = fields.minDuration.trim();
  const maxDuration = fields.maxDuration.trim();
  return {
    type: 'request',
    request: { service, operation, lookback, tags, limit, minDuration, maxDuration, ...range },
  };
}

/** Undefined when a custom range is not one; a lookback has no times of its own. */
function readRange(fields: SearchFields): Pick<SearchRequest, 'startUs' | 'endUs'> | undefined {
  if (fields.lookback !== CUSTOM_LOOKBACK) return { startUs: undefined, endUs: undefined };
  const startUs = new Date(fields.from).getTime() * 1_000;
  const endUs = new Date(fields.to).getTime() * 1_000;
  return startUs < endUs ? { startUs, endUs } : undefined;
}

function badDuration(typed: string): boolean {
  return typed.trim() !== '' && !isDurationText(typed.trim());
}

/** NaN, which is never more or less, for what is empty or no duration. */
function durationNanos(typed: string): number {
  if (!isDurationText(typed.trim())) return NaN;
  let nanos = 0;
  for (const [, count, unit = ''] of typed.matchAll(/([\d.]+)([a-zµ]+)/g)) {
    nanos += Number(count) * (UNIT_NANOS[unit] ?? NaN);
  }
  return Math.round(nanos);
}

/** As `<input type="datetime-local">` has it: local time, no zone. */
function localTime(ms: number): string {
  const offsetMs = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offsetMs).toISOString().slice(0, 19);
}
