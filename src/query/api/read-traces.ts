import { adjustSteps } from '../../model/adjust-trace.ts';
import type { Span, Trace } from '../../model/span.ts';
import type { TraceChunk } from '../../storage/storage.ts';
import { decodeSpans } from '../../wire/otlp/decode-trace.ts';
import { tooLarge } from './answer-body.ts';
import type { QueryLimits } from './endpoint.ts';
import type { Pace } from './pace.ts';

interface ReadOptions {
  /** As stored: nothing is adjusted. */
  readonly raw: boolean;
  readonly limits: QueryLimits;
  readonly pace: Pace;
}

/**
 * Decodes chunks into whole traces, cut to the size limit and, unless raw, adjusted. Holds one
 * trace at a time: chunks of one trace come one after the other.
 */
export async function* readTraces(
  chunks: AsyncIterable<TraceChunk>,
  options: ReadOptions,
): AsyncGenerator<Trace> {
  const { limits, pace } = options;
  let current: { readonly traceId: string; readonly spans: Span[] } | undefined;
  let bytes = 0;
  for await (const { traceId, otlp } of chunks) {
    await pace();
    bytes += otlp.length;
    if (bytes > limits.maxResponseSize) throw tooLarge(limits.maxResponseSize);
    if (current?.traceId !== traceId) {
      if (current !== undefined) yield await completed(current.traceId, current.spans, options);
      current = { traceId, spans: [] };
    }
    // One more than shown, so that the cut is known.
    const room = limits.maxTraceSize + 1 - current.spans.length;
    if (room > 0) for (const span of decodeSpans(otlp).slice(0, room)) current.spans.push(span);
  }
  await pace();
  if (current !== undefined) yield await completed(current.traceId, current.spans, options);
}

/** Jaeger's warning of a cut is on the first span; the one on the trace is for our own UI. */
async function completed(
  traceId: string,
  spans: readonly Span[],
  options: ReadOptions,
): Promise<Trace> {
  const size = options.limits.maxTraceSize;
  const warnings =
    spans.length > size
      ? [`trace has more than ${size} spans, showing first ${size} spans only`]
      : [];
  const kept = warnings.length === 0 ? spans : warned(spans.slice(0, size), warnings);
  return { traceId, spans: options.raw ? kept : await adjusted(kept, options), warnings };
}

async function adjusted(
  spans: readonly Span[],
  { limits, pace }: ReadOptions,
): Promise<readonly Span[]> {
  const steps = adjustSteps(spans, limits);
  let step = steps.next();
  while (step.done !== true) {
    await pace();
    step = steps.next();
  }
  return step.value;
}

function warned([first, ...others]: readonly Span[], warnings: readonly string[]): readonly Span[] {
  if (first === undefined) return [];
  return [{ ...first, warnings: [...first.warnings, ...warnings] }, ...others];
}
