import {
  forceCollide,
  forceLink,
  forceManyBody,
  forceSimulation,
  forceX,
  forceY,
  type SimulationLinkDatum,
  type SimulationNodeDatum,
} from 'd3-force';
import {
  type EdgeLayout,
  type GraphLayout,
  LAYOUT_MARGIN,
  type LayoutRequest,
  type Point,
} from './graph-layout.ts';

interface Body extends SimulationNodeDatum {
  readonly id: string;
  readonly width: number;
  readonly height: number;
}

/** Free space around a box. */
const GAP = 26;
/** Small graphs settle fully; for large ones each step costs more and the picture changes less. */
const STEPS = { few: 300, many: 120 };
const MANY_NODES = 400;
/** Edges there and back lie this far apart. */
const BEND = 14;
const LOOP = 26;

/**
 * By springs along the edges and a push between all nodes, to the end at once: nothing moves on the
 * screen. Boxes are wider than high, so the space is squeezed before and stretched afterwards. The
 * same graph always gives the same picture.
 */
export function forceLayout({ edges, nodes }: LayoutRequest): GraphLayout {
  const stretch = stretchOf(nodes);
  const bodies = nodes.map((node): Body => ({ ...node }));
  settle(bodies, edges, stretch);
  for (const body of bodies) body.x = (body.x ?? 0) * stretch;
  const left = Math.min(...bodies.map(({ width, x = 0 }) => x - width / 2));
  const top = Math.min(...bodies.map(({ height, y = 0 }) => y - height / 2));
  for (const body of bodies) {
    body.x = (body.x ?? 0) - left + LAYOUT_MARGIN;
    body.y = (body.y ?? 0) - top + LAYOUT_MARGIN;
  }
  const placed = new Map(bodies.map((body) => [body.id, body]));
  return {
    width: Math.max(0, ...bodies.map(({ width, x = 0 }) => x + width / 2)) + LAYOUT_MARGIN,
    height: Math.max(0, ...bodies.map(({ height, y = 0 }) => y + height / 2)) + LAYOUT_MARGIN,
    nodes: new Map(bodies.map(({ id, x = 0, y = 0 }) => [id, { x, y }])),
    edges: drawEdges(edges, placed),
  };
}

/** How much wider than high a box with its gap is. */
function stretchOf(nodes: LayoutRequest['nodes']): number {
  const width = nodes.reduce((sum, node) => sum + node.width + GAP, 0);
  const height = nodes.reduce((sum, node) => sum + node.height + GAP, 0);
  return Math.min(3, Math.max(1, width / height || 1));
}

function settle(bodies: Body[], edges: LayoutRequest['edges'], stretch: number): void {
  const radius = ({ height, width }: Body): number =>
    Math.hypot((width + GAP) / stretch, height + GAP) / 2;
  const links = edges
    .filter(({ from, to }) => from !== to)
    .map(({ from, to }): SimulationLinkDatum<Body> => ({ source: from, target: to }));
  const typical = bodies.reduce((sum, body) => sum + radius(body), 0) / Math.max(1, bodies.length);
  forceSimulation(bodies)
    .force(
      'edges',
      forceLink<Body, SimulationLinkDatum<Body>>(links)
        .id(({ id }) => id)
        .distance(typical * 3),
    )
    .force('push', forceManyBody<Body>().strength(-typical * 14))
    .force('boxes', forceCollide<Body>(radius).iterations(2))
    // Parts that nothing connects stay near each other.
    .force('x', forceX(0).strength(0.06))
    .force('y', forceY(0).strength(0.08))
    .stop()
    .tick(bodies.length > MANY_NODES ? STEPS.many : STEPS.few);
}

function drawEdges(
  edges: LayoutRequest['edges'],
  placed: ReadonlyMap<string, Body>,
): readonly EdgeLayout[] {
  const pairs = new Set(edges.map(({ from, to }) => JSON.stringify([from, to])));
  return edges.map(({ from, to }) => {
    const [source, target] = [placed.get(from), placed.get(to)];
    if (source === undefined || target === undefined)
      return { points: [], flow: 'free', label: { x: 0, y: 0 } };
    if (source === target) return loopAt(source);
    return lineBetween(source, target, pairs.has(JSON.stringify([to, from])) ? BEND : 0);
  });
}

/** Bent to its own right, so that the way back does not lie on it. */
function lineBetween(source: Body, target: Body, bend: number): EdgeLayout {
  const [from, to] = [pointOf(source), pointOf(target)];
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  const middle = {
    x: (from.x + to.x) / 2 - ((to.y - from.y) / length) * bend,
    y: (from.y + to.y) / 2 + ((to.x - from.x) / length) * bend,
  };
  const points = [border(source, middle), middle, border(target, middle)];
  return { points, flow: 'free', label: middle };
}

/** Where the way from the middle of a box towards a point leaves it. */
function border(box: Body, towards: Point): Point {
  const { x, y } = pointOf(box);
  const [dx, dy] = [towards.x - x, towards.y - y];
  const share = Math.min(
    box.width / 2 / Math.abs(dx || 1e-9),
    box.height / 2 / Math.abs(dy || 1e-9),
    1,
  );
  return { x: x + dx * share, y: y + dy * share };
}

/** A service that calls itself: around the upper right corner. */
function loopAt(box: Body): EdgeLayout {
  const { x, y } = pointOf(box);
  const [right, top] = [x + box.width / 2, y - box.height / 2];
  const label = { x: right + LOOP / 2, y: top - LOOP / 2 };
  return {
    points: [
      { x: right - LOOP, y: top },
      { x: right - LOOP / 2, y: top - LOOP },
      label,
      { x: right + LOOP, y: top + LOOP / 4 },
      { x: right, y },
    ],
    flow: 'free',
    label,
  };
}

function pointOf({ x = 0, y = 0 }: Body): Point {
  return { x, y };
}
