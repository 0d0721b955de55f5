import { join } from 'node:path';
import type { Segment } from '../held-spans/segment.ts';
import type { BlockBuilder } from './block/block-builder.ts';
import { blockPath } from './block-name.ts';
import { scanOfSegment } from './scan-of-segment.ts';
import { writeBlockFile } from './write-block-file.ts';

/** A block to make of a head, which stays readable where it is. */
export interface BlockJob {
  readonly folder: string;
  readonly number: number;
  /** Names the last segment of the log with spans of it; see `BlockName`. */
  readonly logSegment: string;
  readonly firstArrivalMs: number;
  readonly lastArrivalMs: number;
  /** Memory that nobody writes to any more. */
  readonly segments: readonly Segment[];
  /** Four words a trace, by the numbers that the rows of segments have. */
  readonly traceIds: Uint32Array;
}

export interface MadeBlock {
  readonly path: string;
  readonly spanCount: number;
  readonly repeatedSpanCount: number;
  /** Processor time of this thread. */
  readonly cpuSeconds: number;
}

/**
 * Makes the file of a block; there is either all of it under its name or nothing. A cleared builder
 * is taken, and may be used again if this does not throw.
 */
export function makeBlock(job: BlockJob, builder: BlockBuilder): MadeBlock {
  const before = process.threadCpuUsage();
  const made = shred(job, builder);
  builder.clear();
  const { user, system } = process.threadCpuUsage(before);
  return { ...made, cpuSeconds: (user + system) / 1e6 };
}

function shred(job: BlockJob, builder: BlockBuilder): Omit<MadeBlock, 'cpuSeconds'> {
  const { number, firstArrivalMs, lastArrivalMs, traceIds: ids } = job;
  for (const segment of job.segments) {
    const numbers = segment.traces;
    builder.addNumbered(segment.bytes, scanOfSegment(segment), { numbers, ids });
  }
  const { bytes, spanCount, repeatedSpanCount } = builder.finish(1);
  const name = { first: number, last: number, firstArrivalMs, lastArrivalMs };
  const path = join(job.folder, blockPath({ ...name, segment: job.logSegment }));
  writeBlockFile(path, bytes);
  return { path, spanCount, repeatedSpanCount };
}
