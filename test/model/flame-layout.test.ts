import { describe, expect, it } from 'vitest';
import { boxAt, flameNames, flameWeights, layoutFlame } from '../../src/model/flame-layout.ts';
import { gatherPaths, nodesOfRows, type PathTree } from '../../src/model/path-tree.ts';
import type { TimelineSpan } from '../../src/model/timeline-span.ts';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

function span(
  [id, parent]: readonly [id: string, parent?: string],
  operationName: string,
  [startUs, endUs]: readonly [startUs: number, endUs: number],
  more: Partial<TimelineSpan> = {},
): TimelineSpan {
  const durationUs = endUs - startUs;
  return aTimelineSpan(id, {
    parentSpanId: parent ?? '',
    operationName,
    startUs,
    durationUs,
    ...more,
  });
}

function treeOf(spans: readonly TimelineSpan[]): PathTree {
  const rows = buildTraceTree(spans);
  const paths = gatherPaths(rows);
  for (const row of rows) paths.add(row);
  return paths.result();
}

/**
 * get 0–1000, self 400
 *   query 100–400 and 300–700: total 700, self 600
 *     parse 300–400: total 100, self 100
 *   query's parse 350–400 of the second one: in the same path
 *   send 900–1000, a consumer, failed
 */
const SPANS = [
  span(['1'], 'get', [0, 1_000]),
  span(['2', '1'], 'query', [100, 400]),
  span(['3', '1'], 'query', [300, 700]),
  span(['4', '2'], 'parse', [300, 400]),
  span(['5', '3'], 'parse', [350, 400]),
  span(['6', '1'], 'send', [900, 1_000], { kind: 'consumer', isError: true }),
];
const TREE = treeOf(SPANS);

describe('the paths of a trace', () => {
  it('merges spans that were reached by the same operations', () => {
    expect(
      TREE.nodes.map((node) => [
        node.operation,
        node.parent,
        node.depth,
        node.count,
        node.totalUs,
        node.selfUs,
      ]),
    ).toEqual([
      ['get', -1, 0, 1, 1_000, 300],
      ['query', 0, 1, 2, 700, 550],
      ['parse', 1, 2, 2, 150, 150],
      ['send', 0, 1, 1, 100, 100],
    ]);
    expect(TREE.roots).toEqual([0]);
    expect(TREE.nodes[0]?.children).toEqual([1, 3]);
  });

  it('keeps operations of different services and below different parents apart', () => {
    const tree = treeOf([
      span(['1'], 'a', [0, 10]),
      span(['2', '1'], 'a', [0, 5]),
      span(['3', '1'], 'a', [5, 10], { process: { serviceName: 'other', tags: [] } }),
    ]);
    expect(tree.nodes.map(({ service, parent }) => [service, parent])).toEqual([
      ['shop', -1],
      ['shop', 0],
      ['other', 0],
    ]);
  });

  it('says which failed and which nobody waits for', () => {
    expect(TREE.nodes.map(({ errorCount }) => errorCount)).toEqual([0, 0, 0, 1]);
    expect(TREE.nodes.map(({ nonBlocking }) => nonBlocking)).toEqual([false, false, false, true]);
  });

  it('begins anew below parents that never arrived', () => {
    const tree = treeOf([span(['1', 'gone'], 'a', [0, 10]), span(['2', 'lost'], 'a', [5, 10])]);
    expect(tree.nodes.map(({ count, parent }) => [count, parent])).toEqual([[2, -1]]);
    expect([...tree.nodeOfRow]).toEqual([-1, 0, -1, 0]);
  });

  it('names the nodes of rows', () => {
    // Rows: get, query, parse, query, parse, send.
    expect([...nodesOfRows(TREE, [2, 4, 5])]).toEqual([2, 3]);
  });
});

describe('a flame graph', () => {
  const weights = flameWeights(TREE);

  it('weighs a path by the time it and all below it took themselves', () => {
    expect([...weights]).toEqual([1_100, 700, 150, 100]);
  });

  it('weighs by count where nothing took any time', () => {
    const tree = treeOf([
      span(['1'], 'a', [0, 0]),
      span(['2', '1'], 'b', [0, 0]),
      span(['3', '1'], 'b', [0, 0]),
    ]);
    expect([...flameWeights(tree)]).toEqual([3, 2]);
  });

  it('lays boxes out by weight, children below their parents', () => {
    expect(layoutFlame(TREE, weights, { focus: -1, collapsed: false, width: 1_100 })).toEqual([
      [{ node: 0, x: 0, width: 1_100 }],
      [
        { node: 1, x: 0, width: 700 },
        { node: 3, x: 700, width: 100 },
      ],
      [{ node: 2, x: 0, width: 150 }],
    ]);
  });

  it('gives the focus the whole width, below the ones above it or without them', () => {
    const whole = [[{ node: 1, x: 0, width: 1_400 }], [{ node: 2, x: 0, width: 300 }]];
    const view = { focus: 1, width: 1_400 };
    expect(layoutFlame(TREE, weights, { ...view, collapsed: true })).toEqual(whole);
    expect(layoutFlame(TREE, weights, { ...view, collapsed: false })).toEqual([
      [{ node: 0, x: 0, width: 1_400 }],
      ...whole,
    ]);
  });

  it('draws neighbours that are too narrow as one', () => {
    const tree = treeOf([
      span(['1'], 'all', [0, 1_000]),
      span(['2', '1'], 'wide', [0, 900]),
      ...Array.from({ length: 100 }, (_, index) =>
        span([`n${index}`, '1'], `narrow ${index}`, [900 + index, 901 + index]),
      ),
    ]);
    const [, boxes] = layoutFlame(tree, flameWeights(tree), {
      focus: -1,
      collapsed: false,
      width: 100,
    });
    expect(boxes?.map(({ node, x, width }) => [node, Math.round(x), Math.round(width)])).toEqual([
      [1, 0, 90],
      [-1, 90, 10],
    ]);
  });

  it('finds the box at a pixel', () => {
    const boxes = [
      { node: 4, x: 10, width: 5 },
      { node: 5, x: 20, width: 1 },
    ];
    expect([9, 10, 14.9, 15, 20.5, 21].map((x) => boxAt(boxes, x)?.node)).toEqual([
      undefined,
      4,
      4,
      undefined,
      5,
      undefined,
    ]);
  });

  it('has totals that are never less than the self times, also of spans side by side', () => {
    const tree = treeOf([
      span(['1'], 'walk', [0, 100]),
      span(['2', '1'], 'walk', [0, 90]),
      span(['3', '1'], 'walk', [0, 80]),
    ]);
    const names = flameNames(tree);
    expect(names.map(({ selfUs, totalUs }) => [selfUs, totalUs])).toEqual([[180, 180]]);
  });

  it('sums up by name, and counts recursion once', () => {
    const tree = treeOf([
      span(['1'], 'walk', [0, 100]),
      span(['2', '1'], 'walk', [0, 60], { isError: true }),
      span(['3', '2'], 'read', [0, 20]),
      span(['4', '1'], 'read', [60, 90]),
    ]);
    const names = flameNames(tree);
    expect(
      names.map(({ operation, count, errorCount, selfUs, totalUs }) => [
        operation,
        count,
        errorCount,
        selfUs,
        totalUs,
      ]),
    ).toEqual([
      ['walk', 2, 1, 50, 100],
      ['read', 2, 0, 50, 50],
    ]);
    expect(tree.nodes.map(({ name }) => name)).toEqual([0, 0, 1, 1]);
  });
});
