import { describe, expect, it } from 'vitest';
import {
  collapseAll,
  collapseOneLevel,
  expandOneLevel,
  revealRow,
  toggleRow,
  visibleRows,
} from '../../src/model/collapsed-rows.ts';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

// 0 root, 1 its child, 2 its grandchild, 3 a leaf child
const rows = buildTraceTree([
  aTimelineSpan('a'),
  aTimelineSpan('b', { parentSpanId: 'a' }),
  aTimelineSpan('c', { parentSpanId: 'b' }),
  aTimelineSpan('d', { parentSpanId: 'a', startUs: 1_010 }),
]);
const shown = (collapsed: ReadonlySet<number>): number[] =>
  visibleRows(rows, collapsed).map((row) => row.index);

describe('collapsed rows', () => {
  it('hide their descendants and nothing else', () => {
    expect(shown(new Set())).toEqual([0, 1, 2, 3]);
    expect(shown(new Set([1]))).toEqual([0, 1, 3]);
    expect(shown(new Set([0]))).toEqual([0]);
  });

  it('toggle one by one', () => {
    expect([...toggleRow(new Set([1]), 0)]).toEqual([1, 0]);
    expect([...toggleRow(new Set([1]), 1)]).toEqual([]);
  });

  it('collapse all parents, and leaves never', () => {
    expect([...collapseAll(rows)]).toEqual([0, 1]);
  });

  it('collapse from the deepest level and expand from the root, one level at a time', () => {
    const once = collapseOneLevel(rows, new Set());
    expect([...once]).toEqual([1]);
    const twice = collapseOneLevel(rows, once);
    expect([...twice]).toEqual([1, 0]);
    expect([...expandOneLevel(rows, twice)]).toEqual([1]);
    expect([...expandOneLevel(rows, once)]).toEqual([]);
  });

  it('open above a row that is to be seen, and only there', () => {
    expect([...revealRow(rows, new Set([0, 1, 2]), 2)]).toEqual([2]);
    const untouched = new Set([2]);
    expect(revealRow(rows, untouched, 3)).toBe(untouched);
  });
});
