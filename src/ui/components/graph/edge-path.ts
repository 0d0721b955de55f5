import type { Point } from './graph-layout.ts';

/** A smooth line (a uniform cubic B-spline) that starts and ends at the first and last point, as an SVG path. */
export function smoothPath(points: readonly Point[]): string {
  const [first, second] = points;
  if (first === undefined || second === undefined) return '';
  const start = points.length === 2 ? first : mix([first, 5], [second, 1]);
  const parts = [`M${text(first)}`, `L${text(start)}`];
  if (points.length > 2) {
    for (let index = 1; index < points.length; index++) {
      const before = points[index - 1] ?? first;
      const at = points[index] ?? first;
      const after = points[index + 1] ?? at;
      const end = mix([before, 1], [at, 4], [after, 1]);
      parts.push(
        `C${text(mix([before, 2], [at, 1]))} ${text(mix([before, 1], [at, 2]))} ${text(end)}`,
      );
    }
  }
  parts.push(`L${text(points.at(-1) ?? first)}`);
  return parts.join('');
}

/** The last point moved back along the line by `length`, so that an arrow head has its place. */
export function shortened(points: readonly Point[], length: number): readonly Point[] {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (tip === undefined || before === undefined) return points;
  const [x, y] = direction(before, tip);
  return [...points.slice(0, -1), { x: tip.x - x * length, y: tip.y - y * length }];
}

/** A closed triangle whose tip is the last point. */
export function arrowHead(points: readonly Point[], length: number): string {
  const tip = points.at(-1);
  const before = points.at(-2);
  if (tip === undefined || before === undefined) return '';
  const [x, y] = direction(before, tip);
  const foot = { x: tip.x - x * length, y: tip.y - y * length };
  const half = length * 0.45;
  const left = { x: foot.x - y * half, y: foot.y + x * half };
  const right = { x: foot.x + y * half, y: foot.y - x * half };
  return `M${text(tip)}L${text(left)}L${text(right)}Z`;
}

function direction(from: Point, to: Point): readonly [x: number, y: number] {
  const length = Math.hypot(to.x - from.x, to.y - from.y) || 1;
  return [(to.x - from.x) / length, (to.y - from.y) / length];
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
