import { exactSpanText } from '../../model/adjust-duplicates.ts';
import type { Span } from '../../model/span.ts';
import { summarizeTrace } from '../../model/trace-summary.ts';
import { decodeSpans } from '../../wire/otlp/decode-trace.ts';
import type { FoundSummary, TraceChunk } from '../storage.ts';

/**
 * Sums up whole traces, for a server that only gives those. Chunks of one trace come one after the
 * other, so there is never more than one trace in memory. A span that is there twice counts once.
 * @throws WireError
 */
export async function* summarizeTraces(
  chunks: AsyncIterable<TraceChunk>,
): AsyncGenerator<FoundSummary> {
  let traceId = '';
  let spans = new Map<string, Span>();
  for await (const chunk of chunks) {
    if (chunk.traceId !== traceId) {
      if (spans.size > 0) yield summarizeTrace(traceId, [...spans.values()]);
      traceId = chunk.traceId;
      spans = new Map();
    }
    for (const span of decodeSpans(chunk.otlp)) spans.set(exactSpanText(span), span);
  }
  if (spans.size > 0) yield summarizeTrace(traceId, [...spans.values()]);
}
