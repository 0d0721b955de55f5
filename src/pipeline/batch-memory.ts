import type { SpanBatch } from '../wire/span-batch.ts';

/** What the scan of a batch takes, about, with the room it has to spare. */
const SCAN_BYTES_PER_SPAN = 100;

/** What a batch that waits takes. */
export function memoryBytesOf({ otlp, scan }: SpanBatch): number {
  return otlp.length + scan.count * SCAN_BYTES_PER_SPAN;
}

/** For a batch that is kept when its sink has answered: from then on its bytes are not the sink's. */
export function inOwnMemory(batch: SpanBatch): SpanBatch {
  return { ...batch, otlp: new Uint8Array(batch.otlp) };
}
