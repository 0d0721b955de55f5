import { describe, expect, it } from 'vitest';
import { hideRows } from '../../src/model/hidden-rows.ts';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

const of = (serviceName: string): { serviceName: string; tags: [] } => ({ serviceName, tags: [] });
/** 0 web, 1 cart, 2 redis, 3 web below redis, 4 mail, 5 redis (failed). */
const rows = buildTraceTree([
  aTimelineSpan('01', { process: of('web') }),
  aTimelineSpan('02', { parentSpanId: '01', startUs: 1_001, process: of('cart') }),
  aTimelineSpan('03', { parentSpanId: '02', startUs: 1_002, process: of('redis') }),
  aTimelineSpan('04', { parentSpanId: '03', startUs: 1_003, process: of('web') }),
  aTimelineSpan('05', { parentSpanId: '01', startUs: 1_004, process: of('mail') }),
  aTimelineSpan('06', {
    parentSpanId: '02',
    startUs: 1_005,
    process: of('redis'),
    isError: true,
  }),
]);
const order = rows.map((row) => (row.type === 'span' ? row.span.spanId : 'ghost'));

describe('hideRows', () => {
  it('has the rows in the order that the cases count on', () => {
    expect(order).toEqual(['01', '02', '03', '04', '06', '05']);
  });

  it('hides nothing without a filter', () => {
    expect(hideRows(rows, { services: new Set(), only: undefined })).toBeUndefined();
  });

  it('prunes the spans of services with all below, and counts them once for each parent', () => {
    const hidden = hideRows(rows, { services: new Set(['redis', 'mail']), only: undefined });
    expect([...(hidden?.isHidden ?? [])]).toEqual([0, 0, 1, 1, 1, 1]);
    expect([...(hidden?.pruned ?? [])]).toEqual([
      [2, { spanCount: 3, errorCount: 1 }],
      [5, { spanCount: 1, errorCount: 0 }],
    ]);
  });

  it('shows some rows and what leads to them', () => {
    const hidden = hideRows(rows, { services: new Set(), only: [3] });
    expect([...(hidden?.isHidden ?? [])]).toEqual([0, 0, 0, 0, 1, 1]);
    expect(hidden?.pruned.size).toBe(0);
  });

  it('lets pruning win over what is to be shown', () => {
    const hidden = hideRows(rows, { services: new Set(['cart']), only: [3] });
    expect([...(hidden?.isHidden ?? [])]).toEqual([0, 1, 1, 1, 1, 1]);
    expect([...(hidden?.pruned ?? [])]).toEqual([[1, { spanCount: 4, errorCount: 1 }]]);
  });
});
