import { readSegmentFile } from '../../record-log/segment-file.ts';
import { batchOfRecord } from '../../storage/embedded/batch-of-record.ts';
import type { SpanBatch } from '../../wire/span-batch.ts';

export interface SegmentCheck {
  /** Where bytes of the file are damaged. */
  readonly damagedAt: readonly number[];
  /** Records that are whole and hold no batch that this program can read. */
  readonly unreadable: number;
  /** Whether it ends with a record that was not wholly written, which nobody was answered for. */
  readonly isTorn: boolean;
}

/**
 * The batches of a segment of the log that nobody writes to; returns what is wrong with it.
 * @throws RecordLogOpenError for a segment of a later version
 */
export async function* readSegment(
  path: string,
): AsyncGenerator<SpanBatch, SegmentCheck, undefined> {
  const damagedAt: number[] = [];
  let unreadable = 0;
  let end = 0;
  for await (const { payload, next } of readSegmentFile(path, (offset) => damagedAt.push(offset))) {
    end = next.offset;
    const batch = batchOfRecord(payload);
    if (batch === undefined) unreadable += 1;
    else yield batch;
  }
  const isBefore = (offset: number): boolean => offset < end;
  const isTorn = !damagedAt.every(isBefore);
  return { damagedAt: damagedAt.filter(isBefore), unreadable, isTorn };
}
