import { describe, expect, it } from 'vitest';
import { buildTraceTree, type TreeRow } from '../../src/model/trace-tree.ts';
import { guideAt, guidesBeside, rowIndent } from '../../src/ui/pages/trace/row-indent.ts';
import { timelineTraceOfJaeger } from '../../src/ui/api/trace-of-jaeger.ts';
import { type FixtureSpan, jaegerTrace } from './fixture-trace.ts';

const NAME_PX = 500;
const ROOT_X = 18;
const DEEP = 300;
/** So many are at least five pixels from the next one. */
const LEVELS = 10;

/** `0 (1 (2) 3)` and `4`: by row, its parent. */
const PARENTS = [undefined, 0, 1, 0, undefined];

function rowsOf(parents: readonly (number | undefined)[]): readonly TreeRow[] {
  const idOf = (at: number): string => (at + 1).toString(16).padStart(16, '0');
  const spans = parents.map((parent, at): FixtureSpan => ({
    ...{ id: idOf(at), service: 'web', operation: 'do', at, duration: 10 },
    ...(parent !== undefined && { parent: idOf(parent) }),
  }));
  const { data } = jaegerTrace('ab', spans) as { readonly data: readonly unknown[] };
  return buildTraceTree(timelineTraceOfJaeger(data[0]).spans);
}

describe('the lines beside rows', () => {
  it('reach from the first to the last descendant that is drawn', () => {
    const rows = rowsOf(PARENTS);
    expect(guidesBeside(rows, Int32Array.of(0, 1, 2, 3, 4), 0, NAME_PX)).toEqual([
      { index: 0, x: ROOT_X, first: 1, last: 3 },
      { index: 1, x: ROOT_X + Math.round(rowIndent(1, NAME_PX)), first: 2, last: 2 },
    ]);
  });

  it('are cut where the drawn lines end', () => {
    const rows = rowsOf(PARENTS);
    expect(guidesBeside(rows, Int32Array.of(2, 3), 40, NAME_PX)).toEqual([
      { index: 0, x: ROOT_X, first: 40, last: 41 },
      { index: 1, x: ROOT_X + Math.round(rowIndent(1, NAME_PX)), first: 40, last: 40 },
    ]);
  });

  it('stop where they would be a block, however deep a row is', () => {
    const rows = rowsOf(Array.from({ length: DEEP }, (_, at) => (at === 0 ? undefined : at - 1)));
    expect(guidesBeside(rows, Int32Array.of(DEEP - 1), 0, NAME_PX).length).toBe(LEVELS);
  });

  it('are met by the pointer that is nearest', () => {
    const rows = rowsOf(PARENTS);
    const [, , row] = rows;
    if (row === undefined) throw new Error('there is no third row');
    expect(guideAt(rows, row, { x: 0, nameWidth: NAME_PX })).toBe(0);
    expect(guideAt(rows, row, { x: 400, nameWidth: NAME_PX })).toBe(1);
  });
});
