import type { RecordPosition } from './record-log.ts';

/** Negative when `a` comes first. */
export function comparePositions(a: RecordPosition, b: RecordPosition): number {
  return a.segment - b.segment || a.offset - b.offset;
}
