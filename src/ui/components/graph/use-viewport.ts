import { useCallback, useMemo, useState } from 'react';
import type { GraphLayout, Point } from './graph-layout.ts';
import {
  centred,
  fitted,
  panned,
  revealing,
  type Size,
  startingAt,
  type Viewport,
  zoomed,
} from './viewport.ts';

/** The corner of the buttons, which the style sheet has too; with a little room. */
const TOOLS: Size = { width: 52, height: 116 };

/** How people move over a graph. */
export interface ViewportMoves {
  readonly pan: (dx: number, dy: number) => void;
  /** Around a point of the screen; without one, around its middle. */
  readonly zoom: (factor: number, at?: Point) => void;
  readonly centre: (at: Point) => void;
  readonly reveal: (box: Point & Size) => void;
  /** The whole graph, however small; from there, back to where it began. */
  readonly fit: () => void;
}

interface Moved {
  /** Of which it is a view; another one is seen from its own start. */
  readonly layout: GraphLayout;
  /** Undefined for the whole graph, on whatever screen. */
  readonly view: Viewport | undefined;
}

/** A readable part around the node `start` until somebody moves, and again for each new layout. */
export function useViewport(
  layout: GraphLayout,
  screen: Size,
  start: string | undefined,
): { readonly view: Viewport; readonly moves: ViewportMoves } {
  const [moved, setMoved] = useState<Moved>();
  const at = useStart(layout, start);
  const viewOf = useCallback(
    (state: Moved | undefined): Viewport =>
      state?.layout === layout
        ? (state.view ?? fitted(layout, screen, TOOLS))
        : startingAt(layout, screen, at, TOOLS),
    [layout, screen, at],
  );
  const moves = useMemo((): ViewportMoves => {
    const change = (next: (view: Viewport) => Viewport): void => {
      setMoved((before) => ({ layout, view: next(viewOf(before)) }));
    };
    return {
      pan: (dx, dy) => {
        change((from) => panned(from, dx, dy));
      },
      zoom: (factor, around = { x: screen.width / 2, y: screen.height / 2 }) => {
        change((from) => zoomed(from, factor, around));
      },
      centre: (point) => {
        change((from) => centred(from, point, screen));
      },
      reveal: (box) => {
        change((from) => revealing(from, box, screen));
      },
      fit: () => {
        setMoved((before) => {
          const isWhole = before?.layout === layout && before.view === undefined;
          return isWhole ? undefined : { layout, view: undefined };
        });
      },
    };
  }, [layout, screen, viewOf]);
  return { view: viewOf(moved), moves };
}

/** Where a layout begins to be seen: what is chosen later moves nothing. */
function useStart(layout: GraphLayout, start: string | undefined): Point {
  const [begun, setBegun] = useState({ layout, start });
  const current = begun.layout === layout ? begun : { layout, start };
  if (current !== begun) setBegun(current);
  const id = current.start ?? '';
  return useMemo(() => layout.nodes.get(id) ?? { x: 0, y: 0 }, [layout, id]);
}
