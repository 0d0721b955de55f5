import { shortTraceId } from '../../model/trace-id.ts';
import { createSizeLimit, indented } from './answer-body.ts';
import type { SizeLimit } from './answer-body.ts';
import { ApiError } from './api-error.ts';
import type { AnswerText, ApiRequest, QueryLimits } from './endpoint.ts';
import type { JaegerError } from './jaeger-json.ts';
import { JsonBytes } from './json-bytes.ts';
import { isPretty, jsonText } from './json-text.ts';
import type { Pace } from './pace.ts';
import { isLong } from './read-traces.ts';
import type { TraceStream } from './read-traces.ts';
import type { StoredSpanFields } from './stored-span-fields.ts';
import { createSpanListWriter } from './write-jaeger-spans.ts';

/** Bytes that become text without a rest in between. */
const PIECE_BYTES = 64 * 1024;

interface WriteOptions {
  readonly request: ApiRequest;
  readonly limits: Pick<QueryLimits, 'maxResponseSize'>;
  readonly pace: Pace;
  /** See `ApiDeps.spanFields`. */
  readonly fields: StoredSpanFields;
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
  const { limits, request } = options;
  if (!isPretty(request.parameters)) return envelopeOf(traces, options);
  // Nothing of it is there before all of it is.
  const whole = { ...request, begin: () => undefined };
  return indented(envelopeOf(traces, { ...options, request: whole }), limits);
}

async function* envelopeOf(
  traces: AsyncIterable<TraceStream>,
  { errors, fields, limits, nextCursor, pace, request }: WriteOptions,
): AsyncGenerator<string | Uint8Array> {
  const sized = createSizeLimit(limits);
  const json = new JsonBytes(4 * PIECE_BYTES);
  const traceIds: string[] = [];
  let failure: ApiError | undefined;
  try {
    for await (const trace of traces) {
      yield sized(traceIds.length === 0 ? '{"data":[' : ',');
      traceIds.push(trace.traceId);
      yield* traceText(trace, { json, fields, request, pace, sized });
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
export function failureToTell(error: unknown, request: ApiRequest): ApiError {
  if (error instanceof ApiError && request.isUnderWay()) return error;
  throw error;
}

function told({ message, status }: ApiError): JaegerError {
  return { code: status, msg: message };
}

interface TraceContext {
  readonly json: JsonBytes;
  readonly fields: StoredSpanFields;
  readonly request: ApiRequest;
  readonly pace: Pace;
  readonly sized: SizeLimit;
}

/** One `JaegerTrace`; its processes are known when its spans are written. */
async function* traceText(
  trace: TraceStream,
  { fields, json, pace, request, sized }: TraceContext,
): AsyncGenerator<string | Uint8Array> {
  const { pieces, traceId, warnings } = trace;
  const writer = createSpanListWriter(json, PIECE_BYTES, fields);
  let failure: ApiError | undefined;
  yield `{"traceID":"${shortTraceId(traceId)}","spans":[`;
  if (isLong(trace)) request.begin();
  try {
    for await (const piece of pieces) {
      for (const bytes of writer.write(piece)) {
        yield sized(bytes);
        await pace();
      }
    }
  } catch (error) {
    failure = failureToTell(error, request);
  }
  const warningsText = warnings().length === 0 ? 'null' : jsonText(warnings());
  yield `],"processes":${writer.processes()},"warnings":${warningsText}}`;
  if (failure !== undefined) throw failure;
}
