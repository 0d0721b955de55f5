import { describe, expect, it } from 'vitest';
import { selfTimeUs } from '../../src/model/self-time.ts';
import { traceOverview } from '../../src/model/trace-overview.ts';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

describe('traceOverview', () => {
  it('counts spans, errors, levels, missing parents and services', () => {
    const mail = { serviceName: 'mail', tags: [] };
    const overview = traceOverview(
      buildTraceTree([
        aTimelineSpan('a', { durationUs: 500 }),
        aTimelineSpan('b', { parentSpanId: 'a', isError: true, process: mail }),
        aTimelineSpan('c', { parentSpanId: 'lost', startUs: 1_400, durationUs: 300 }),
      ]),
    );
    expect(overview).toMatchObject({
      startUs: 1_000,
      durationUs: 700,
      spanCount: 3,
      errorCount: 1,
      missingParents: 1,
      depth: 2,
      services: [
        { name: 'shop', spanCount: 2, errorCount: 0 },
        { name: 'mail', spanCount: 1, errorCount: 1 },
      ],
    });
    expect(overview.root?.spanId).toBe('a');
  });

  it('is all zero for no spans', () => {
    expect(traceOverview([])).toEqual({
      root: undefined,
      startUs: 0,
      durationUs: 0,
      spanCount: 0,
      errorCount: 0,
      missingParents: 0,
      depth: 0,
      services: [],
    });
  });
});

describe('selfTimeUs', () => {
  it('leaves out the time of children, overlaps once and only inside the span', () => {
    const rows = buildTraceTree([
      aTimelineSpan('a'),
      aTimelineSpan('b', { parentSpanId: 'a', startUs: 1_010, durationUs: 30 }),
      aTimelineSpan('c', { parentSpanId: 'a', startUs: 1_020, durationUs: 30 }),
      aTimelineSpan('d', { parentSpanId: 'a', startUs: 1_090, durationUs: 500 }),
      aTimelineSpan('e', { parentSpanId: 'd', startUs: 1_060, durationUs: 10 }),
    ]);
    const [root] = rows;
    expect(root && selfTimeUs(rows, root)).toBe(50);
  });
});
