import type { NecessaryConditions } from '../../model/traceql/necessary-conditions.ts';
import type { AttributeFilter, SpanCondition, SpanField } from '../../model/search-filter.ts';
import { SPAN_KINDS } from '../../model/span.ts';
import type { AttributeCondition, TraceQuery } from '../../model/trace-query.ts';
import type { SearchCapabilities } from '../../storage/storage.ts';
import { ApiError } from '../api/api-error.ts';
import type { NanoWindow } from './tempo-search.ts';

/**
 * A search of the storage that finds at least every trace which has what is necessary: whatever a
 * backend cannot ask is left to whoever looks at the traces.
 * @throws ApiError for a backend that needs a service, and none is said
 */
export function storageQuery(
  { filters, traceFilters }: NecessaryConditions,
  { endNano, startNano }: NanoWindow,
  capabilities: SearchCapabilities,
): Omit<TraceQuery, 'limit'> {
  const equal = filters.filter(isEquality);
  const service = serviceOf(filters);
  if (service === undefined && !capabilities.withoutService) {
    throw new ApiError(
      400,
      'this storage searches one service at a time: resource.service.name = "…" is required',
    );
  }
  const query = {
    ...(service === undefined ? {} : { serviceName: service }),
    ...operationOf(equal),
    startTimeMinNano: startNano,
    startTimeMaxNano: endNano,
  };
  if (capabilities.filters) {
    return {
      ...query,
      attributes: [],
      ...(filters.length === 0 ? {} : { filters }),
      ...(traceFilters.length === 0 ? {} : { traceFilters }),
    };
  }
  const attributes = equal.filter((one) => !isOfService(one)).flatMap(attributeOf);
  const isDurationAsked = attributes.length === 0 || capabilities.durationWithTags;
  return { ...query, attributes, ...(isDurationAsked ? durationOf(filters) : {}) };
}

/** The service whose spans alone are asked for, where there is one. */
export function serviceOf(filters: readonly SpanCondition[]): string | undefined {
  return filters.filter(isEquality).find(isOfService)?.test.value;
}

interface Equality {
  readonly subject: AttributeFilter['subject'];
  readonly test: { readonly operator: '='; readonly value: string };
}

function isEquality(condition: SpanCondition): condition is Equality {
  return !('anyOf' in condition) && condition.test.operator === '=';
}

function isOfService({ subject }: Equality): boolean {
  return 'key' in subject && subject.place === 'resource' && subject.key === 'service.name';
}

function operationOf(equal: readonly Equality[]): Pick<TraceQuery, 'operationName' | 'spanKind'> {
  const name = valueOfField(equal, 'name');
  const kindText = valueOfField(equal, 'kind');
  const kind = SPAN_KINDS.find((one) => one === kindText);
  return {
    // The empty name stands for none in some backends.
    ...(name === undefined || name === '' ? {} : { operationName: name }),
    ...(kind === undefined ? {} : { spanKind: kind }),
  };
}

function valueOfField(equal: readonly Equality[], field: SpanField): string | undefined {
  return equal.find(({ subject }) => 'field' in subject && subject.field === field)?.test.value;
}

/** Searches by plain attributes look everywhere, and take `error` for the status of the span. */
function attributeOf({ subject, test }: Equality): readonly AttributeCondition[] {
  if (!('key' in subject) || subject.key === 'error') return [];
  return [{ key: subject.key, value: test.value }];
}

function durationOf(
  filters: readonly SpanCondition[],
): Pick<TraceQuery, 'durationMinNano' | 'durationMaxNano'> {
  const limits: { durationMinNano?: number; durationMaxNano?: number } = {};
  for (const one of filters) {
    if ('anyOf' in one || !('field' in one.subject) || one.subject.field !== 'duration') continue;
    const nanos = 'value' in one.test ? Number(one.test.value) : 0;
    // 0 would mean that there is no limit.
    if (!(nanos >= 1)) continue;
    if (/^>?=?$/.test(one.test.operator)) limits.durationMinNano = nanos;
    if (/^<?=?$/.test(one.test.operator)) limits.durationMaxNano = nanos;
  }
  return limits;
}
