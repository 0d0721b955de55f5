import { shortTraceId } from '../../model/trace-id.ts';
import { rereader, storedTraces } from '../stored-traces.ts';
import { createSizeLimit } from './answer-body.ts';
import { END, RAW, START, TRACE_ID } from './endpoint-doc.ts';
import { ApiError } from './api-error.ts';
import type { AnswerText, ApiDeps, ApiRequest, Endpoint } from './endpoint.ts';
import { jsonText } from './json-text.ts';
import { createPace } from './pace.ts';
import type { Pace } from './pace.ts';
import { parseFlag, parsePathTraceId, parseWindow } from './parse-parameters.ts';
import { isLong, readTraces } from './read-traces.ts';
import type { TraceStream } from './read-traces.ts';
import type { UiTraceEnd, UiTraceHead } from './ui-trace-json.ts';
import { UiSpanWriter } from './ui-trace-spans.ts';

/** The trace of `/api/traces/{id}` in the shape of `ui-trace-json.ts`. No API for others: it may change. */
export const uiTrace: Endpoint = {
  operation: 'get_ui_trace',
  method: 'GET',
  path: /^\/api\/ui\/traces\/([^/]+)$/,
  family: 'jaeger',
  doc: {
    summary: 'One trace by columns, for the UI of this very version: it may change.',
    path: '/api/ui/traces/{traceID}',
    parameters: [TRACE_ID, START, END, RAW],
  },
  type: () => 'application/x-ndjson',
  answer: (request, deps) => {
    const { name, parameters, signal, tenant } = request;
    const ids = [parsePathTraceId(name)];
    const window = parseWindow(parameters);
    const raw = parseFlag(parameters, 'raw');
    const pace = createPace(signal);
    const traces = readTraces(storedTraces(deps.storage, { tenant, ids, window, signal }), {
      ...{ raw, limits: deps.limits, pace },
      reread: rereader(deps.storage, request),
    });
    return linesOf(traces, { request, deps, pace });
  },
};

interface Context {
  readonly request: ApiRequest;
  readonly deps: ApiDeps;
  readonly pace: Pace;
}

async function* linesOf(traces: AsyncIterable<TraceStream>, context: Context): AnswerText {
  for await (const trace of traces) {
    yield* traceLines(trace, context);
    return;
  }
  throw new ApiError(404, 'trace not found');
}

async function* traceLines(trace: TraceStream, { deps, pace, request }: Context): AnswerText {
  const sized = createSizeLimit(deps.limits);
  const writer = new UiSpanWriter();
  let failure: ApiError | undefined;
  let spanCount = 0;
  yield line({ traceID: shortTraceId(trace.traceId) });
  if (isLong(trace)) request.begin();
  try {
    for await (const piece of trace.pieces) {
      for (const bytes of writer.write(piece)) {
        yield sized(bytes);
        spanCount = writer.spanCount;
        await pace();
      }
    }
    const last = writer.finish();
    if (last !== undefined) yield sized(last);
    spanCount = writer.spanCount;
  } catch (error) {
    // As long as nothing is sent, and for what is unknown, the status of the answer can say it.
    if (!(error instanceof ApiError && request.isUnderWay())) throw error;
    failure = error;
  }
  const error = failure === undefined ? null : { code: failure.status, msg: failure.message };
  const warnings = trace.warnings();
  yield line({ spanCount, warnings, error });
}

function line(value: UiTraceHead | UiTraceEnd): string {
  return `${jsonText(value)}\n`;
}
