import type { SpanBatch } from '../wire/span-batch.ts';

/** What the scan of a batch takes, about, with the room it has to spare. */
const SCAN_BYTES_PER_SPAN = 100;

/** What a batch that waits takes. */
export function memoryBytesOf({ otlp, scan }: SpanBatch): number {
  return otlp.length + scan.count * SCAN_BYTES_PER_SPAN;
}

/** For a batch that waits: a view of much larger memory would keep all of it, which no bound sees. */
export function inOwnMemory(batch: SpanBatch): SpanBatch {
  const { otlp } = batch;
  if (otlp.buffer.byteLength <= 2 * otlp.byteLength) return batch;
  return { ...batch, otlp: new Uint8Array(otlp) };
}
