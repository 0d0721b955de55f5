import { runToEnd } from './in-turns.ts';
import type { InTurns } from './in-turns.ts';
import { quantile } from './quantile.ts';
import { adjustForMany, rankTest } from './rank-test.ts';
import { PathIndex, type ProfiledPath, type TraceProfile } from './trace-profile.ts';

/** One path through the services, and how it went in two groups of traces. */
export interface DiffPath {
  /** Index of the path one step shorter, which stands before this one; -1 for a root. */
  readonly parent: number;
  /** 0 for a root. */
  readonly depth: number;
  readonly service: string;
  readonly operation: string;
  readonly a: PathSide;
  readonly b: PathSide;
  /** Spans on the path in a trace. */
  readonly count: Change;
  /** The mean duration of its spans, in microseconds. */
  readonly duration: Change;
  /** The share of its spans that failed, 0 to 1. */
  readonly errors: Change;
}

/** A path in the traces of one group. */
export interface PathSide {
  /** Traces that have the path. */
  readonly traceCount: number;
  readonly spanCount: number;
  readonly errorCount: number;
  /** Quantiles are by nearest rank; all undefined without a span. */
  readonly p50Us: number | undefined;
  readonly p95Us: number | undefined;
  readonly maxUs: number | undefined;
}

export const CHANGE_METRICS = ['count', 'duration', 'errors'] as const;
export type ChangeMetric = (typeof CHANGE_METRICS)[number];

export interface Change {
  /** Undefined where the group has no span on the path to measure. */
  readonly a: number | undefined;
  readonly b: number | undefined;
  readonly certainty: Certainty;
}

/**
 * Whether a difference says something about the groups, or could as well be chance. Traces are what
 * is sampled: however many spans, a group of few traces is `too-few` to say.
 */
export type Certainty = 'clear' | 'chance' | 'too-few';

/** `added` and `removed`: the path is in one of the groups alone. */
export type ChangeKind = 'same' | 'more' | 'less' | 'added' | 'removed';

/** Below, a rank test cannot tell anything. */
export const TRACES_MIN = 5;
/** Of the differences that are called clear, this share may be chance. */
const CHANCE_MAX = 0.05;
/** Durations of single traces always differ; below this share of the first they count as the same. */
const NOTABLE_SHARE = 0.1;

/** Of a step. */
const PATHS_AT_ONCE = 1_000;

/** Of a group, by trace: values are at the same index in all three. */
interface Samples {
  readonly traceCount: number;
  readonly counts: number[];
  readonly meansUs: number[];
  readonly errorShares: number[];
  readonly durationsUs: number[];
  errorCount: number;
}

interface OpenPath extends Pick<ProfiledPath, 'operation' | 'parent' | 'service'> {
  readonly a: Samples;
  readonly b: Samples;
}

/** Every path that any of the traces takes, in the order of a tree: a path before what continues it. */
export function diffTraces(
  a: readonly TraceProfile[],
  b: readonly TraceProfile[],
): readonly DiffPath[] {
  return runToEnd(diffSteps(a, b));
}

/** The same in steps of a few milliseconds, for traces of very many paths. */
export function* diffSteps(
  a: readonly TraceProfile[],
  b: readonly TraceProfile[],
): InTurns<readonly DiffPath[]> {
  const index = new PathIndex();
  const paths: OpenPath[] = [];
  const gather = function* (profiles: readonly TraceProfile[], side: 'a' | 'b'): InTurns<void> {
    for (const profile of profiles) {
      const merged: number[] = [];
      for (const path of profile.paths) {
        if (merged.length % PATHS_AT_ONCE === 0) yield;
        const parent = merged[path.parent] ?? -1;
        const { operation, service } = path;
        const at = index.of({ parent, service, operation });
        merged.push(at);
        paths[at] ??= { parent, service, operation, a: samplesOf(a), b: samplesOf(b) };
        addSample(paths[at][side], path);
      }
    }
  };
  yield* gather(a, 'a');
  yield* gather(b, 'b');
  const ordered = inTreeOrder(paths);
  yield;
  return yield* withChanges(ordered);
}

/** How the second number of a change is to the first. */
export function changeKind({ a, b }: Change): ChangeKind {
  if (a === undefined && b === undefined) return 'same';
  if (a === undefined) return 'added';
  if (b === undefined) return 'removed';
  return a === b ? 'same' : b > a ? 'more' : 'less';
}

/** The difference as a share of the first number; undefined without one, and from nothing. */
export function changeShare({ a, b }: Change): number | undefined {
  return a === undefined || b === undefined || a === 0 ? undefined : (b - a) / a;
}

/**
 * The kind of a change that deserves attention; `same` for one that may be chance, and for durations
 * of few traces that are nearly the same.
 */
