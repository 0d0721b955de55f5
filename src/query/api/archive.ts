import { archiveStoredTrace } from '../archive-trace.ts';
import type { Endpoint } from './endpoint.ts';
import { envelopeText } from './json-text.ts';
import { parseFlag, parsePathTraceId, parseWindow } from './parse-parameters.ts';
import { END, PRETTY, RAW, START, TRACE_ID } from './endpoint-doc.ts';

/** Keeps a trace for good; see `archiveStoredTrace`. */
export const archiveTrace: Endpoint = {
  operation: 'archive_trace',
  method: 'POST',
  path: /^\/api\/archive\/([^/]+)$/,
  family: 'jaeger',
  doc: {
    summary: 'Keeps a trace for good.',
    path: '/api/archive/{traceID}',
    answer: 'archived',
    parameters: [TRACE_ID, START, END, RAW, PRETTY],
  },
  answer: async ({ name, nowMs, parameters, signal, tenant }, { storage }) => {
    const traceId = parsePathTraceId(name);
    const window = parseWindow(parameters);
    parseFlag(parameters, 'raw');
    await archiveStoredTrace(storage, { tenant, traceId, window, signal }, nowMs);
    return envelopeText([], parameters, { errors: [] });
  },
};
