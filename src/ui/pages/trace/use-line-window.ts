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

export const ROW_PX = 28;
/** Stays above the lines. */
const HEAD_PX = 34;
/** Until details are measured. */
const DETAIL_PX = 220;
/** Lines beyond the edges, for the first moment of a scroll. */
const SPARE_LINES = 8;
/**
 * Only lines in sight are drawn at first, and after a leap that leaves none of them: this long. Rows that
 * one leaps over are brief meanwhile.
 */
const REST_MS = 150;

/** The lines that are drawn, from `first` up to `end`, and where. */
export interface LineWindow {
  readonly first: number;
  readonly end: number;
  readonly places: LinePlaces;
  /** While one leaps through the trace: rows come and go faster than anybody reads them whole. */
  readonly brief: boolean;
  /** Ref for details, which name their row in `data-row`: their height is measured. */
  readonly measureDetail: (element: HTMLElement | null) => (() => void) | undefined;
}

type Scroller = RefObject<HTMLElement | null>;

/** Follows the scroller, and brings the active row into its sight. */
export function useLineWindow(lines: Int32Array, view: TraceView, scroller: Scroller): LineWindow {
  const { row, height, spare, brief } = useSight(scroller);
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
  const top = row * ROW_PX;
  const first = Math.max(0, places.lineAt(top) - spare);
  const end = Math.min(lines.length, places.lineAt(top + height) + 1 + spare);
  return { first, end, places, brief, measureDetail };
}

/** The part of the lines that is in sight, to the height of a row. */
interface Sight {
  readonly row: number;
  readonly height: number;
  /** How many lines beyond its edges are to be drawn. */
  readonly spare: number;
  readonly brief: boolean;
}

function useSight(scroller: Scroller): Sight {
  const [sight, setSight] = useState<Sight>({ row: 0, height: 0, spare: 0, brief: false });
  // Before the first paint, so that it has the lines.
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return undefined;
    let rest: ReturnType<typeof setTimeout> | undefined;
    const drawSpareLines = (): void => {
      setSight((before) =>
        before.spare === SPARE_LINES ? before : { ...before, spare: SPARE_LINES, brief: false },
      );
    };
    const restFirst = (): void => {
      clearTimeout(rest);
      rest = setTimeout(drawSpareLines, REST_MS);
    };
    const follow = (): void => {
      const row = Math.floor(element.scrollTop / ROW_PX);
      setSight((before) => {
        if (row === before.row) return before;
        const isLeap = Math.abs(row - before.row) * ROW_PX > before.height;
        return isLeap ? { ...before, row, spare: 0, brief: true } : { ...before, row };
      });
    };
    const measure = (): void => {
      const height = Math.max(0, element.clientHeight - HEAD_PX) + ROW_PX;
      setSight((before) => (height === before.height ? before : { ...before, height }));
    };
    const onScroll = (): void => {
      restFirst();
      // At once: the browser would show the scrolled page without the lines that come into sight.
      flushSync(follow);
    };
    measure();
    follow();
    restFirst();
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    element.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      clearTimeout(rest);
      observer.disconnect();
      element.removeEventListener('scroll', onScroll);
    };
  }, [scroller]);
  return sight;
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
