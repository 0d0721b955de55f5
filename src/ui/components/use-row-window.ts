import { type RefObject, useLayoutEffect, useMemo, useReducer, useState } from 'react';
import { flushSync } from 'react-dom';
import { createRowPlaces, type RowPlaces } from './row-places.ts';

/** Until a row is measured; also what a row of one line takes. */
const ROW_PX = 32;
/** Covers the first of what is scrolled. */
const HEAD_PX = 34;
/** Rows beyond the edges, for the first moment of a scroll. */
const OVERSCAN = 10;

/** The rows that are drawn, from `first` up to `end`, and where they are below the head. */
interface RowWindow {
  readonly first: number;
  readonly end: number;
  readonly places: RowPlaces;
  /** Scrolls no further than it must. */
  readonly reveal: (row: number) => void;
}

/** Follows the scroller of a long table, and measures the rows in `body`, which name themselves in `data-index`. */
export function useRowWindow(
  rows: readonly unknown[],
  scroller: HTMLElement | null,
  body: RefObject<HTMLElement | null>,
): RowWindow {
  const [, redraw] = useReducer((version: number) => version + 1, 0);
  const places = useMemo(() => createRowPlaces(rows.length, ROW_PX), [rows]);
  const { top, width, height } = useSight(scroller);
  // The last scroll may have been in a longer table.
  const sight = Math.min(top, Math.max(0, places.totalPx() - height));
  const first = Math.max(0, places.rowAt(sight) - OVERSCAN);
  const end = Math.min(rows.length, places.rowAt(sight + height) + 1 + OVERSCAN);
  useLayoutEffect(() => {
    let changed = false;
    let above = 0;
    for (const row of body.current?.querySelectorAll<HTMLElement>('tr[data-index]') ?? []) {
      const index = Number(row.dataset['index']);
      const isAbove = places.top(index) < sight;
      const change = row.offsetHeight === 0 ? 0 : places.setHeight(index, row.offsetHeight);
      changed ||= change !== 0;
      if (isAbove) above += change;
    }
    // What is in sight stays where it is.
    if (above !== 0) scroller?.scrollBy({ top: above });
    if (changed) redraw();
    // Measuring makes the browser lay out: only when other rows are drawn, or the same ones wider.
  }, [places, sight, first, end, width, scroller, body]);
  const reveal = (row: number): void => {
    if (scroller === null) return;
    const lowest = places.top(row);
    const highest = places.top(row + 1) + HEAD_PX - scroller.clientHeight;
    if (scroller.scrollTop > lowest) scroller.scrollTo({ top: lowest });
    else if (scroller.scrollTop < highest) scroller.scrollTo({ top: highest });
  };
  return { first, end, places, reveal };
}

/** The part of the table that is in sight, to the height of a row. */
function useSight(scroller: HTMLElement | null): {
  readonly top: number;
  readonly width: number;
  readonly height: number;
} {
  const [row, setRow] = useState(0);
  const [size, setSize] = useState({ width: 0, height: 0 });
  // Before the first paint, so that it has the rows.
  useLayoutEffect(() => {
    if (scroller === null) return undefined;
    const follow = (): void => {
      setRow(Math.floor(scroller.scrollTop / ROW_PX));
    };
    // With the width, rows change their height.
    const measure = (): void => {
      setSize({ width: scroller.clientWidth, height: scroller.clientHeight });
    };
    const onScroll = (): void => {
      // At once: the browser would show the scrolled page without the rows that come into sight.
      flushSync(follow);
    };
    follow();
    measure();
    const observer = new ResizeObserver(measure);
    observer.observe(scroller);
    scroller.addEventListener('scroll', onScroll, { passive: true });
    return () => {
      observer.disconnect();
      scroller.removeEventListener('scroll', onScroll);
    };
  }, [scroller]);
  return { top: row * ROW_PX, width: size.width, height: size.height + ROW_PX };
}
