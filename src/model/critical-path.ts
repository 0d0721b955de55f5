import { spanTime } from './self-time.ts';
import type { TreeRow } from './trace-tree.ts';

/** A stretch of time in which the trace waited for this row itself, not for a child of it. */
export interface CriticalSection {
  readonly index: number;
  /** Microseconds since 1970. */
  readonly from: number;
  readonly to: number;
}

interface Frame {
  readonly row: TreeRow;
  readonly from: number;
  /** Blocking children within the row's time, the one that ends last at the end. */
  readonly children: ClippedChild[];
  /** Everything after this is accounted for. */
  until: number;
}

interface ClippedChild {
  readonly row: TreeRow;
  readonly from: number;
  readonly to: number;
}

/**
 * The sections that made each root span as long as it was: from its end back to the child that
 * ended last before, through that child, and on from the child's start. Shortening anything else
 * would not have shortened the trace.
 */
export function criticalPath(rows: readonly TreeRow[]): readonly CriticalSection[] {
  const sections: CriticalSection[] = [];
  const roots = rows.filter((row) => row.parent === -1 && row.type === 'span');
  const open = roots.map((row) => frameOf(rows, { row, ...spanTime(row) }));
  for (let frame = open.at(-1); frame !== undefined; frame = open.at(-1)) {
    const child = lastEndedBy(frame);
    const from = child?.to ?? frame.from;
    if (from < frame.until) sections.push({ index: frame.row.index, from, to: frame.until });
    if (child === undefined) {
      open.pop();
    } else {
      frame.until = child.from;
      open.push(frameOf(rows, child));
    }
  }
  return sections;
}

function frameOf(rows: readonly TreeRow[], clipped: ClippedChild): Frame {
  const { row, from, to } = clipped;
  const children: ClippedChild[] = [];
  for (let child = rows[row.index + 1]; child !== undefined && child.index < row.end;) {
    const time = spanTime(child);
    const inside = { row: child, from: Math.max(time.from, from), to: Math.min(time.to, to) };
    if (inside.from < inside.to && isBlocking(child)) children.push(inside);
    child = rows[child.end];
  }
  children.sort((a, b) => a.to - b.to);
  return { row, from, children, until: to };
}

/** Children that overlap the one taken before did not hold anything up. */
function lastEndedBy(frame: Frame): ClippedChild | undefined {
  let child = frame.children.pop();
  while (child !== undefined && child.to > frame.until) child = frame.children.pop();
  return child;
}

/** Nobody waits for the consumer of a message. */
function isBlocking(row: TreeRow): boolean {
  return row.type === 'span' && row.span.kind !== 'consumer';
}

/** Share of the critical path per service, largest first; the shares add up to 1. */
export function criticalShares(
  rows: readonly TreeRow[],
  sections: readonly CriticalSection[],
): readonly { readonly name: string; readonly share: number }[] {
  const times = new Map<string, number>();
  let total = 0;
  for (const { index, from, to } of sections) {
    const row = rows[index];
    if (row?.type !== 'span') continue;
    const { serviceName } = row.span.process;
    times.set(serviceName, (times.get(serviceName) ?? 0) + to - from);
    total += to - from;
  }
  return [...times]
    .map(([name, time]) => ({ name, share: time / total }))
    .sort((a, b) => b.share - a.share || (a.name < b.name ? -1 : 1));
}
