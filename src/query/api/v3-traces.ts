import type { TraceSummary } from '../../model/trace-query.ts';
import type { TraceChunk } from '../../storage/storage.ts';
import { resourceSpansText } from '../../wire/otlp/otlp-json.ts';
import { storedTraces } from '../stored-traces.ts';
import { bounded, createAnswerBody } from './answer-body.ts';
import { ApiError } from './endpoint.ts';
import type { AnswerBytes, ApiDeps, ApiRequest, Endpoint } from './endpoint.ts';
import { jsonText } from './json-text.ts';
import { createPace } from './pace.ts';
import {
  parseV3Flag,
  parseV3Search,
  parseV3TraceId,
  parseV3Window,
} from './parse-v3-parameters.ts';
import { readTraces } from './read-traces.ts';
import type { ServiceSummaryJson, TraceSummariesJson, TraceSummaryJson } from './v3-json.ts';

export const v3Trace: Endpoint = {
  operation: 'get_trace',
  method: 'GET',
  path: /^\/api\/v3\/traces\/([^/]+)$/,
  family: 'v3',
  answer: (request, deps) => {
    const { name, parameters, signal, tenant } = request;
    const ids = [parseV3TraceId(name)];
    const window = parseV3Window(parameters);
    const raw = parseV3Flag(parameters, ['rawTraces', 'raw_traces']);
    const chunks = storedTraces(deps.storage, { tenant, ids, window, signal });
    return tracesData(chunks, raw, request, deps);
  },
};

export const v3SearchTraces: Endpoint = {
  operation: 'find_traces',
  method: 'GET',
  path: /^\/api\/v3\/traces$/,
  family: 'v3',
  answer: (request, deps) => {
    const query = parseV3Search(request.parameters, deps);
    const raw = parseV3Flag(request.parameters, ['query.rawTraces', 'query.raw_traces']);
    const chunks = deps.storage.reader.findTraces(request.tenant, query, request.signal);
    return tracesData(chunks, raw, request, deps);
  },
};

export const v3TraceSummaries: Endpoint = {
  operation: 'find_trace_summaries',
  method: 'GET',
  path: /^\/api\/v3\/trace-summaries$/,
  family: 'v3',
  answer: async ({ parameters, signal, tenant }, deps) => {
    const { limits, storage } = deps;
    const query = parseV3Search(parameters, deps);
    parseV3Flag(parameters, ['query.rawTraces', 'query.raw_traces']);
    const pace = createPace(signal);
    const summaries: TraceSummaryJson[] = [];
    for await (const summary of storage.reader.findSummaries(tenant, query, signal)) {
      await pace();
      summaries.push(renderSummary(summary));
    }
    const body: TraceSummariesJson = summaries.length === 0 ? {} : { summaries };
    return bounded(jsonText(body), limits);
  },
};

/** All traces in one list of ResourceSpans, written piece by piece while they are read. */
async function tracesData(
  chunks: AsyncIterable<TraceChunk>,
  raw: boolean,
  { signal }: ApiRequest,
  { limits }: ApiDeps,
): Promise<AnswerBytes> {
  const pace = createPace(signal);
  const body = createAnswerBody(limits);
  let isEmpty = true;
  body.add('{"result":{"resourceSpans":[');
  for await (const { spans } of readTraces(chunks, { raw, limits, pace })) {
    if (!isEmpty) body.add(',');
    isEmpty = false;
    for (const text of resourceSpansText(spans, jsonText)) {
      body.add(text);
      await pace();
    }
  }
  if (isEmpty) throw new ApiError(404, 'No traces found');
  body.add(']}}');
  return body.finish('compact');
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
