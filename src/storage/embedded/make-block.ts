import { join } from 'node:path';
import { readSegmentFile } from '../../record-log/segment-file.ts';
import { batchOfRecord } from './batch-of-record.ts';
import { createBlockBuilder } from './block/block-builder.ts';
import { blockPath } from './block-name.ts';
import { writeBlockFile } from './write-block-file.ts';

/** A block to make of segments of the log. */
export interface BlockJob {
  readonly folder: string;
  readonly number: number;
  /** Paths, in order. */
  readonly segments: readonly string[];
  /** Names the last of them; see `BlockName`. */
  readonly segment: string;
}

export interface MadeBlock {
  /** undefined when there was no span. */
  readonly path: string | undefined;
  readonly spanCount: number;
  readonly repeatedSpanCount: number;
  /** Processor time of this thread. */
  readonly cpuSeconds: number;
}

/** Makes the file of a block; there is either all of it under its name or nothing. */
export async function makeBlock(job: BlockJob): Promise<MadeBlock> {
  const before = process.threadCpuUsage();
  const made = await shred(job);
  const { user, system } = process.threadCpuUsage(before);
  return { ...made, cpuSeconds: (user + system) / 1e6 };
}

type Made = Omit<MadeBlock, 'cpuSeconds'>;

async function shred({ folder, number, segments, segment }: BlockJob): Promise<Made> {
  const builder = createBlockBuilder();
  let firstArrivalMs = Infinity;
  let lastArrivalMs = -Infinity;
  for (const path of segments) {
    // Damage was counted by the log when it was opened, or is met again when nothing was read since.
    for await (const { payload, appendedAtMs } of readSegmentFile(path, () => undefined)) {
      const batch = batchOfRecord(payload);
      if (batch === undefined) continue;
      builder.add(batch.otlp, batch.scan);
      firstArrivalMs = Math.min(firstArrivalMs, appendedAtMs);
      lastArrivalMs = Math.max(lastArrivalMs, appendedAtMs);
    }
  }
  if (builder.spanCount === 0) return { path: undefined, spanCount: 0, repeatedSpanCount: 0 };
  const { bytes, spanCount, repeatedSpanCount } = builder.finish(1);
  const name = { first: number, last: number, firstArrivalMs, lastArrivalMs, segment };
  const path = join(folder, blockPath(name));
  writeBlockFile(path, bytes);
  return { path, spanCount, repeatedSpanCount };
}
