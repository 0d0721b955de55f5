import { describe, expect, it } from 'vitest';
import { criticalPath, criticalShares } from '../../src/model/critical-path.ts';
import type { TimelineSpan } from '../../src/model/timeline-span.ts';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

const span = (
  id: string,
  parent: string,
  [from, to]: readonly [number, number],
  more: Partial<TimelineSpan> = {},
): TimelineSpan =>
  aTimelineSpan(id, { parentSpanId: parent, startUs: from, durationUs: to - from, ...more });

/** `id from-to`, in order of time. */
function path(...spans: TimelineSpan[]): string[] {
  const rows = buildTraceTree(spans);
  return criticalPath(rows)
    .toSorted((a, b) => a.from - b.from)
    .map(({ index, from, to }) => {
      const row = rows[index];
      return `${row?.type === 'span' ? row.span.spanId : '?'} ${from}-${to}`;
    });
}

describe('criticalPath', () => {
  it('goes through children one after the other and the gaps between them', () => {
    expect(
      path(
        span('a', '', [0, 100]),
        span('b', 'a', [10, 30]),
        span('c', 'a', [40, 90]),
        span('d', 'c', [50, 60]),
      ),
    ).toEqual(['a 0-10', 'b 10-30', 'a 30-40', 'c 40-50', 'd 50-60', 'c 60-90', 'a 90-100']);
  });

  it('leaves out what ran beside a child that ended later', () => {
    expect(
      path(span('a', '', [0, 100]), span('b', 'a', [20, 80]), span('c', 'a', [10, 50])),
    ).toEqual(['a 0-20', 'b 20-80', 'a 80-100']);
  });

  it('cuts children at their parent’s end and drops those outside', () => {
    expect(
      path(span('a', '', [0, 100]), span('b', 'a', [90, 150]), span('c', 'a', [110, 120])),
    ).toEqual(['a 0-90', 'b 90-100']);
  });

  it('does not wait for the consumer of a message', () => {
    expect(path(span('a', '', [0, 100]), span('b', 'a', [50, 100], { kind: 'consumer' }))).toEqual([
      'a 0-100',
    ]);
  });

  it('takes a chain of a hundred thousand spans', () => {
    const chain = Array.from({ length: 100_000 }, (_, i) =>
      span(String(i), i === 0 ? '' : String(i - 1), [i, 200_000 - i]),
    );
    expect(criticalPath(buildTraceTree(chain))).toHaveLength(199_999);
  });
});

describe('criticalShares', () => {
  it('adds the sections up by service', () => {
    const rows = buildTraceTree([
      span('a', '', [0, 100]),
      span('b', 'a', [10, 85], { process: { serviceName: 'db', tags: [] } }),
    ]);
    expect(criticalShares(rows, criticalPath(rows))).toEqual([
      { name: 'db', share: 0.75 },
      { name: 'shop', share: 0.25 },
    ]);
  });
});
