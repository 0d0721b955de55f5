import { describe, expect, it } from 'vitest';
import type { GraphLayout, LayoutRequest } from '../../../src/ui/components/graph/graph-layout.ts';
import { layOutGraph } from '../../../src/ui/components/graph/lay-out-graph.ts';

type Links = readonly (readonly [from: string, to: string])[];

const SIZE = { width: 120, height: 40 };

function request(links: Links, changes: Partial<LayoutRequest> = {}): LayoutRequest {
  const ids = [...new Set(links.flat())];
  return {
    layout: 'layered',
    direction: 'right',
    nodes: ids.map((id) => ({ id, ...SIZE })),
    edges: links.map(([from, to]) => ({ from, to, labelWidth: 0 })),
    ...changes,
  };
}

/** Pairs of boxes that lie on each other. */
function overlaps({ nodes }: GraphLayout): readonly string[] {
  const places = [...nodes];
  return places.flatMap(([a, from], index) =>
    places
      .slice(index + 1)
      .filter(
        ([, to]) =>
          Math.abs(from.x - to.x) < SIZE.width - 1 && Math.abs(from.y - to.y) < SIZE.height - 1,
      )
      .map(([b]) => `${a} ${b}`),
  );
}

/** A tree in which everybody has `branches` children. */
function tree(count: number, branches: number): Links {
  return Array.from({ length: count - 1 }, (_, index) => [
    `s${Math.floor(index / branches)}`,
    `s${index + 1}`,
  ]);
}

const DIAMOND: Links = [
  ['web', 'cart'],
  ['web', 'mail'],
  ['cart', 'db'],
  ['mail', 'db'],
];

describe('a layered layout', () => {
  it('puts who is called to the right of who calls', () => {
    const { nodes } = layOutGraph(request(DIAMOND));
    const x = (id: string): number => nodes.get(id)?.x ?? NaN;
    expect(x('web')).toBeLessThan(x('cart'));
    expect(x('cart')).toBe(x('mail'));
    expect(x('mail')).toBeLessThan(x('db'));
  });

  it('puts who is called below who calls when edges point down', () => {
    const { nodes } = layOutGraph(request(DIAMOND, { direction: 'down' }));
    const y = (id: string): number => nodes.get(id)?.y ?? NaN;
    expect(y('web')).toBeLessThan(y('cart'));
    expect(y('cart')).toBe(y('mail'));
    expect(y('mail')).toBeLessThan(y('db'));
  });

  it('leaves room for labels between the layers', () => {
    const plain = layOutGraph(request([['web', 'cart']]));
    const labelled = layOutGraph({
      ...request([['web', 'cart']]),
      edges: [{ from: 'web', to: 'cart', labelWidth: 200 }],
    });
    expect(labelled.width - plain.width).toBeGreaterThanOrEqual(100);
    const { x = 0 } = labelled.edges[0]?.label ?? {};
    expect(x).toBeCloseTo(labelled.width / 2);
  });

  it('takes circles, calls of oneself and names that objects already have', () => {
    const links: Links = [
      ['__proto__', 'constructor'],
      ['constructor', '__proto__'],
      ['__proto__', '__proto__'],
    ];
    const { edges, nodes } = layOutGraph(request(links));
    expect([...nodes.keys()]).toEqual(['__proto__', 'constructor']);
    expect(edges.map(({ points }) => points.length >= 2)).toEqual([true, true, true]);
  });

  it('leads calls of oneself around, beside the box and over no other', () => {
    const links: Links = [...DIAMOND, ['cart', 'cart']];
    const place = (direction: 'right' | 'down') => {
      const { edges, nodes } = layOutGraph(request(links, { direction }));
      const { x, y } = nodes.get('cart') ?? { x: NaN, y: NaN };
      return edges[4]?.points.map((point) => [point.x - x, point.y - y]);
    };
    const [, [, below = NaN] = []] = place('right') ?? [];
    expect(below).toBeGreaterThan(20);
    expect(below).toBeLessThan(SIZE.height + 22 + 20);
    expect(place('right')).toEqual([
      [30, 20],
      [30, below],
      [-30, below],
      [-30, 20],
    ]);
    const [, [beside = NaN] = []] = place('down') ?? [];
    expect(beside).toBeGreaterThan(60);
    expect(place('down')).toEqual([
      [60, 10],
      [beside, 10],
      [beside, -10],
      [60, -10],
    ]);
  });

  it('is empty for a graph without nodes', () => {
    expect(layOutGraph(request([])).edges).toEqual([]);
    expect(layOutGraph(request([], { layout: 'force' })).nodes.size).toBe(0);
  });

  it('gives way to forces when there are too many edges to follow', () => {
    const many = request(Array.from({ length: 3_001 }, () => ['web', 'cart'] as const));
    expect(layOutGraph(many)).toEqual(layOutGraph({ ...many, layout: 'force' }));
  });
});

describe('a force layout', () => {
  it('keeps boxes apart and inside of its size', () => {
    const layout = layOutGraph(request(tree(60, 4), { layout: 'force' }));
    expect(overlaps(layout)).toEqual([]);
    for (const { x, y } of layout.nodes.values()) {
      expect(x - SIZE.width / 2).toBeGreaterThanOrEqual(0);
      expect(x + SIZE.width / 2).toBeLessThanOrEqual(layout.width);
      expect(y - SIZE.height / 2).toBeGreaterThanOrEqual(0);
      expect(y + SIZE.height / 2).toBeLessThanOrEqual(layout.height);
    }
  });

  it('is the same each time', () => {
    const same = request(DIAMOND, { layout: 'force' });
    expect(layOutGraph(same)).toEqual(layOutGraph(same));
  });

  it('draws edges from border to border, and the way back beside the way there', () => {
    const { edges, nodes } = layOutGraph(
      request(
        [
          ['web', 'cart'],
          ['cart', 'web'],
        ],
        { layout: 'force' },
      ),
    );
    const [there, back] = edges;
    const start = there?.points[0] ?? { x: 0, y: 0 };
    const web = nodes.get('web') ?? { x: 0, y: 0 };
    const [dx, dy] = [Math.abs(start.x - web.x), Math.abs(start.y - web.y)];
    expect(Math.min(Math.abs(dx - SIZE.width / 2), Math.abs(dy - SIZE.height / 2))).toBeCloseTo(0);
    const gap = Math.hypot(
      (there?.label.x ?? 0) - (back?.label.x ?? 0),
      (there?.label.y ?? 0) - (back?.label.y ?? 0),
    );
    expect(gap).toBeCloseTo(28);
  });
});
