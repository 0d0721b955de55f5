import type { TraceSummary } from '../../model/trace-query.ts';
import type { TraceChunk } from '../../storage/storage.ts';
import { resourceSpansJson } from '../../wire/otlp/otlp-json.ts';
import { ApiError } from './endpoint.ts';
import type { ApiDeps, ApiRequest, Endpoint } from './endpoint.ts';
import { jsonText } from './json-text.ts';
import { parseV3Search, parseV3Window, requireTraceId } from './parse-parameters.ts';
import { bounded, parseFlag, readTraces } from './read-traces.ts';
import type { ServiceSummaryJson, TraceSummariesJson, TraceSummaryJson } from './v3-json.ts';

export const v3Trace: Endpoint = {
  operation: 'get_trace',
  method: 'GET',
  path: /^\/api\/v3\/traces\/([^/]*)$/s,
  family: 'v3',
  answer: (request, deps) => {
    const { name, parameters, signal, tenant } = request;
    const ids = [requireTraceId(name)];
    const raw = parseFlag(request, ['rawTraces', 'raw_traces']);
    const chunks = deps.storage.reader.getTraces(tenant, ids, parseV3Window(parameters), signal);
    return tracesData(chunks, raw, request, deps);
  },
};

export const v3SearchTraces: Endpoint = {
  operation: 'find_traces',
  method: 'GET',
  path: /^\/api\/v3\/traces$/,
  family: 'v3',
  answer: (request, deps) => {
    const raw = parseFlag(request, ['query.rawTraces', 'query.raw_traces']);
    const query = parseV3Search(request.parameters, deps.limits);
    const chunks = deps.storage.reader.findTraces(request.tenant, query, request.signal);
    return tracesData(chunks, raw, request, deps);
  },
};

export const v3TraceSummaries: Endpoint = {
  operation: 'find_trace_summaries',
  method: 'GET',
  path: /^\/api\/v3\/trace-summaries$/,
  family: 'v3',
  answer: async ({ parameters, signal, tenant }, { limits, storage }) => {
    const query = parseV3Search(parameters, limits);
    const summaries: TraceSummaryJson[] = [];
    for await (const summary of storage.reader.findSummaries(tenant, query, signal)) {
      signal.throwIfAborted();
      summaries.push(renderSummary(summary));
    }
    const body: TraceSummariesJson = summaries.length === 0 ? {} : { summaries };
    return bounded(jsonText(body), { limits });
  },
};

async function tracesData(
  chunks: AsyncIterable<TraceChunk>,
  raw: boolean,
  { signal }: ApiRequest,
  { limits }: ApiDeps,
): Promise<string> {
  const found = await readTraces(chunks, { raw, limits, signal });
  if (found.length === 0) throw new ApiError(404, 'No traces found');
  const resourceSpans = found.flatMap(({ spans }) => resourceSpansJson(spans));
  return bounded(jsonText({ result: { resourceSpans } }), { limits });
}

function renderSummary(summary: TraceSummary): TraceSummaryJson {
  const services = summary.services.map((service): ServiceSummaryJson => ({
    ...(service.name === '' ? {} : { name: service.name }),
    ...nonZero('spanCount', service.spanCount),
    ...nonZero('errorSpanCount', service.errorSpanCount),
  }));
  return {
    traceId: summary.traceId,
    ...(summary.rootServiceName === '' ? {} : { rootServiceName: summary.rootServiceName }),
    ...(summary.rootOperationName === '' ? {} : { rootOperationName: summary.rootOperationName }),
    ...(summary.minStartTimeNano === 0n
      ? {}
      : { minStartTimeUnixNano: String(summary.minStartTimeNano) }),
    ...(summary.maxEndTimeNano === 0n
      ? {}
      : { maxEndTimeUnixNano: String(summary.maxEndTimeNano) }),
    ...nonZero('spanCount', summary.spanCount),
    ...nonZero('errorSpanCount', summary.errorSpanCount),
    ...nonZero('orphanSpanCount', summary.orphanSpanCount),
    ...(services.length === 0 ? {} : { services }),
  };
}

function nonZero<const K extends string>(key: K, value: number): Partial<Record<K, number>> {
  const fields: Partial<Record<K, number>> = {};
  if (value !== 0) fields[key] = value;
  return fields;
}
