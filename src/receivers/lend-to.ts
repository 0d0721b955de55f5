import type { Sink } from '../pipeline/sink.ts';
import { freeBytes } from '../runtime/free-bytes.ts';
import type { Accepted, SpanBatch } from '../wire/span-batch.ts';

/** Hands a batch to a sink and frees its bytes, which nobody else has, once they are kept elsewhere. */
export async function lendTo(sink: Sink, batch: SpanBatch, signal: AbortSignal): Promise<Accepted> {
  const result = await sink(batch, signal);
  freeBytes(batch.otlp);
  return result;
}
