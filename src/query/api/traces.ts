import { shortTraceId } from '../../model/trace-id.ts';
import type { TraceChunk } from '../../storage/storage.ts';
import { rereader, storedTraces } from '../stored-traces.ts';
import { ApiError } from './api-error.ts';
import type { AnswerText, ApiDeps, ApiRequest, Endpoint } from './endpoint.ts';
import type { JaegerError } from './jaeger-json.ts';
import { createPace } from './pace.ts';
import {
  distinctIds,
  parseFlag,
  parsePathTraceId,
  parseSearch,
  parseWindow,
} from './parse-parameters.ts';
import { readTraces } from './read-traces.ts';
import { createPageEnd, seenChunks } from './search-cursor.ts';
import { writeJaegerTraces } from './write-jaeger-traces.ts';
import { END, PRETTY, RAW, START, TRACE_ID } from './endpoint-doc.ts';
import { SEARCH_PARAMETERS } from './search-docs.ts';

/** A search, or with `traceID` those traces; missing ones are named in `errors`. */
export const searchTraces: Endpoint = {
  operation: 'find_traces',
  method: 'GET',
  path: /^\/api\/traces$/,
  fileName: 'traces-jaeger.json',
  family: 'jaeger',
  doc: {
    summary: 'Traces that match, or those with the ids.',
    path: '/api/traces',
    answer: 'traces',
    parameters: SEARCH_PARAMETERS,
  },
  answer: (request, deps) => {
    const { nowMs, parameters, signal, tenant } = request;
    const { reader } = deps.storage;
    const { capabilities } = reader;
    const { query, raw, traceIds } = parseSearch(parameters, nowMs, { ...deps, capabilities });
    if (traceIds.length === 0) {
      const end = createPageEnd(query.limit);
      const found = seenChunks(reader.findTraces(tenant, query, signal), end);
      return answerTraces(found, raw, { request, deps, nextCursor: end.next });
    }
    const ids = distinctIds(traceIds, deps.limits);
    const chunks = storedTraces(deps.storage, {
      ...{ tenant, ids, signal },
      window: parseWindow(parameters),
    });
    return answerTraces(chunks, raw, { request, deps, errors: (found) => missing(ids, found) });
  },
};

export const oneTrace: Endpoint = {
  operation: 'get_trace',
  method: 'GET',
  path: /^\/api\/traces\/([^/]+)$/,
  family: 'jaeger',
  doc: {
    summary: 'One trace.',
    path: '/api/traces/{traceID}',
    answer: 'traces',
    parameters: [TRACE_ID, START, END, RAW, PRETTY],
  },
  answer: (request, deps) => {
    const { name, parameters, signal, tenant } = request;
    const ids = [parsePathTraceId(name)];
    const window = parseWindow(parameters);
    const raw = parseFlag(parameters, 'raw');
    const chunks = storedTraces(deps.storage, { tenant, ids, window, signal });
    const errors = (found: readonly string[]): readonly JaegerError[] => {
      if (found.length === 0) throw new ApiError(404, 'trace not found');
      return [];
    };
    return answerTraces(chunks, raw, { request, deps, errors });
  },
};

interface Context {
  readonly request: ApiRequest;
  readonly deps: ApiDeps;
  readonly errors?: (traceIds: readonly string[]) => readonly JaegerError[];
  readonly nextCursor?: () => string | undefined;
}

function answerTraces(
  chunks: AsyncIterable<TraceChunk>,
  raw: boolean,
  context: Context,
): AnswerText {
  const { request, deps } = context;
  const pace = createPace(request.signal);
  const traces = readTraces(chunks, {
    ...{ raw, limits: deps.limits, pace },
    reread: rereader(deps.storage, request),
  });
  const fields = deps.spanFields();
  return writeJaegerTraces(traces, { ...context, fields, limits: deps.limits, pace });
}

function missing(asked: readonly string[], found: readonly string[]): readonly JaegerError[] {
  const known = new Set(found);
  return asked
    .filter((id) => !known.has(id))
    .map((id) => ({ msg: 'trace not found', traceID: shortTraceId(id) }));
}