export function notableKind(change: Change, metric: ChangeMetric): ChangeKind {
  if (change.certainty === 'chance') return 'same';
  const kind = changeKind(change);
  const little = Math.abs(changeShare(change) ?? Infinity) < NOTABLE_SHARE;
  const isNoise = metric === 'duration' && change.certainty === 'too-few' && little;
  return isNoise ? 'same' : kind;
}

function samplesOf(group: readonly TraceProfile[]): Samples {
  const traceCount = group.length;
  return { traceCount, counts: [], meansUs: [], errorShares: [], durationsUs: [], errorCount: 0 };
}

function addSample(samples: Samples, { durationsUs, errorCount }: ProfiledPath): void {
  samples.counts.push(durationsUs.length);
  samples.meansUs.push(mean(durationsUs));
  samples.errorShares.push(errorCount / durationsUs.length);
  samples.errorCount += errorCount;
  for (const durationUs of durationsUs) samples.durationsUs.push(durationUs);
}

/** Depth first, siblings in the order in which they were found; parents are renumbered. */
function inTreeOrder(paths: readonly OpenPath[]): readonly OpenPath[] {
  const children = Map.groupBy(paths.keys(), (at) => paths[at]?.parent ?? -1);
  const placed = new Map<number, number>([[-1, -1]]);
  const ordered: OpenPath[] = [];
  // An own stack: paths may be longer than the call stack.
  const open = (children.get(-1) ?? []).toReversed();
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    const path = paths[at];
    if (path === undefined) continue;
    placed.set(at, ordered.length);
    ordered.push({ ...path, parent: placed.get(path.parent) ?? -1 });
    for (const child of (children.get(at) ?? []).toReversed()) open.push(child);
  }
  return ordered;
}

function* withChanges(paths: readonly OpenPath[]): InTurns<readonly DiffPath[]> {
  const counts = changes(paths, ({ traceCount, counts }) => ({
    // Traces without the path have it no times.
    values: [...counts, ...new Array<number>(traceCount - counts.length).fill(0)],
    value: counts.length === 0 ? undefined : sum(counts) / traceCount,
  }));
  yield;
  const durations = changes(paths, ({ durationsUs, meansUs }) => ({
    values: meansUs,
    value: durationsUs.length === 0 ? undefined : mean(durationsUs),
  }));
  yield;
  const errors = changes(paths, ({ durationsUs, errorCount, errorShares }) => ({
    values: errorShares,
    value: durationsUs.length === 0 ? undefined : errorCount / durationsUs.length,
  }));
  const depths: number[] = [];
  const changed: DiffPath[] = [];
  for (const [at, { a, b, operation, parent, service }] of paths.entries()) {
    if (at % PATHS_AT_ONCE === 0) yield;
    const depth = (depths[parent] ?? -1) + 1;
    depths.push(depth);
    changed.push({
      ...{ parent, depth, service, operation },
      a: sideOf(a),
      b: sideOf(b),
      count: counts[at] ?? NO_CHANGE,
      duration: durations[at] ?? NO_CHANGE,
      errors: errors[at] ?? NO_CHANGE,
    });
  }
  return changed;
}

const NO_CHANGE: Change = { a: undefined, b: undefined, certainty: 'too-few' };

interface Measured {
  /** One for each trace. */
  readonly values: readonly number[];
  /** Of the whole group. */
  readonly value: number | undefined;
}

/** The tests of all paths together: that there are many is part of how much each one says. */
function changes(
  paths: readonly OpenPath[],
  measure: (samples: Samples) => Measured,
): readonly Change[] {
  const measured = paths.map(({ a, b }) => ({ a: measure(a), b: measure(b) }));
  const tested = measured.flatMap(({ a, b }, at) =>
    Math.min(a.values.length, b.values.length) < TRACES_MIN
      ? []
      : [{ at, p: rankTest(a.values, b.values) }],
  );
  const adjusted = adjustForMany(tested.map(({ p }) => p));
  const certainties = new Map(
    tested.map(({ at }, position) => [
      at,
      (adjusted[position] ?? 1) <= CHANCE_MAX ? ('clear' as const) : ('chance' as const),
    ]),
  );
  return measured.map(({ a, b }, at) => ({
    a: a.value,
    b: b.value,
    certainty: certainties.get(at) ?? 'too-few',
  }));
}

function sideOf({ counts, durationsUs, errorCount }: Samples): PathSide {
  // Ten times faster than by a comparing function, which counts for a hundred thousand spans.
  const sorted = Float64Array.from(durationsUs).sort();
  return {
    traceCount: counts.length,
    spanCount: sorted.length,
    errorCount,
    p50Us: quantile(sorted, 0.5),
    p95Us: quantile(sorted, 0.95),
    maxUs: sorted.at(-1),
  };
}

function mean(values: readonly number[]): number {
  return sum(values) / values.length;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
