import type { Trace } from '../../model/span.ts';
import { shortTraceId } from '../../model/trace-id.ts';
import { createAnswerBody } from './answer-body.ts';
import type { AnswerBody } from './answer-body.ts';
import type { AnswerBytes, ApiRequest, QueryLimits } from './endpoint.ts';
import type { JaegerError, JaegerTrace } from './jaeger-json.ts';
import { isPretty, jsonText } from './json-text.ts';
import type { Pace } from './pace.ts';
import { createSpanRenderer } from './render-jaeger-span.ts';

/** Spans that become text without a rest in between. */
const SPANS_A_PIECE = 256;

interface WriteOptions {
  readonly request: ApiRequest;
  readonly limits: QueryLimits;
  readonly pace: Pace;
  /** Called when all traces are known. @throws ApiError */
  readonly errors?: (traceIds: readonly string[]) => readonly JaegerError[];
}

/** Jaeger's envelope around traces, written piece by piece while they are read. */
export async function writeJaegerTraces(
  traces: AsyncIterable<Trace> | Iterable<Trace>,
  { errors, limits, pace, request }: WriteOptions,
): Promise<AnswerBytes> {
  const body = createAnswerBody(limits);
  const traceIds: string[] = [];
  body.add('{"data":[');
  for await (const trace of traces) {
    if (traceIds.length > 0) body.add(',');
    traceIds.push(trace.traceId);
    await writeTrace(trace, body, pace);
  }
  const found = errors?.(traceIds) ?? [];
  const errorsJson = found.length === 0 ? 'null' : jsonText(found);
  body.add(`],"total":0,"limit":0,"offset":0,"errors":${errorsJson}}`);
  return body.finish(isPretty(request.parameters) ? 'pretty' : 'compact');
}

/** One `JaegerTrace`; its processes are known when its spans are written. */
async function writeTrace(
  { spans, traceId, warnings }: Trace,
  body: AnswerBody,
  pace: Pace,
): Promise<void> {
  const renderer = createSpanRenderer();
  const before: Pick<JaegerTrace, 'traceID'> = { traceID: shortTraceId(traceId) };
  body.add(`${jsonText(before).slice(0, -1)},"spans":[`);
  for (let at = 0; at < spans.length; at += SPANS_A_PIECE) {
    const piece = spans.slice(at, at + SPANS_A_PIECE).map((span) => renderer.render(span));
    body.add(`${at === 0 ? '' : ','}${jsonText(piece).slice(1, -1)}`);
    await pace();
  }
  const after: Pick<JaegerTrace, 'processes' | 'warnings'> = {
    processes: renderer.processes(),
    warnings: warnings.length === 0 ? null : warnings,
  };
  body.add(`],${jsonText(after).slice(1)}`);
}
