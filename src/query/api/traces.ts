import { shortTraceId } from '../../model/trace-id.ts';
import { ApiError } from './endpoint.ts';
import type { ApiDeps, ApiRequest, Endpoint } from './endpoint.ts';
import type { JaegerError } from './jaeger-json.ts';
import { envelopeText } from './json-text.ts';
import { parseSearch, parseWindow, requireTraceId } from './parse-parameters.ts';
import { bounded, parseFlag, readTraces } from './read-traces.ts';
import type { FoundTrace } from './read-traces.ts';
import { renderJaegerTrace } from './render-jaeger-trace.ts';

/** A search, or with `traceID` those traces; missing ones are named in `errors`. */
export const searchTraces: Endpoint = {
  operation: 'find_traces',
  method: 'GET',
  path: /^\/api\/traces$/,
  family: 'jaeger',
  answer: async (request, deps) => {
    const asked = request.parameters.getAll('traceID');
    const raw = parseFlag(request, ['raw']);
    if (asked.length > 0) return tracesById(asked, raw, request, deps);
    const query = parseSearch(request.parameters, request.nowMs, deps.limits);
    const { tenant, signal } = request;
    const chunks = deps.storage.reader.findTraces(tenant, query, signal);
    const found = await readTraces(chunks, { raw, limits: deps.limits, signal });
    return bounded(envelopeText(found.map(render), request.parameters), deps);
  },
};

export const oneTrace: Endpoint = {
  operation: 'get_trace',
  method: 'GET',
  path: /^\/api\/traces\/([^/]*)$/s,
  family: 'jaeger',
  answer: async (request, deps) => {
    const { signal, parameters, tenant } = request;
    const ids = [requireTraceId(request.name)];
    const raw = parseFlag(request, ['raw']);
    const chunks = deps.storage.reader.getTraces(tenant, ids, parseWindow(parameters), signal);
    const found = await readTraces(chunks, { raw, limits: deps.limits, signal });
    if (found.length === 0) throw new ApiError(404, 'trace not found');
    return bounded(envelopeText(found.map(render), parameters), deps);
  },
};

async function tracesById(
  asked: readonly string[],
  raw: boolean,
  { parameters, signal, tenant }: ApiRequest,
  { limits, storage }: ApiDeps,
): Promise<string> {
  const ids = [...new Set(asked.map(requireTraceId))];
  if (ids.length > limits.maxTraces) {
    throw new ApiError(400, `more than ${limits.maxTraces} trace IDs (query.max-traces)`);
  }
  const chunks = storage.reader.getTraces(tenant, ids, parseWindow(parameters), signal);
  const found = await readTraces(chunks, { raw, limits, signal });
  const known = new Set(found.map(({ traceId }) => traceId));
  const errors = ids
    .filter((id) => !known.has(id))
    .map((id): JaegerError => ({ msg: 'trace not found', traceID: shortTraceId(id) }));
  return bounded(envelopeText(found.map(render), parameters, { errors }), { limits });
}

function render({ traceId, spans, warnings }: FoundTrace): ReturnType<typeof renderJaegerTrace> {
  return renderJaegerTrace(traceId, spans, warnings);
}
