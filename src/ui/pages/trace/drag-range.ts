import { type PointerEvent, type PointerEventHandler, useState } from 'react';
import type { TimeWindow } from './trace-view.ts';

/** Less than this is a click. */
const MIN_DRAG_PX = 5;

export interface DragRange {
  /** What is being marked, as shares of the element's width; undefined while nothing is. */
  readonly marked: TimeWindow | undefined;
  readonly handlers: {
    readonly onPointerDown: PointerEventHandler;
    readonly onPointerMove: PointerEventHandler;
    readonly onPointerUp: PointerEventHandler;
    readonly onPointerCancel: PointerEventHandler;
  };
}

/** Marks a part of an element's width with the pointer. */
export function useDragRange(onMarked: (range: TimeWindow) => void): DragRange {
  const [drag, setDrag] = useState<{ readonly start: number; readonly end: number }>();
  const marked = drag && {
    from: Math.min(drag.start, drag.end),
    to: Math.max(drag.start, drag.end),
  };
  return {
    marked,
    handlers: {
      onPointerDown: (event) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        const start = shareOf(event);
        setDrag({ start, end: start });
      },
      onPointerMove: (event) => {
        if (drag !== undefined) setDrag({ start: drag.start, end: shareOf(event) });
      },
      onPointerUp: (event) => {
        setDrag(undefined);
        if (marked === undefined) return;
        const { width } = event.currentTarget.getBoundingClientRect();
        if ((marked.to - marked.from) * width >= MIN_DRAG_PX) onMarked(marked);
      },
      onPointerCancel: () => {
        setDrag(undefined);
      },
    },
  };
}

function shareOf(event: PointerEvent): number {
  const { left, width } = event.currentTarget.getBoundingClientRect();
  return Math.min(1, Math.max(0, (event.clientX - left) / Math.max(1, width)));
}
