import { useEffect, useState } from 'react';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import type { SearchChange } from './trace-address.ts';
import type { TraceView } from './trace-view.ts';
import { searchOfView } from './view-address.ts';

/** The browser refuses more than a hundred address changes in half a minute. */
const URL_DELAY_MS = 300;

/**
 * Lets the address follow the timeline, a moment later. As long as nobody has moved anything, the
 * address stays as it was opened.
 */
export function useViewAddress(
  view: TraceView,
  overview: TraceOverview,
  onSearch: (change: SearchChange) => void,
): void {
  const [opening] = useState(view);
  const { rows, window, active, opened, collapsed } = view;
  useEffect(() => {
    const isUntouched =
      window === opening.window &&
      active === opening.active &&
      opened === opening.opened &&
      collapsed === opening.collapsed;
    if (isUntouched) return undefined;
    const timer = setTimeout(() => {
      onSearch(searchOfView({ rows, window, active, opened, collapsed }, overview));
    }, URL_DELAY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [opening, rows, window, active, opened, collapsed, overview, onSearch]);
}
