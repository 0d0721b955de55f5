import { type PointerEvent, type PointerEventHandler, useState } from 'react';

/** Less than this is a click. */
const MIN_DRAG_PX = 6;

export interface PlotBox {
  readonly left: number;
  readonly top: number;
  readonly right: number;
  readonly bottom: number;
}

interface PlotBrush {
  /** What is being marked, in pixels of the element. */
  readonly marked: PlotBox | undefined;
  readonly handlers: Readonly<
    Record<
      'onPointerDown' | 'onPointerMove' | 'onPointerUp' | 'onPointerCancel',
      PointerEventHandler<SVGSVGElement>
    >
  >;
}

interface Point {
  readonly x: number;
  readonly y: number;
}

/** Marks a box inside `area` with the pointer. A flat one spans the height, a narrow one the width. */
export function usePlotBrush(area: PlotBox, onMarked: (box: PlotBox) => void): PlotBrush {
  const [drag, setDrag] = useState<{ readonly start: Point; readonly end: Point }>();
  const marked = drag && markedBox(drag.start, drag.end, area);
  return {
    marked,
    handlers: {
      onPointerDown: (event) => {
        // A finger scrolls the page.
        if (event.button !== 0 || event.pointerType === 'touch') return;
        const start = pointOf(event);
        setDrag({ start, end: start });
      },
      onPointerMove: (event) => {
        if (drag === undefined) return;
        // Not from the start on: a click on a mark must stay one.
        if (marked !== undefined) event.currentTarget.setPointerCapture(event.pointerId);
        setDrag({ start: drag.start, end: pointOf(event) });
      },
      onPointerUp: () => {
        setDrag(undefined);
        if (marked !== undefined) onMarked(marked);
      },
      onPointerCancel: () => {
        setDrag(undefined);
      },
    },
  };
}

function markedBox(a: Point, b: Point, area: PlotBox): PlotBox | undefined {
  const flat = Math.abs(a.y - b.y) < MIN_DRAG_PX;
  const narrow = Math.abs(a.x - b.x) < MIN_DRAG_PX;
  if (flat && narrow) return undefined;
  return {
    left: narrow ? area.left : Math.max(area.left, Math.min(a.x, b.x)),
    right: narrow ? area.right : Math.min(area.right, Math.max(a.x, b.x)),
    top: flat ? area.top : Math.max(area.top, Math.min(a.y, b.y)),
    bottom: flat ? area.bottom : Math.min(area.bottom, Math.max(a.y, b.y)),
  };
}

function pointOf(event: PointerEvent<SVGSVGElement>): Point {
  const { left, top } = event.currentTarget.getBoundingClientRect();
  return { x: event.clientX - left, y: event.clientY - top };
}
