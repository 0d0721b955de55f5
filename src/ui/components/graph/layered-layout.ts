import dagre, { type EdgeLabel, type GraphLabel, type NodeLabel } from '@dagrejs/dagre';
import {
  type EdgeLayout,
  type GraphLayout,
  LAYOUT_MARGIN,
  type LayoutRequest,
  type Point,
} from './graph-layout.ts';

/** Up to here the best ranking and room for every label are worth their time; it grows fast beyond. */
const CAREFUL_EDGES = 150;
const LABEL_HEIGHT = 18;

/** In layers, so that edges point one way: who calls on one side, who is called on the other. */
export function layeredLayout({ direction, edges, nodes }: LayoutRequest): GraphLayout {
  const graph = new dagre.graphlib.Graph<GraphLabel, NodeLabel, EdgeLabel>({ multigraph: true });
  const careful = edges.length <= CAREFUL_EDGES;
  graph.setGraph({
    rankdir: direction === 'right' ? 'LR' : 'TB',
    ranker: careful ? 'network-simplex' : 'tight-tree',
    ...{ nodesep: 22, edgesep: 12, ranksep: direction === 'right' ? 76 : 52 },
    ...{ marginx: LAYOUT_MARGIN, marginy: LAYOUT_MARGIN },
  });
  // Numbers instead of ids: the library keeps names in plain objects, where `__proto__` is none.
  const keys = new Map(nodes.map(({ id }, index) => [id, String(index)]));
  const keyOf = (id: string): string => keys.get(id) ?? '';
  for (const { height, id, width } of nodes) graph.setNode(keyOf(id), { width, height });
  for (const [index, { from, labelWidth, to }] of edges.entries()) {
    const hasRoom = careful && labelWidth > 0;
    const label: EdgeLabel = hasRoom
      ? { width: labelWidth, height: LABEL_HEIGHT, labelpos: 'c' }
      : {};
    graph.setEdge(keyOf(from), keyOf(to), label, String(index));
  }
  dagre.layout(graph);
  const { height = 0, width = 0 } = graph.graph();
  return {
    ...{ width, height },
    nodes: new Map(nodes.map(({ id }) => [id, pointOf(graph.node(keyOf(id)))])),
    edges: edges.map(({ from, to }, index) => {
      const way = graph.edge(keyOf(from), keyOf(to), String(index));
      return edgeLayout(way, [graph.node(keyOf(from)), graph.node(keyOf(to))], direction);
    }),
  };
}

/** Edges leave and come in the middle of the sides that face each other, so that they do not cross boxes. */
function edgeLayout(
  { points = [], x, y }: EdgeLabel,
  [source, target]: readonly [NodeLabel, NodeLabel],
  direction: LayoutRequest['direction'],
): EdgeLayout {
  const middle = points[Math.floor(points.length / 2)] ?? { x: 0, y: 0 };
  const label = x === undefined || y === undefined ? middle : { x, y };
  if (source === target) return loopLayout(source, label, direction);
  const inner = points.slice(1, -1);
  const start = inner[0];
  const end = inner.at(-1);
  if (start === undefined || end === undefined) {
    return { points, flow: 'free', label };
  }
  return {
    points: [sideTowards(source, start, direction), ...inner, sideTowards(target, end, direction)],
    flow: direction,
    label,
  };
}

/** Who calls itself: out of a box and back into the same side, round the room that was left for it. */
function loopLayout(
  { width, height, x = 0, y = 0 }: NodeLabel,
  label: Point,
  direction: LayoutRequest['direction'],
): EdgeLayout {
  const across = (direction === 'right' ? width : height) / 4;
  const near = direction === 'right' ? y + height / 2 : x + width / 2;
  const far = direction === 'right' ? label.y : label.x;
  const at = (along: number, depth: number): Point =>
    direction === 'right' ? { x: x + along, y: depth } : { x: depth, y: y + along };
  const points = [at(across, near), at(across, far), at(-across, far), at(-across, near)];
  return { points, flow: 'free', label: at(0, far) };
}

/** The middle of the side of a box that is nearer to a point, along the layers. */
function sideTowards(
  { width, height, x = 0, y = 0 }: NodeLabel,
  towards: Point,
  direction: LayoutRequest['direction'],
): Point {
  if (direction === 'right') return { x: x + (Math.sign(towards.x - x) * width) / 2, y };
  return { x, y: y + (Math.sign(towards.y - y) * height) / 2 };
}

function pointOf({ x = 0, y = 0 }: NodeLabel): Point {
  return { x, y };
}
