import {
  type KeyboardEvent,
  type MouseEvent,
  type PointerEvent,
  type RefObject,
  useEffect,
  useRef,
} from 'react';
import type { Point } from './graph-layout.ts';
import type { ViewportMoves } from './use-viewport.ts';

/** A pointer that moved less has clicked. */
const DRAG_PX = 4;
const KEY_PX = 60;
const KEY_FAR_PX = 300;
export const ZOOM_STEP = 1.25;
/** Of one pixel of the wheel; a pinch on a touchpad turns it much less and counts more. */
const WHEEL_ZOOM = 0.0015;
const PINCH_ZOOM = 0.01;

interface PanHandlers {
  readonly onPointerDown: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerMove: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerUp: (event: PointerEvent<HTMLElement>) => void;
  readonly onPointerCancel: (event: PointerEvent<HTMLElement>) => void;
  readonly onClickCapture: (event: MouseEvent<HTMLElement>) => void;
  readonly onKeyDown: (event: KeyboardEvent<HTMLElement>) => void;
}

/** Drag to pan, two fingers or the wheel to zoom, and the keys. */
export function usePanAndZoom(
  ref: RefObject<HTMLElement | null>,
  moves: ViewportMoves,
): PanHandlers {
  const pointers = useRef(new Map<number, Point>());
  const dragged = useRef(false);
  useEffect(() => {
    const element = ref.current;
    if (element === null) return undefined;
    const turn = (event: WheelEvent): void => {
      event.preventDefault();
      const speed = event.ctrlKey ? PINCH_ZOOM : WHEEL_ZOOM;
      moves.zoom(Math.exp(-event.deltaY * speed), pointOn(element, event));
    };
    // React listens passively to wheels: the page would scroll as well.
    element.addEventListener('wheel', turn, { passive: false });
    return () => {
      element.removeEventListener('wheel', turn);
    };
  }, [ref, moves]);
  const release = (event: PointerEvent<HTMLElement>): void => {
    pointers.current.delete(event.pointerId);
  };
  return {
    onPointerDown: (event) => {
      if (event.button !== 0) return;
      dragged.current = false;
      pointers.current.set(event.pointerId, { x: event.clientX, y: event.clientY });
    },
    onPointerMove: (event) => {
      const from = pointers.current.get(event.pointerId);
      if (from === undefined) return;
      // Let go outside, before it was captured.
      if (event.buttons === 0) {
        release(event);
        return;
      }
      const to = { x: event.clientX, y: event.clientY };
      if (!dragged.current && distance(from, to) < DRAG_PX) return;
      // Only now: a captured pointer would take the click away from the node below it.
      if (!dragged.current) event.currentTarget.setPointerCapture(event.pointerId);
      dragged.current = true;
      const other = [...pointers.current].find(([id]) => id !== event.pointerId)?.[1];
      pointers.current.set(event.pointerId, to);
      if (other === undefined) moves.pan(to.x - from.x, to.y - from.y);
      else pinch(moves, pointOn(event.currentTarget, event), [from, to, other]);
    },
    onPointerUp: release,
    onPointerCancel: release,
    onClickCapture: (event) => {
      if (!dragged.current) return;
      dragged.current = false;
      event.stopPropagation();
    },
    onKeyDown: (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      if (moveByKey(event.key, event.shiftKey, moves)) event.preventDefault();
    },
  };
}

function moveByKey(key: string, far: boolean, moves: ViewportMoves): boolean {
  const step = far ? KEY_FAR_PX : KEY_PX;
  const doing = new Map([
    [
      'ArrowLeft',
      () => {
        moves.pan(step, 0);
      },
    ],
    [
      'ArrowRight',
      () => {
        moves.pan(-step, 0);
      },
    ],
    [
      'ArrowUp',
      () => {
        moves.pan(0, step);
      },
    ],
    [
      'ArrowDown',
      () => {
        moves.pan(0, -step);
      },
    ],
    [
      '+',
      () => {
        moves.zoom(ZOOM_STEP);
      },
    ],
    [
      '=',
      () => {
        moves.zoom(ZOOM_STEP);
      },
    ],
    [
      '-',
      () => {
        moves.zoom(1 / ZOOM_STEP);
      },
    ],
    ['0', moves.fit],
  ]).get(key);
  doing?.();
  return doing !== undefined;
}

/** As far as the fingers are from each other; around the one that moves. */
function pinch(
  moves: ViewportMoves,
  at: Point,
  [from, to, other]: readonly [Point, Point, Point],
): void {
  const before = distance(from, other);
  if (before > 0) moves.zoom(distance(to, other) / before, at);
}

function pointOn(element: HTMLElement, at: { clientX: number; clientY: number }): Point {
  const box = element.getBoundingClientRect();
  return { x: at.clientX - box.left, y: at.clientY - box.top };
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y);
}
