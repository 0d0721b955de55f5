import { describe, expect, it } from 'vitest';
import { heaviestPaths } from '../../src/model/heaviest-paths.ts';
import { gatherPaths, type PathTree } from '../../src/model/path-tree.ts';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

/** One span a path: id, parent, duration. In display order, so that nodes have the same indexes. */
function treeOf(
  spans: readonly (readonly [id: string, parent: string, durationUs: number])[],
): PathTree {
  const rows = buildTraceTree(
    spans.map(([id, parentSpanId, durationUs], index) =>
      aTimelineSpan(id, { parentSpanId, durationUs, startUs: index }),
    ),
  );
  const paths = gatherPaths(rows);
  for (const row of rows) paths.add(row);
  return paths.result();
}

describe('the heaviest paths', () => {
  const tree = treeOf([
    ['root', '', 100],
    ['light', 'root', 5],
    ['late', 'light', 500],
    ['later', 'late', 400],
    ['middle', 'root', 40],
    ['leaf', 'middle', 10],
    ['other', '', 1],
  ]);
  const shownOf = (max: number): unknown => {
    const { nodes, hiddenBelow } = heaviestPaths(tree, max);
    return { shown: nodes.map(({ operation }) => operation), hiddenBelow: [...hiddenBelow] };
  };

  it('are all of them where there is room', () => {
    expect(heaviestPaths(tree, 7)).toEqual({ nodes: tree.nodes, hiddenBelow: new Map() });
  });

  it('are those with the longest times, each below its parent', () => {
    expect(shownOf(3)).toEqual({
      shown: ['op-root', 'op-middle', 'op-leaf'],
      // light, late, later; other is below nothing.
      hiddenBelow: [[0, 3]],
    });
  });

  it('count as light as their parents, which they cannot be shown without', () => {
    expect(shownOf(4)).toEqual({
      shown: ['op-root', 'op-light', 'op-middle', 'op-leaf'],
      hiddenBelow: [[1, 2]],
    });
  });
});
