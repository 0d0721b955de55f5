import {
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from 'react';
import { flushSync } from 'react-dom';
import { type LinePlaces, linePlaces } from './line-places.ts';
import { hasDetail, lineOf } from './timeline-lines.ts';
import type { TraceView } from './trace-view.ts';

const ROW_PX = 28;
/** Stays above the lines. */
const HEAD_PX = 34;
/** Until details are measured. */
const DETAIL_PX = 220;
/** Lines beyond the edges, for the first moment of a scroll. */
const OVERSCAN = 8;

/** The lines that are drawn, from `first` up to `end`, and where. */
export interface LineWindow {
  readonly first: number;
  readonly end: number;
  readonly places: LinePlaces;
  /** Ref for details, which name their row in `data-row`: their height is measured. */
  readonly measureDetail: (element: HTMLElement | null) => (() => void) | undefined;
}

type Scroller = RefObject<HTMLElement | null>;

/** Follows the scroller, and brings the active row into its sight. */
export function useLineWindow(lines: Int32Array, view: TraceView, scroller: Scroller): LineWindow {
  const { top, height } = useSight(scroller);
  const { heights, measureDetail } = useDetailHeights(scroller);
  const { rows, opened, hidden } = view;
  const places = useMemo(() => {
    const tall = [...opened].flatMap((row) => {
      const line = hasDetail(rows[row], hidden) ? lineOf(lines, row) : -1;
      return line < 0 ? [] : [{ line, morePx: heights.get(row) ?? DETAIL_PX }];
    });
    return linePlaces(lines.length, ROW_PX, tall);
  }, [lines, rows, opened, hidden, heights]);
  useEffect(() => {
    const line = lineOf(lines, view.active);
    if (line >= 0 && scroller.current !== null) reveal(scroller.current, places.top(line));
    // Only a new choice scrolls; opening details or collapsing rows must not move the page.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [view.active, view.revealed]);
  const first = Math.max(0, places.lineAt(top) - OVERSCAN);
  const end = Math.min(lines.length, places.lineAt(top + height) + 1 + OVERSCAN);
  return { first, end, places, measureDetail };
}

/** The part of the lines that is in sight, to the height of a row. */
function useSight(scroller: Scroller): { readonly top: number; readonly height: number } {
  const [row, setRow] = useState(0);
  const [height, setHeight] = useState(0);
  // Before the first paint, so that it has the lines.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    const follow = (): void => {
      setRow(Math.floor(element.scrollTop / ROW_PX));
    };
    const measure = (): void => {
      setHeight(element.clientHeight);
    };
    const onScroll = (): void => {
      // At once: the browser would show the scrolled page without the lines that come into sight.
      flushSync(follow);
    };
    follow();
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller]);
  return { top: row * ROW_PX, height: height + ROW_PX };
}

/** What details take, by their row, as it changes; what is in sight stays where it is meanwhile. */
function useDetailHeights(scroller: Scroller): {
  readonly heights: ReadonlyMap<number, number>;
  readonly measureDetail: LineWindow['measureDetail'];
} {
  const [heights, setHeights] = useState<ReadonlyMap<number, number>>(new Map());
  const known = useRef(new Map<number, number>());
  const measureDetail: LineWindow['measureDetail'] = useCallback(
    (element) => {
      if (element === null) return undefined;
      const row = Number(element.dataset['row']);
      const measure = (): void => {
        const px = element.offsetHeight;
        const change = px - (known.current.get(row) ?? DETAIL_PX);
        if (change === 0 || px === 0) return;
        known.current.set(row, px);
        setHeights(new Map(known.current));
        keepSight(scroller.current, element, change);
      };
      measure();
      const observer = new ResizeObserver(() => {
        // Before the browser paints, so that nothing is seen in a wrong place.
        flushSync(measure);
      });
      observer.observe(element);
      return () => {
        observer.disconnect();
      };
    },
    [scroller],
  );
  return { heights, measureDetail };
}

/** Scrolls by what an element above the sight has become higher. */
function keepSight(scroller: HTMLElement | null, element: HTMLElement, morePx: number): void {
  if (scroller === null) return;
  const isAbove = element.getBoundingClientRect().top < scroller.getBoundingClientRect().top;
  if (isAbove) scroller.scrollTop += morePx;
}

/** Scrolls no further than it must, and leaves a row beyond. */
function reveal(scroller: HTMLElement, top: number): void {
  const lowest = top - ROW_PX;
  const highest = top + 2 * ROW_PX - (scroller.clientHeight - HEAD_PX);
  if (scroller.scrollTop > lowest) scroller.scrollTop = lowest;
  else if (scroller.scrollTop < highest) scroller.scrollTop = highest;
}
