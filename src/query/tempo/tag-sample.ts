import type { Attribute, Span } from '../../model/span.ts';
import type { TraceSummary } from '../../model/trace-query.ts';
import { necessaryConditions } from '../../model/traceql/necessary-conditions.ts';
import { attributesOf } from '../../model/traceql/span-values.ts';
import type { TraceqlQuery } from '../../model/traceql/traceql-query.ts';
import { ApiError } from '../api/api-error.ts';
import type { ApiDeps, ApiRequest } from '../api/endpoint.ts';
import { createInspection, findTraceql } from './find-traceql.ts';
import { serviceOf } from './storage-query.ts';
import { readTraceql, readWindow } from './tempo-search.ts';

/** Traces whose attributes stand for those of all. */
const SAMPLE_TRACES = 100;
/** Spans looked at of each of them, and read of all: a list for completion may not cost more. */
const SAMPLE_TRACE_SIZE = 1000;
const SAMPLE_SPANS = 200_000;

/** A span that was found, and the trace it is in. */
export interface SampledSpan {
  readonly span: Span;
  readonly summary: TraceSummary;
}

/**
 * What the parameter `q` asks about spans; undefined when it asks nothing, or is not understood: the
 * editor of a query sends it while it is being written.
 */
export function sampleFilter(parameters: URLSearchParams): TraceqlQuery | undefined {
  let query: TraceqlQuery;
  try {
    query = readTraceql(parameters.get('q') ?? '');
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
  const { filters, traceFilters, traceIds } = necessaryConditions(query);
  const isAsked = filters.length > 0 || traceFilters.length > 0 || traceIds !== undefined;
  return isAsked ? query : undefined;
}

/** Spans of the newest traces, or those that a query finds; none where the storage cannot tell. */
export async function* sampleSpans(
  { parameters, signal, tenant }: ApiRequest,
  { limits, storage }: ApiDeps,
  query: TraceqlQuery | undefined,
): AsyncGenerator<SampledSpan> {
  const { reader } = storage;
  const traceql = query ?? readTraceql('');
  const service = serviceOf(necessaryConditions(traceql).filters);
  if (service === undefined && !reader.capabilities.withoutService) return;
  const search = {
    traceql,
    window: readWindow(parameters),
    limit: SAMPLE_TRACES,
  };
  const options = {
    ...{ reader, tenant, signal, maxTracesRead: 2 * SAMPLE_TRACES },
    limits: {
      maxSpans: Math.min(limits.maxSpans, SAMPLE_SPANS),
      maxTraceSize: Math.min(limits.maxTraceSize, SAMPLE_TRACE_SIZE),
    },
  };
  for await (const { spans, summary } of findTraceql(search, options, createInspection())) {
    for (const span of spans) yield { span, summary };
  }
}

/** Keys of attributes by place; of spans that share a resource, it is looked at once. */
export async function sampledKeys(
  sampled: AsyncIterable<SampledSpan>,
): Promise<Readonly<Record<(typeof SAMPLED_PLACES)[number], ReadonlySet<string>>>> {
  const keys = {
    ...{ resource: new Set<string>(), span: new Set<string>(), scope: new Set<string>() },
    ...{ event: new Set<string>(), link: new Set<string>() },
  };
  const seen = new WeakSet<readonly Attribute[]>();
  for await (const { span } of sampled) {
    for (const place of SAMPLED_PLACES) {
      for (const attributes of attributesOf(place, span)) {
        if (seen.has(attributes)) continue;
        seen.add(attributes);
        for (const { key } of attributes) keys[place].add(key);
      }
    }
  }
  return keys;
}

export const SAMPLED_PLACES = ['resource', 'span', 'scope', 'event', 'link'] as const;
