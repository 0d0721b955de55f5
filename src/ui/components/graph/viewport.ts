import type { Point } from './graph-layout.ts';

/** Which part of a graph is seen: a point p of it is at `p * scale + (x, y)` on the screen. */
export interface Viewport {
  readonly x: number;
  readonly y: number;
  readonly scale: number;
}

export interface Size {
  readonly width: number;
  readonly height: number;
}

const SCALE_MIN = 0.04;
const SCALE_MAX = 2.5;
/** Letters of a node's name are ten pixels high then. */
const READABLE_SCALE = 0.75;
/** Kept free around a node that is brought into sight. */
const SIGHT_MARGIN = 24;
const NO_CORNER: Size = { width: 0, height: 0 };

/**
 * The whole graph, never larger than it is: in the middle of the screen, unless it would be under
 * what stands in the lower right corner; then beside or above that.
 */
export function fitted(graph: Size, screen: Size, corner: Size = NO_CORNER): Viewport {
  const whole = fittedInto(graph, screen);
  const { width, height } = screen;
  const isClear =
    whole.x + graph.width * whole.scale <= width - corner.width ||
    whole.y + graph.height * whole.scale <= height - corner.height;
  if (isClear) return whole;
  const beside = fittedInto(graph, { width: width - corner.width, height });
  const above = fittedInto(graph, { width, height: height - corner.height });
  return beside.scale >= above.scale ? beside : above;
}

function fittedInto(graph: Size, screen: Size): Viewport {
  const share = Math.min(1, screen.width / graph.width, screen.height / graph.height);
  const scale = clampScale(Number.isFinite(share) && share > 0 ? share : 1);
  return {
    scale,
    x: (screen.width - graph.width * scale) / 2,
    y: (screen.height - graph.height * scale) / 2,
  };
}

/**
 * The whole graph where it can be read then; of a larger one, the part around a point, as much of it as
 * can be read. Nothing is left empty for having the point in the middle.
 */
export function startingAt(
  graph: Size,
  screen: Size,
  at: Point,
  corner: Size = NO_CORNER,
): Viewport {
  const whole = fitted(graph, screen, corner);
  if (whole.scale >= READABLE_SCALE) return whole;
  const scale = READABLE_SCALE;
  const view = centred({ ...whole, scale }, at, screen);
  return {
    scale,
    x: kept(view.x, graph.width * scale, screen.width),
    y: kept(view.y, graph.height * scale, screen.height),
  };
}

/** Larger or smaller around a point of the screen, which stays where it is. */
export function zoomed(view: Viewport, factor: number, at: Point): Viewport {
  const scale = clampScale(view.scale * factor);
  const share = scale / view.scale;
  return { scale, x: at.x - (at.x - view.x) * share, y: at.y - (at.y - view.y) * share };
}

export function panned(view: Viewport, dx: number, dy: number): Viewport {
  return { ...view, x: view.x + dx, y: view.y + dy };
}

/** With this point of the graph in the middle of the screen. */
export function centred(view: Viewport, at: Point, screen: Size): Viewport {
  return {
    ...view,
    x: screen.width / 2 - at.x * view.scale,
    y: screen.height / 2 - at.y * view.scale,
  };
}

/** Whether nothing of the graph is out of sight. */
export function isWhole(view: Viewport, graph: Size, screen: Size): boolean {
  return (
    Math.min(view.x, view.y) >= 0 &&
    view.x + graph.width * view.scale <= screen.width &&
    view.y + graph.height * view.scale <= screen.height
  );
}

/** Moved just so far that a box around this point of the graph is seen; the same when it is. */
export function revealing(view: Viewport, box: Point & Size, screen: Size): Viewport {
  const dx = shift(view.x + box.x * view.scale, box.width * view.scale, screen.width);
  const dy = shift(view.y + box.y * view.scale, box.height * view.scale, screen.height);
  return dx === 0 && dy === 0 ? view : panned(view, dx, dy);
}

/** What has to be added to a middle so that everything around it is between 0 and the end. */
function shift(middle: number, length: number, end: number): number {
  const half = length / 2 + SIGHT_MARGIN;
  if (middle - half < 0) return half - middle;
  return middle + half > end ? end - half - middle : 0;
}

/** Where a length begins on the screen: in its middle when there is room, else over all of it. */
function kept(begin: number, length: number, room: number): number {
  if (length <= room) return (room - length) / 2;
  return Math.min(0, Math.max(room - length, begin));
}

function clampScale(scale: number): number {
  return Math.min(SCALE_MAX, Math.max(SCALE_MIN, scale));
}
