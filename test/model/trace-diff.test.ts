import { describe, expect, it } from 'vitest';
import {
  changeKind,
  changeShare,
  type DiffPath,
  diffTraces,
  notableKind,
} from '../../src/model/trace-diff.ts';
import { profileTrace, type TraceProfile } from '../../src/model/trace-profile.ts';
import { aTimelineSpan } from './timeline-spans.ts';

/** A trace of a page that calls `get` so many times, each as long, the first ones failing. */
function aTrace(calls: number, durationUs = 100, failing = 0): TraceProfile {
  return profileTrace('t', [
    aTimelineSpan('root', { operationName: 'GET /' }),
    ...Array.from({ length: calls }, (_, i) =>
      aTimelineSpan(String(i), {
        ...{ parentSpanId: 'root', operationName: 'get', durationUs, isError: i < failing },
      }),
    ),
  ]);
}

function pathOf(paths: readonly DiffPath[], operation: string): DiffPath {
  const found = paths.find((path) => path.operation === operation);
  if (found === undefined) throw new Error(`no path ends in ${operation}`);
  return found;
}

describe('the difference of two traces', () => {
  it('has each path once, a parent before its children, with counts and durations of both sides', () => {
    const paths = diffTraces([aTrace(2, 100)], [aTrace(3, 150, 1)]);
    expect(paths.map(({ operation, parent, depth }) => [operation, parent, depth])).toEqual([
      ['GET /', -1, 0],
      ['get', 0, 1],
    ]);
    const get = pathOf(paths, 'get');
    expect(get.count).toEqual({ a: 2, b: 3, certainty: 'too-few' });
    expect(get.duration).toEqual({ a: 100, b: 150, certainty: 'too-few' });
    expect(get.errors).toEqual({ a: 0, b: 1 / 3, certainty: 'too-few' });
    expect([changeKind(get.count), changeShare(get.count)]).toEqual(['more', 0.5]);
    expect(get.b).toEqual({
      ...{ traceCount: 1, spanCount: 3, errorCount: 1 },
      ...{ p50Us: 150, p95Us: 150, maxUs: 150 },
    });
  });

  it('tells what only one of the traces has', () => {
    const gone = pathOf(diffTraces([aTrace(2)], [aTrace(0)]), 'get');
    expect(gone.count).toEqual({ a: 2, b: undefined, certainty: 'too-few' });
    expect([changeKind(gone.count), changeShare(gone.count)]).toEqual(['removed', undefined]);
    const fresh = pathOf(diffTraces([aTrace(0)], [aTrace(2)]), 'get');
    expect(changeKind(fresh.count)).toBe('added');
    expect(fresh.a.p50Us).toBe(undefined);
  });

  it('calls durations that are nearly the same the same, and counts never', () => {
    const nearly = pathOf(diffTraces([aTrace(20, 100)], [aTrace(21, 109)]), 'get');
    expect(notableKind(nearly.duration, 'duration')).toBe('same');
    expect(notableKind(nearly.count, 'count')).toBe('more');
    const slower = pathOf(diffTraces([aTrace(20, 100)], [aTrace(20, 111)]), 'get');
    expect(notableKind(slower.duration, 'duration')).toBe('more');
    expect(notableKind(slower.count, 'count')).toBe('same');
  });

  it('puts a path that only the second trace has beside its siblings', () => {
    const deep = profileTrace('t', [
      aTimelineSpan('1', { operationName: 'root' }),
      aTimelineSpan('2', { parentSpanId: '1', operationName: 'x' }),
      aTimelineSpan('3', { parentSpanId: '1', operationName: 'z', startUs: 1_001 }),
    ]);
    const deeper = profileTrace('t', [
      aTimelineSpan('1', { operationName: 'root' }),
      aTimelineSpan('2', { parentSpanId: '1', operationName: 'x' }),
      aTimelineSpan('3', { parentSpanId: '2', operationName: 'y' }),
    ]);
    expect(
      diffTraces([deep], [deeper]).map(({ operation, parent }) => [operation, parent]),
    ).toEqual([
      ['root', -1],
      ['x', 0],
      ['y', 1],
      ['z', 0],
    ]);
  });
});

describe('the difference of two groups', () => {
  const group = (count: number, durationUs: (i: number) => number): readonly TraceProfile[] =>
    Array.from({ length: count }, (_, i) => aTrace(1, durationUs(i)));

  it('takes quantiles over all spans of a path and counts over all traces', () => {
    const paths = diffTraces([aTrace(1, 100), aTrace(3, 200), aTrace(0)], [aTrace(1)]);
    const get = pathOf(paths, 'get');
    expect(get.a).toEqual({
      ...{ traceCount: 2, spanCount: 4, errorCount: 0 },
      ...{ p50Us: 200, p95Us: 200, maxUs: 200 },
    });
    expect(get.count.a).toBe(4 / 3);
    expect(get.duration.a).toBe(175);
  });

  // Two paths are tested for counts and errors, two for durations: five against five gives 0.0122
  // for the slower one, doubled by the correction, still below 0.05.
  it('says that a clear shift of durations is clear', () => {
    const paths = diffTraces(
      group(5, (i) => 100 + i),
      group(5, (i) => 200 + i),
    );
    expect(pathOf(paths, 'get').duration).toEqual({ a: 102, b: 202, certainty: 'clear' });
    expect(pathOf(paths, 'GET /').duration.certainty).toBe('chance');
    expect(pathOf(paths, 'get').count.certainty).toBe('chance');
  });

  it('says that the same shift may be chance when the groups overlap, and does not point at it', () => {
    const paths = diffTraces(
      group(5, (i) => 100 + i * 50),
      group(5, (i) => 140 + i * 50),
    );
    const { duration } = pathOf(paths, 'get');
    expect(duration.certainty).toBe('chance');
    expect(notableKind(duration, 'duration')).toBe('same');
  });

  it('does not judge from fewer than five traces, however many spans they have', () => {
    const four = Array.from({ length: 4 }, () => aTrace(100, 100));
    const slow = Array.from({ length: 4 }, () => aTrace(100, 900));
    expect(pathOf(diffTraces(four, slow), 'get').duration.certainty).toBe('too-few');
  });

  it('counts a trace without the path as one that has it no times', () => {
    const without = Array.from({ length: 8 }, () => aTrace(0));
    const rarely = [...without.slice(0, 7), aTrace(1)];
    const always = Array.from({ length: 8 }, () => aTrace(1));
    const { count, duration } = pathOf(diffTraces(without, always), 'get');
    expect(count).toEqual({ a: undefined, b: 1, certainty: 'clear' });
    expect(notableKind(count, 'count')).toBe('added');
    expect(duration.certainty).toBe('too-few');
    // Once in eight traces is little to tell it from never.
    expect(pathOf(diffTraces(without, rarely), 'get').count.certainty).toBe('chance');
    expect(pathOf(diffTraces(rarely, always), 'get').count).toEqual({
      ...{ a: 1 / 8, b: 1, certainty: 'clear' },
    });
  });

  it('says that errors of every trace of one group are clear', () => {
    const paths = diffTraces(
      Array.from({ length: 8 }, () => aTrace(2)),
      Array.from({ length: 8 }, () => aTrace(2, 100, 1)),
    );
    expect(pathOf(paths, 'get').errors).toEqual({ a: 0, b: 0.5, certainty: 'clear' });
  });
});
