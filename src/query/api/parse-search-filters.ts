import { FilterError } from '../../model/build-filter.ts';
import type { SearchFilters } from '../../model/build-filter.ts';
import { readExpressionJson, readFilterExpression } from '../../model/filter-expression.ts';
import type { FilterCall } from '../../model/filter-expression.ts';
import { readFilterJson } from '../../model/filter-json.ts';
import { parseFilterText } from '../../model/filter-text.ts';
import type { TraceQuery } from '../../model/trace-query.ts';
import type { SearchCapabilities } from '../../storage/storage.ts';
import { PatternError, checkPatterns } from '../../storage/text-pattern.ts';
import { ApiError } from './api-error.ts';
import { readCursor } from './search-cursor.ts';

/** How a family of endpoints names a parameter, and its words for one with the wrong form. */
export interface ParameterNames {
  readonly names: readonly string[];
  readonly malformed: (name: string) => (why: string) => string;
}

/**
 * Conditions of all the filters that are given: each in one of the forms of `readForm`. All of them hold together. @throws ApiError
 */
export function parseFilters(
  parameters: URLSearchParams,
  { malformed, names }: ParameterNames,
  capabilities: SearchCapabilities,
): Pick<TraceQuery, 'filters' | 'traceFilters'> {
  const given = names.flatMap((name) =>
    parameters
      .getAll(name)
      .filter((text) => text.trim() !== '')
      .map((text) => readFilter(text, malformed(name))),
  );
  const filters = given.flatMap((one) => one.filters);
  const traceFilters = given.flatMap((one) => one.traceFilters);
  if (given.length > 0 && !capabilities.filters) {
    throw new ApiError(400, 'filter: this storage does not search by operators');
  }
  return {
    ...(filters.length === 0 ? {} : { filters }),
    ...(traceFilters.length === 0 ? {} : { traceFilters }),
  };
}

function readFilter(text: string, describe: (why: string) => string): SearchFilters {
  try {
    return checked(readForm(text));
  } catch (error) {
    const isWrong =
      error instanceof FilterError || error instanceof PatternError || error instanceof SyntaxError;
    if (!isWrong) throw error;
    const why = error instanceof SyntaxError ? 'this is no JSON' : error.message;
    throw new ApiError(400, describe(why), { cause: error });
  }
}

/** A list of conditions, an expression as Jaeger's own API has it, or the short text form. */
function readForm(text: string): SearchFilters {
  const start = text.trimStart();
  if (start.startsWith('[')) return readFilterJson(JSON.parse(text));
  if (start.startsWith('{')) return readFilterExpression(readExpressionJson(JSON.parse(text)));
  return parseFilterText(text);
}

function checked(filters: SearchFilters): SearchFilters {
  checkPatterns(filters);
  return filters;
}

/** A filter of jaeger.api_v3. @throws ApiError */
export function filtersOfCall(
  call: FilterCall | undefined,
  capabilities: SearchCapabilities,
): Pick<TraceQuery, 'filters' | 'traceFilters'> {
  if (call === undefined) return {};
  if (!capabilities.filters) {
    throw new ApiError(400, 'filter: this storage does not search by operators');
  }
  try {
    return checked(readFilterExpression(call));
  } catch (error) {
    if (!(error instanceof FilterError) && !(error instanceof PatternError)) throw error;
    throw new ApiError(400, `filter: ${error.message}`, { cause: error });
  }
}

/** The end of the page before; nothing when the first page is asked for. @throws ApiError */
export function parseCursor(
  parameters: URLSearchParams,
  { malformed, names }: ParameterNames,
  capabilities: SearchCapabilities,
): Pick<TraceQuery, 'after'> {
  const name = names.find((known) => (parameters.get(known) ?? '') !== '');
  if (name === undefined) return {};
  const after = readCursor(parameters.get(name) ?? '');
  if (after === undefined) {
    throw new ApiError(400, malformed(name)('this is no nextCursor of an earlier answer'));
  }
  if (!capabilities.cursor) {
    throw new ApiError(400, `${name}: this storage does not search page by page`);
  }
  return { after };
}

/** Whether the client goes through pages, if only by asking for the first with an empty cursor. */
export function isPaged(parameters: URLSearchParams, { names }: ParameterNames): boolean {
  return names.some((name) => parameters.has(name));
}
