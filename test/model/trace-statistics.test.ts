import { describe, expect, it } from 'vitest';
import type { Gathering } from '../../src/model/gathering.ts';
import {
  gatherStatistics,
  gatherTagKeys,
  type Grouping,
  type StatisticsGroup,
} from '../../src/model/trace-statistics.ts';
import { buildTraceTree, type TreeRow } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

const web = { serviceName: 'web', tags: [{ key: 'zone', value: 'a' }] };
const db = { serviceName: 'db', tags: [{ key: 'zone', value: 'b' }] };
const select = [{ key: 'db.statement', value: 'SELECT 1' }];

/**
 * web GET      0–1000, self 1000 - (100–400 ∪ 300–600) = 500
 * db  query  100–400, self 300
 * db  query  300–600, self 300 - (350–450) = 200
 * db  parse  350–450, self 100, failed
 */
const ROWS = buildTraceTree([
  aTimelineSpan('1', { operationName: 'GET', startUs: 0, durationUs: 1_000, process: web }),
  aTimelineSpan('2', {
    parentSpanId: '1',
    operationName: 'query',
    startUs: 100,
    durationUs: 300,
    process: db,
    tags: select,
  }),
  aTimelineSpan('3', {
    parentSpanId: '1',
    operationName: 'query',
    startUs: 300,
    durationUs: 300,
    process: db,
    tags: [...select, { key: 'rows', value: '7' }],
  }),
  aTimelineSpan('4', {
    parentSpanId: '3',
    operationName: 'parse',
    startUs: 350,
    durationUs: 100,
    process: db,
    isError: true,
  }),
]);

function gathered<Result>(rows: readonly TreeRow[], gathering: Gathering<TreeRow, Result>): Result {
  for (const row of rows) gathering.add(row);
  return gathering.result();
}
const by = (grouping: Grouping, subBy?: Grouping): readonly StatisticsGroup[] =>
  gathered(ROWS, gatherStatistics(ROWS, grouping, subBy));

describe('the statistics of a trace', () => {
  it('counts spans, durations and self times by service', () => {
    expect(by('service')).toEqual([
      {
        name: 'web',
        count: 1,
        errorCount: 0,
        total: 1_000,
        avg: 1_000,
        min: 1_000,
        max: 1_000,
        p50: 1_000,
        p95: 1_000,
        selfTotal: 500,
        selfAvg: 500,
        selfMin: 500,
        selfMax: 500,
        selfShare: 0.5,
        subGroups: [],
      },
      {
        name: 'db',
        count: 3,
        errorCount: 1,
        total: 700,
        avg: 700 / 3,
        min: 100,
        max: 300,
        p50: 300,
        p95: 300,
        selfTotal: 600,
        selfAvg: 200,
        selfMin: 100,
        selfMax: 300,
        selfShare: 600 / 700,
        subGroups: [],
      },
    ]);
  });

  it('groups within groups', () => {
    const [, ofDb] = by('service', 'operation');
    expect(ofDb?.subGroups.map(({ name, count, total }) => [name, count, total])).toEqual([
      ['query', 2, 600],
      ['parse', 1, 100],
    ]);
  });

  it('groups by a tag of the span or of its process, and keeps the spans without it', () => {
    const counts = (groups: readonly StatisticsGroup[]): unknown =>
      groups.map(({ name, count }) => [name, count]);
    expect(counts(by('tag:db.statement'))).toEqual([
      [undefined, 2],
      ['SELECT 1', 2],
    ]);
    expect(counts(by('tag:zone'))).toEqual([
      ['a', 1],
      ['b', 3],
    ]);
  });

  it('takes percentiles by the nearest rank', () => {
    const spans = Array.from({ length: 20 }, (_, index) =>
      aTimelineSpan(String(index), { durationUs: (20 - index) * 10 }),
    );
    const rows = buildTraceTree(spans);
    const [group] = gathered(rows, gatherStatistics(rows, 'service', undefined));
    expect([group?.p50, group?.p95]).toEqual([100, 190]);
  });

  it('calls nothing a share of nothing', () => {
    const rows = buildTraceTree([aTimelineSpan('1', { durationUs: 0 })]);
    const [group] = gathered(rows, gatherStatistics(rows, 'service', undefined));
    expect(group?.selfShare).toBe(0);
  });

  it('leaves out parents that never arrived', () => {
    const rows = buildTraceTree([aTimelineSpan('1', { parentSpanId: 'gone' })]);
    expect(rows).toHaveLength(2);
    expect(gathered(rows, gatherStatistics(rows, 'service', undefined))[0]?.count).toBe(1);
  });

  it('knows which tags there are and on how many spans', () => {
    expect(gathered(ROWS, gatherTagKeys())).toEqual([
      { key: 'db.statement', spanCount: 2 },
      { key: 'rows', spanCount: 1 },
      { key: 'zone', spanCount: 4 },
    ]);
  });
});
