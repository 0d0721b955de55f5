import { describe, expect, it } from 'vitest';
import { buildTraceTree, type TreeRow } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

/** `depth:id`, a ghost in brackets. */
const outline = (rows: readonly TreeRow[]): string[] =>
  rows.map((row) =>
    row.type === 'span' ? `${row.depth}:${row.span.spanId}` : `${row.depth}:[${row.spanId}]`,
  );

describe('buildTraceTree', () => {
  it('puts children below their parent, siblings by start time and then by id', () => {
    const rows = buildTraceTree([
      aTimelineSpan('c', { parentSpanId: 'a', startUs: 1_020 }),
      aTimelineSpan('e', { parentSpanId: 'b' }),
      aTimelineSpan('d', { parentSpanId: 'a', startUs: 1_020 }),
      aTimelineSpan('b', { parentSpanId: 'a', startUs: 1_010 }),
      aTimelineSpan('a'),
    ]);
    expect(outline(rows)).toEqual(['0:a', '1:b', '2:e', '1:c', '1:d']);
    expect(rows.map((row) => row.end)).toEqual([5, 3, 3, 4, 5]);
    expect(rows.map((row) => row.parent)).toEqual([-1, 0, 1, 0, 0]);
    expect(rows.map((row) => row.childCount)).toEqual([3, 1, 0, 0, 0]);
  });

  it('draws one ghost for a parent that never arrived, over the time of its children', () => {
    const rows = buildTraceTree([
      aTimelineSpan('a', { parentSpanId: 'lost', startUs: 2_000 }),
      aTimelineSpan('b', { parentSpanId: 'lost', startUs: 1_500, durationUs: 900 }),
    ]);
    expect(outline(rows)).toEqual(['0:[lost]', '1:b', '1:a']);
    expect(rows[0]).toMatchObject({
      type: 'ghost',
      startUs: 1_500,
      durationUs: 900,
      childCount: 2,
    });
  });

  it('gives every span one row when parents form a cycle or ids repeat', () => {
    const cycle = buildTraceTree([
      aTimelineSpan('a', { parentSpanId: 'b' }),
      aTimelineSpan('b', { parentSpanId: 'a' }),
      aTimelineSpan('c', { parentSpanId: 'c' }),
    ]);
    expect(outline(cycle)).toEqual(['0:c', '0:a', '1:b']);
    expect(outline(buildTraceTree([aTimelineSpan('a'), aTimelineSpan('a')]))).toEqual([
      '0:a',
      '0:a',
    ]);
  });

  it('tells every ancestor of a failed span, and not the failed span itself', () => {
    const rows = buildTraceTree([
      aTimelineSpan('a'),
      aTimelineSpan('b', { parentSpanId: 'a' }),
      aTimelineSpan('c', { parentSpanId: 'b', isError: true }),
      aTimelineSpan('d', { parentSpanId: 'a', startUs: 1_050 }),
    ]);
    expect(rows.map((row) => row.hasErrorBelow)).toEqual([true, true, false, false]);
  });

  it('takes a chain of a hundred thousand spans', () => {
    const chain = Array.from({ length: 100_000 }, (_, i) =>
      aTimelineSpan(String(i), { parentSpanId: i === 0 ? '' : String(i - 1) }),
    );
    const rows = buildTraceTree(chain);
    expect(rows).toHaveLength(100_000);
    expect(rows.at(-1)?.depth).toBe(99_999);
  });
});
