import type { SpanBatch } from '../../wire/span-batch.ts';
import type { TraceArchive, TraceReader, TraceWriter } from '../storage.ts';
import type { Tenant } from './tenant.ts';

export interface EmbeddedArchiveOptions {
  readonly writer: TraceWriter;
  readonly reader: TraceReader;
  readonly bytesMax: number;
  /** What it takes now. */
  readonly bytes: () => number;
}

/** Traces in folders of their own, which no retention looks at; what does not fit is refused. */
export function createEmbeddedArchive(options: EmbeddedArchiveOptions): TraceArchive {
  const { writer, reader, bytes, bytesMax } = options;
  return {
    writer: {
      write: async (batch: SpanBatch, signal) => {
        const used = bytes();
        if (used + batch.otlp.length <= bytesMax) return writer.write(batch, signal);
        const { count } = batch.scan;
        const message = `the archive uses ${used} of ${bytesMax} bytes (embedded.max-archive-bytes)`;
        return { accepted: 0, refused: [{ reason: 'too_large', count, message }], dropped: [] };
      },
    },
    reader,
  };
}

/** Disk that tenants take, with what is not in blocks yet. */
export function bytesOnDisk(tenants: Iterable<Tenant>): number {
  let bytes = 0;
  for (const { catalogue, log } of tenants) {
    bytes += log.log.stats.bytes;
    for (const { block } of catalogue.blocks) bytes += block.size;
  }
  return bytes;
}
