import { decodeBatchRecord } from '../../wire/batch-record.ts';
import { scanSpans } from '../../wire/otlp/scan-spans.ts';
import type { SpanBatch } from '../../wire/span-batch.ts';
import { WireError } from '../../wire/wire-error.ts';

/** A batch as the log has it; undefined when it is none that this program can read. */
export function batchOfRecord(payload: Uint8Array): SpanBatch | undefined {
  try {
    const { tenant, otlp, receivedAtMs, format } = decodeBatchRecord(payload);
    return { tenant, otlp, scan: scanSpans(otlp), receivedAtMs, format };
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}
