import type { Gathering } from './gathering.ts';
import { selfTimeUs } from './self-time.ts';
import type { TimelineProcess, TimelineSpan } from './timeline-span.ts';
import type { TreeRow } from './trace-tree.ts';

/** What spans are grouped by: a tag may be one of the span or of its process. */
export type Grouping = 'service' | 'operation' | `tag:${string}`;

/** Times in microseconds, over the spans of a group. Self time is what no child of a span took. */
export interface SpanTimes {
  readonly count: number;
  readonly errorCount: number;
  readonly total: number;
  readonly avg: number;
  readonly min: number;
  readonly max: number;
  readonly p50: number;
  readonly p95: number;
  readonly selfTotal: number;
  readonly selfAvg: number;
  readonly selfMin: number;
  readonly selfMax: number;
  /** Self time as a share of the total, 0 to 1. */
  readonly selfShare: number;
}

export interface StatisticsGroup extends SpanTimes {
  /** Undefined for the spans without the tag. */
  readonly name: string | undefined;
  /** Empty without a second grouping. */
  readonly subGroups: readonly StatisticsGroup[];
}

export interface TagKey {
  readonly key: string;
  readonly spanCount: number;
}

/** Statistics of a trace's spans by one grouping and, within it, by another. */
export function gatherStatistics(
  rows: readonly TreeRow[],
  by: Grouping,
  subBy: Grouping | undefined,
): Gathering<TreeRow, readonly StatisticsGroup[]> {
  const tallies = new Map<string | undefined, Tally>();
  const nameBy = namer(by);
  const subNameBy = subBy === undefined ? undefined : namer(subBy);
  return {
    add: (row) => {
      if (row.type === 'ghost') return;
      const selfUs = selfTimeUs(rows, row);
      const tally = tallyOf(tallies, nameBy(row.span));
      addSpan(tally, row.span, selfUs);
      if (subNameBy !== undefined)
        addSpan(tallyOf(tally.parts, subNameBy(row.span)), row.span, selfUs);
    },
    result: () => groupsOf(tallies),
  };
}

/** The keys that spans can be grouped by, in the order of their names. */
export function gatherTagKeys(): Gathering<TreeRow, readonly TagKey[]> {
  const counts = new Map<string, number>();
  const processes = new Map<TimelineProcess, number>();
  const count = (keys: Iterable<string>, spans: number): void => {
    for (const key of keys) counts.set(key, (counts.get(key) ?? 0) + spans);
  };
  return {
    add: (row) => {
      if (row.type === 'ghost') return;
      const { process, tags } = row.span;
      processes.set(process, (processes.get(process) ?? 0) + 1);
      for (const { key } of tags) counts.set(key, (counts.get(key) ?? 0) + 1);
    },
    result: () => {
      for (const [process, spans] of processes) {
        count(new Set(process.tags.map(({ key }) => key)), spans);
      }
      return [...counts]
        .map(([key, spanCount]) => ({ key, spanCount }))
        .sort((a, b) => (a.key < b.key ? -1 : 1));
    },
  };
}

interface Tally {
  readonly durations: number[];
  errorCount: number;
  selfTotal: number;
  selfMin: number;
  selfMax: number;
  readonly parts: Map<string | undefined, Tally>;
}

function tallyOf(tallies: Map<string | undefined, Tally>, name: string | undefined): Tally {
  const known = tallies.get(name);
  if (known !== undefined) return known;
  const tally: Tally = {
    durations: [],
    errorCount: 0,
    selfTotal: 0,
    selfMin: Infinity,
    selfMax: 0,
    parts: new Map(),
  };
  tallies.set(name, tally);
  return tally;
}

function addSpan(tally: Tally, span: TimelineSpan, selfUs: number): void {
  tally.durations.push(span.durationUs);
  if (span.isError) tally.errorCount += 1;
  tally.selfTotal += selfUs;
  tally.selfMin = Math.min(tally.selfMin, selfUs);
  tally.selfMax = Math.max(tally.selfMax, selfUs);
}

function groupsOf(tallies: ReadonlyMap<string | undefined, Tally>): readonly StatisticsGroup[] {
  return Array.from(tallies, ([name, tally]) => ({
    name,
    ...timesOf(tally),
    subGroups: groupsOf(tally.parts),
  }));
}

function timesOf({ durations, errorCount, selfTotal, selfMin, selfMax }: Tally): SpanTimes {
  const sorted = Float64Array.from(durations).sort();
  const count = sorted.length;
  const total = sorted.reduce((sum, duration) => sum + duration, 0);
  return {
    count,
    errorCount,
    total,
    avg: total / count,
    min: sorted[0] ?? NaN,
    max: sorted[count - 1] ?? NaN,
    p50: percentile(sorted, 50),
    p95: percentile(sorted, 95),
    selfTotal,
    selfAvg: selfTotal / count,
    selfMin,
    selfMax,
    selfShare: total === 0 ? 0 : selfTotal / total,
  };
}

/** The nearest rank: the least duration that so many percent of the spans did not exceed. */
function percentile(sorted: Float64Array, percent: number): number {
  return sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100) - 1)] ?? NaN;
}

function namer(by: Grouping): (span: TimelineSpan) => string | undefined {
  if (by === 'service') return ({ process }) => process.serviceName;
  if (by === 'operation') return ({ operationName }) => operationName;
  const wanted = by.slice('tag:'.length);
  const ofKey = ({ key }: { readonly key: string }): boolean => key === wanted;
  return ({ tags, process }) => (tags.find(ofKey) ?? process.tags.find(ofKey))?.value;
}
