import { segmentBufferBytes, segmentSizeOf } from './segment.ts';
import type { SegmentSize } from './segment.ts';

/**
 * Buffers of segments of full size, shared with other threads and used again: a buffer that is new
 * costs the system more than what is written into it, and an old one is only freed when the garbage
 * of both threads is collected.
 */
export interface SegmentArenas {
  readonly size: SegmentSize;
  /** Of buffers that wait to be used. */
  readonly freeBytes: number;
  take(): SharedArrayBuffer;
  /** Nobody may read the buffer any more. */
  give(buffer: SharedArrayBuffer): void;
  /** Forgets all but `kept` of those that wait. */
  trim(kept: number): void;
}

/** `freeMax` buffers at most wait; others are left to the garbage collector. */
export function createSegmentArenas(segmentBytes: number, freeMax: number): SegmentArenas {
  const size = segmentSizeOf(segmentBytes);
  const bufferBytes = segmentBufferBytes(size);
  const free: SharedArrayBuffer[] = [];
  return {
    size,
    get freeBytes() {
      return free.length * bufferBytes;
    },
    take: () => free.pop() ?? new SharedArrayBuffer(bufferBytes),
    give: (buffer) => {
      if (free.length < freeMax) free.push(buffer);
    },
    trim: (kept) => {
      free.splice(kept);
    },
  };
}
