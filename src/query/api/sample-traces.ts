import type { Span } from '../../model/span.ts';
import type { TraceChunk } from '../../storage/storage.ts';
import { decodeSpans } from '../../wire/otlp/decode-trace.ts';
import { storedTraces } from '../stored-traces.ts';
import type { ApiDeps, ApiRequest } from './endpoint.ts';
import { createPace } from './pace.ts';

interface SampleOptions {
  readonly service: string;
  readonly operation?: string;
  readonly startNano: bigint;
  readonly endNano: bigint;
}

export interface SampledTrace {
  readonly traceId: string;
  readonly spans: readonly Span[];
}

/**
 * The newest traces of a service, unadjusted; of as many as query.analysis-max-traces and
 * query.analysis-max-spans allow. A trace that would go beyond is cut there.
 */
export function sampleTraces(
  request: ApiRequest,
  deps: ApiDeps,
  { endNano, operation, service, startNano }: SampleOptions,
): AsyncGenerator<SampledTrace> {
  const { limits, storage } = deps;
  const query = {
    serviceName: service,
    ...(operation === undefined ? {} : { operationName: operation }),
    attributes: [],
    startTimeMinNano: startNano,
    startTimeMaxNano: endNano,
    limit: Math.min(limits.analysisMaxTraces, limits.maxTraces),
  };
  const { signal, tenant } = request;
  return wholeTraces(storage.reader.findTraces(tenant, query, signal), request, deps);
}

/** Traces by their ids, unadjusted; of as many spans as query.analysis-max-spans allows. */
export function namedTraces(
  request: ApiRequest,
  deps: ApiDeps,
  ids: readonly string[],
): AsyncGenerator<SampledTrace> {
  const { signal, tenant } = request;
  const chunks = storedTraces(deps.storage, { tenant, ids, window: {}, signal });
  return wholeTraces(chunks, request, deps);
}

async function* wholeTraces(
  chunks: AsyncIterable<TraceChunk>,
  { signal }: ApiRequest,
  { limits }: ApiDeps,
): AsyncGenerator<SampledTrace> {
  const pace = createPace(signal);
  let left = limits.analysisMaxSpans;
  let trace: { traceId: string; spans: Span[] } | undefined;
  for await (const { otlp, traceId } of chunks) {
    await pace();
    if (trace !== undefined && trace.traceId !== traceId) {
      yield trace;
      trace = undefined;
    }
    if (left === 0) return;
    const spans = decodeSpans(otlp).slice(0, left);
    left -= spans.length;
    trace ??= { traceId, spans: [] };
    for (const span of spans) trace.spans.push(span);
  }
  if (trace !== undefined) yield trace;
}
