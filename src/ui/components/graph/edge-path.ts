import type { EdgeLayout, Point } from './graph-layout.ts';

/** The line of an edge and the arrow head at its end, as SVG paths. */
export interface EdgeShape {
  readonly line: string;
  readonly head: string;
}

/** Smooth, with a head of this length. */
export function edgeShape({ points, flow }: EdgeLayout, headLength: number): EdgeShape {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (tip === undefined || before === undefined) return { line: '', head: '' };
  const at = arrival(before, tip, flow);
  // The line ends within the head, for it is thicker than the tip.
  const end = { x: tip.x - at.x * (headLength - 1), y: tip.y - at.y * (headLength - 1) };
  const shortened = [...points.slice(0, -1), end];
  return {
    line: flow === 'free' ? splinePath(shortened) : flowPath(shortened, flow),
    head: headPath(tip, at, headLength),
  };
}

/** The unit vector in which an edge comes to its end. */
function arrival(from: Point, to: Point, flow: EdgeLayout['flow']): Point {
  if (flow === 'right') return { x: Math.sign(to.x - from.x) || 1, y: 0 };
  if (flow === 'down') return { x: 0, y: Math.sign(to.y - from.y) || 1 };
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return { x: (to.x - from.x) / length, y: (to.y - from.y) / length };
}

/** A closed triangle. */
function headPath(tip: Point, { x, y }: Point, length: number): string {
  const foot = { x: tip.x - x * length, y: tip.y - y * length };
  const half = length * 0.45;
  const left = { x: foot.x - y * half, y: foot.y + x * half };
  const right = { x: foot.x + y * half, y: foot.y - x * half };
  return `M${text(tip)}L${text(left)}L${text(right)}Z`;
}

/** Through every point along the flow: it goes across only between the layers, where no boxes are. */
function flowPath(points: readonly Point[], flow: 'right' | 'down'): string {
  const [first = { x: 0, y: 0 }, ...others] = points;
  let from = first;
  const parts = [`M${text(first)}`];
  for (const to of others) {
    const middle = { x: (from.x + to.x) / 2, y: (from.y + to.y) / 2 };
    const leaving = flow === 'right' ? { x: middle.x, y: from.y } : { x: from.x, y: middle.y };
    const coming = flow === 'right' ? { x: middle.x, y: to.y } : { x: to.x, y: middle.y };
    parts.push(`C${text(leaving)} ${text(coming)} ${text(to)}`);
    from = to;
  }
  return parts.join('');
}

/** A uniform cubic B-spline from the first point to the last. */
function splinePath(points: readonly Point[]): string {
  const first = points[0] ?? { x: 0, y: 0 };
  if (points.length === 2) return `M${text(first)}L${text(points[1] ?? first)}`;
  const parts = [`M${text(first)}`, `L${text(mix([first, 5], [points[1] ?? first, 1]))}`];
  for (let index = 1; index < points.length; index++) {
    const before = points[index - 1] ?? first;
    const at = points[index] ?? first;
    const after = points[index + 1] ?? at;
    const end = mix([before, 1], [at, 4], [after, 1]);
    parts.push(
      `C${text(mix([before, 2], [at, 1]))} ${text(mix([before, 1], [at, 2]))} ${text(end)}`,
    );
  }
  parts.push(`L${text(points.at(-1) ?? first)}`);
  return parts.join('');
}

function mix(...parts: readonly (readonly [point: Point, weight: number])[]): Point {
  const sum = parts.reduce((total, [, weight]) => total + weight, 0);
  return {
    x: parts.reduce((total, [{ x }, weight]) => total + x * weight, 0) / sum,
    y: parts.reduce((total, [{ y }, weight]) => total + y * weight, 0) / sum,
  };
}

/** A tenth of a pixel is as fine as anybody sees. */
function text({ x, y }: Point): string {
  return `${Math.round(x * 10) / 10} ${Math.round(y * 10) / 10}`;
}
