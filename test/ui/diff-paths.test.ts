import { describe, expect, it } from 'vitest';
import { diffTraces } from '../../src/model/trace-diff.ts';
import { profileTrace, type TraceProfile } from '../../src/model/trace-profile.ts';
import {
  countKinds,
  pathsLike,
  pathsToDraw,
  wayTo,
} from '../../src/ui/pages/compare/diff-paths.ts';
import { aTimelineSpan } from '../model/timeline-spans.ts';

/** A root with one child of each of these operations, as often as it says. */
function aTrace(counts: Readonly<Record<string, number>>): TraceProfile {
  const children = Object.entries(counts).flatMap(([operationName, count]) =>
    Array.from({ length: count }, (_, i) =>
      aTimelineSpan(`${operationName}${i}`, { parentSpanId: 'root', operationName }),
    ),
  );
  return profileTrace('t', [aTimelineSpan('root', { operationName: 'root' }), ...children]);
}

const PATHS = diffTraces(
  [aTrace({ a: 1, b: 2, c: 4, gone: 1 })],
  [aTrace({ a: 1, b: 3, c: 1, new: 1 })],
);
const names = (indexes: Iterable<number>): readonly (string | undefined)[] =>
  [...indexes].map((index) => PATHS[index]?.operation);

describe('the paths of a comparison', () => {
  it('are counted by what has become of them', () => {
    expect(countKinds(PATHS, 'count')).toEqual({ same: 2, more: 1, less: 1, added: 1, removed: 1 });
  });

  it('are found by all words of service and operation', () => {
    expect(names(pathsLike(PATHS, 'SHOP  new') ?? [])).toEqual(['new']);
    expect(pathsLike(PATHS, 'nothing')).toEqual(new Set());
    expect(pathsLike(PATHS, '  ')).toBe(undefined);
  });

  it('are all drawn while there is room', () => {
    expect(pathsToDraw(PATHS, 'count', 6)).toEqual([0, 1, 2, 3, 4, 5]);
  });

  it('are drawn with the way to them where there is not: those that change most first', () => {
    // new and gone by all they have, c by three quarters, b by a third; a not at all.
    expect(names(pathsToDraw(PATHS, 'count', 4))).toEqual(['root', 'c', 'gone', 'new']);
    expect(names(pathsToDraw(PATHS, 'count', 5))).toEqual(['root', 'b', 'c', 'gone', 'new']);
  });

  it('have a way from the root', () => {
    expect(
      names(
        wayTo(
          PATHS,
          PATHS.findIndex(({ operation }) => operation === 'b'),
        ),
      ),
    ).toEqual(['root', 'b']);
  });
});
