import { describe, expect, it } from 'vitest';
import { withCrowdedLabels } from '../../../src/ui/components/graph/crowded-labels.ts';
import type {
  EdgeLayout,
  GraphLayout,
  LayoutRequest,
} from '../../../src/ui/components/graph/graph-layout.ts';

const labelAt = (x: number, y: number): EdgeLayout => ({
  points: [],
  flow: 'free',
  label: { x, y },
});

/** Which labels are crowded of edges with labels of this width at these places, beside a box at 0, 0. */
function crowded(
  labelWidth: number,
  edges: readonly EdgeLayout[],
): readonly (boolean | undefined)[] {
  const layout: GraphLayout = {
    ...{ width: 500, height: 500 },
    nodes: new Map([['a', { x: 0, y: 0 }]]),
    edges,
  };
  const request: LayoutRequest = {
    ...{ layout: 'force', direction: 'right' },
    nodes: [{ id: 'a', width: 100, height: 40 }],
    edges: edges.map(() => ({ from: 'a', to: 'a', labelWidth })),
  };
  return withCrowdedLabels(layout, request).edges.map(({ isCrowded }) => isCrowded);
}

describe('labels of edges', () => {
  it('are crowded where one before them or a box is in their place', () => {
    expect(
      crowded(20, [labelAt(200, 200), labelAt(215, 205), labelAt(225, 205), labelAt(55, 0)]),
    ).toEqual([undefined, true, undefined, true]);
  });

  it('take no place where they are not shown, or where there are none', () => {
    expect(crowded(20, [labelAt(200, 200), labelAt(215, 200), labelAt(230, 200)])).toEqual([
      ...[undefined, true, undefined],
    ]);
    expect(crowded(0, [labelAt(200, 200), labelAt(200, 200)])).toEqual([undefined, undefined]);
  });
});
