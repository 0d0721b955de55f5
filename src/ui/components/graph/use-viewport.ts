import { useCallback, useMemo, useState } from 'react';
import type { GraphLayout, Point } from './graph-layout.ts';
import {
  centred,
  fitted,
  panned,
  revealing,
  type Size,
  type Viewport,
  zoomed,
} from './viewport.ts';

/** How people move over a graph. */
export interface ViewportMoves {
  readonly pan: (dx: number, dy: number) => void;
  /** Around a point of the screen; without one, around its middle. */
  readonly zoom: (factor: number, at?: Point) => void;
  readonly centre: (at: Point) => void;
  readonly reveal: (box: Point & Size) => void;
  readonly fit: () => void;
}

/** The whole graph until somebody moves, and again for each new layout. */
export function useViewport(
  layout: GraphLayout,
  screen: Size,
): { readonly view: Viewport; readonly moves: ViewportMoves } {
  const [moved, setMoved] = useState<{ readonly view: Viewport; readonly layout: GraphLayout }>();
  const view = moved?.layout === layout ? moved.view : fitted(layout, screen);
  const change = useCallback(
    (next: (view: Viewport) => Viewport) => {
      setMoved((before) => {
        const from = before?.layout === layout ? before.view : fitted(layout, screen);
        return { layout, view: next(from) };
      });
    },
    [layout, screen],
  );
  const moves = useMemo(
    (): ViewportMoves => ({
      pan: (dx, dy) => {
        change((from) => panned(from, dx, dy));
      },
      zoom: (factor, at = { x: screen.width / 2, y: screen.height / 2 }) => {
        change((from) => zoomed(from, factor, at));
      },
      centre: (at) => {
        change((from) => centred(from, at, screen));
      },
      reveal: (box) => {
        change((from) => revealing(from, box, screen));
      },
      fit: () => {
        setMoved(undefined);
      },
    }),
    [change, screen],
  );
  return { view, moves };
}
