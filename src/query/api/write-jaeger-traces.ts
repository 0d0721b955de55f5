import { shortTraceId } from '../../model/trace-id.ts';
import { createSizeLimit, indented } from './answer-body.ts';
import type { SizeLimit } from './answer-body.ts';
import { ApiError } from './endpoint.ts';
import type { AnswerText, ApiRequest, QueryLimits } from './endpoint.ts';
import type { JaegerError, JaegerTrace } from './jaeger-json.ts';
import { isPretty, jsonText } from './json-text.ts';
import type { Pace } from './pace.ts';
import type { TraceStream } from './read-traces.ts';
import { createSpanRenderer } from './render-jaeger-span.ts';

/** Spans that become text without a rest in between. */
const SPANS_A_PIECE = 256;

interface WriteOptions {
  readonly request: ApiRequest;
  readonly limits: Pick<QueryLimits, 'maxResponseSize'>;
  readonly pace: Pace;
  /** Called when all traces are known. @throws ApiError */
  readonly errors?: (traceIds: readonly string[]) => readonly JaegerError[];
  /** Called when all traces are written. */
  readonly nextCursor?: () => string | undefined;
}

/**
 * Jaeger's envelope around traces, written piece by piece while they are read. What goes wrong when
 * a part is sent already is named in the envelope's errors.
 */
export function writeJaegerTraces(
  traces: AsyncIterable<TraceStream>,
  options: WriteOptions,
): AnswerText {
  const text = envelopeOf(traces, options);
  return isPretty(options.request.parameters) ? indented(text, options.limits) : text;
}

async function* envelopeOf(
  traces: AsyncIterable<TraceStream>,
  { errors, limits, nextCursor, pace, request }: WriteOptions,
): AsyncGenerator<string> {
  const sized = createSizeLimit(limits);
  const traceIds: string[] = [];
  let failure: ApiError | undefined;
  try {
    for await (const trace of traces) {
      yield sized(traceIds.length === 0 ? '{"data":[' : ',');
      traceIds.push(trace.traceId);
      yield* traceText(trace, { request, pace, sized });
    }
  } catch (error) {
    failure = failureToTell(error, request);
  }
  const found = failure === undefined ? (errors?.(traceIds) ?? []) : [told(failure)];
  const errorsJson = found.length === 0 ? 'null' : jsonText(found);
  if (traceIds.length === 0) yield '{"data":[';
  const next = failure === undefined ? nextCursor?.() : undefined;
  const nextJson = next === undefined ? '' : `,"nextCursor":${jsonText(next)}`;
  yield `],"total":0,"limit":0,"offset":0,"errors":${errorsJson}${nextJson}}`;
}

/** @throws what cannot be told because it is unknown, or can be told as the status of the answer */
function failureToTell(error: unknown, request: ApiRequest): ApiError {
  if (error instanceof ApiError && request.isUnderWay()) return error;
  throw error;
}

function told({ message, status }: ApiError): JaegerError {
  return { code: status, msg: message };
}

interface TraceContext {
  readonly request: ApiRequest;
  readonly pace: Pace;
  readonly sized: SizeLimit;
}

/** One `JaegerTrace`; its processes are known when its spans are written. */
async function* traceText(
  { pieces, traceId, warnings }: TraceStream,
  { request, pace, sized }: TraceContext,
): AsyncGenerator<string> {
  const renderer = createSpanRenderer();
  const before: Pick<JaegerTrace, 'traceID'> = { traceID: shortTraceId(traceId) };
  let failure: ApiError | undefined;
  let separator = '';
  yield `${jsonText(before).slice(0, -1)},"spans":[`;
  try {
    for await (const spans of pieces) {
      for (let at = 0; at < spans.length; at += SPANS_A_PIECE) {
        const piece = spans.slice(at, at + SPANS_A_PIECE).map((span) => renderer.render(span));
        yield sized(`${separator}${jsonText(piece).slice(1, -1)}`);
        separator = ',';
        await pace();
      }
    }
  } catch (error) {
    failure = failureToTell(error, request);
  }
  const after: Pick<JaegerTrace, 'processes' | 'warnings'> = {
    processes: renderer.processes(),
    warnings: warnings().length === 0 ? null : warnings(),
  };
  yield `],${jsonText(after).slice(1)}`;
  if (failure !== undefined) throw failure;
}
