import type { TraceSummary } from '../../model/trace-query.ts';
import type { TraceChunk } from '../../storage/storage.ts';
import { rereader, storedTraces } from '../stored-traces.ts';
import { bounded, createSizeLimit } from './answer-body.ts';
import { ApiError } from './api-error.ts';
import type { AnswerText, ApiDeps, ApiRequest, Endpoint } from './endpoint.ts';
import { JsonBytes } from './json-bytes.ts';
import { errorText, jsonText } from './json-text.ts';
import { createPace } from './pace.ts';
import {
  isV3Paged,
  parseV3Flag,
  parseV3Search,
  parseV3TraceId,
  parseV3Window,
} from './parse-v3-parameters.ts';
import { isLong, readTraces } from './read-traces.ts';
import { createPageEnd, seenChunks } from './search-cursor.ts';
import type { PageEnd } from './search-cursor.ts';
import type { ServiceSummaryJson, TraceSummariesJson, TraceSummaryJson } from './v3-json.ts';
import { parameter, TRACE_ID } from './endpoint-doc.ts';
import { failureToTell } from './write-jaeger-traces.ts';
import { OtlpListWriter } from './write-otlp-spans.ts';
import { DOWNLOAD, V3_SEARCH_PARAMETERS, V3_WINDOW } from './search-docs.ts';

/** Bytes that become text without a rest in between. */
const PIECE_BYTES = 64 * 1024;
const NOTHING: Uint8Array = new Uint8Array(0);

export const v3Trace: Endpoint = {
  operation: 'get_trace',
  method: 'GET',
  path: /^\/api\/v3\/traces\/([^/]+)$/,
  family: 'v3',
  doc: {
    summary: 'One trace.',
    path: '/api/v3/traces/{traceID}',
    answer: 'v3Traces',
    parameters: [
      TRACE_ID,
      ...V3_WINDOW,
      parameter('rawTraces', 'Whether to show the trace as it is stored.', { type: 'boolean' }),
    ],
  },
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
  fileName: 'traces-otlp.json',
  family: 'v3',
  doc: {
    summary: 'Traces that match.',
    path: '/api/v3/traces',
    answer: 'v3Traces',
    parameters: [...V3_SEARCH_PARAMETERS, DOWNLOAD],
  },
  answer: (request, deps) => {
    const query = parseV3Search(request.parameters, deps);
    const raw = parseV3Flag(request.parameters, ['query.rawTraces', 'query.raw_traces']);
    const chunks = deps.storage.reader.findTraces(request.tenant, query, request.signal);
    if (!isV3Paged(request.parameters)) return tracesData(chunks, raw, request, deps);
    const end = createPageEnd(query.limit);
    return tracesData(seenChunks(chunks, end), raw, request, { ...deps, nextCursor: end.next });
  },
};

export const v3TraceSummaries: Endpoint = {
  operation: 'find_trace_summaries',
  method: 'GET',
  path: /^\/api\/v3\/trace-summaries$/,
  family: 'v3',
  doc: {
    summary: 'Summaries of traces that match.',
    path: '/api/v3/trace-summaries',
    answer: 'v3Summaries',
    parameters: V3_SEARCH_PARAMETERS,
  },
  answer: async ({ parameters, signal, tenant }, deps) => {
    const { limits, storage } = deps;
    const query = parseV3Search(parameters, deps);
    parseV3Flag(parameters, ['query.rawTraces', 'query.raw_traces']);
    const pace = createPace(signal);
    const end = createPageEnd(query.limit);
    const summaries: TraceSummaryJson[] = [];
    for await (const summary of storage.reader.findSummaries(tenant, query, signal)) {
      await pace();
      end.see(summary);
      summaries.push(renderSummary(summary));
    }
    const nextCursor = isV3Paged(parameters) ? end.next() : undefined;
    const body: TraceSummariesJson = {
      ...(summaries.length === 0 ? {} : { summaries }),
      ...(nextCursor === undefined ? {} : { nextCursor }),
    };
    return bounded(jsonText(body), limits);
  },
};

/**
 * All traces in one list of ResourceSpans, written piece by piece while they are read. What goes
 * wrong when a part is sent already stands behind it, as Jaeger's gateway would put it.
 */
async function* tracesData(
  chunks: AsyncIterable<TraceChunk>,
  raw: boolean,
  request: ApiRequest,
  { limits, nextCursor, storage }: ApiDeps & { readonly nextCursor?: PageEnd['next'] },
): AnswerText {
  const pace = createPace(request.signal);
  const sized = createSizeLimit(limits);
  const reread = rereader(storage, request);
  const writer = new OtlpListWriter(new JsonBytes(4 * PIECE_BYTES), PIECE_BYTES);
  let head = '{"result":{"resourceSpans":[';
  let unsent = NOTHING;
  let failure: ApiError | undefined;
  try {
    for await (const trace of readTraces(chunks, { raw, limits, pace, reread })) {
      if (isLong(trace)) {
        yield head;
        head = '';
        request.begin();
      }
      for await (const piece of trace.pieces) {
        if (head !== '') yield head;
        head = '';
        for (const bytes of writer.write(piece)) {
          unsent = bytes;
          yield sized(bytes);
          unsent = NOTHING;
          await pace();
        }
      }
    }
  } catch (error) {
    failure = failureToTell(error, request);
    yield unsent;
    yield writer.cut();
  }
  if (head !== '') {
    // A page behind the last trace is empty, and nothing is missing.
    if (failure !== undefined || nextCursor === undefined) {
      throw failure ?? new ApiError(404, 'No traces found');
    }
    yield head;
  }
  yield ']}';
  const next = failure === undefined ? nextCursor?.() : undefined;
  if (next !== undefined) yield `,"nextCursor":${jsonText(next)}`;
  if (failure !== undefined) yield `,${errorText('v3', failure).trim().slice(1, -1)}`;
  yield '}';
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
