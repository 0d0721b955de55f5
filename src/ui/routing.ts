import { type MouseEvent, useSyncExternalStore } from 'react';

/** Where the browser is, without the base path: `search` and `?service=cart`. */
export interface Place {
  readonly path: string;
  readonly search: string;
}

/** The browser's own history is the only state: a view is what its URL says. */
export function usePlace(): Place {
  const href = useSyncExternalStore(onPlaceChange, () => location.href);
  return placeOf(href, document.baseURI);
}

export function placeOf(href: string, base: string): Place {
  const url = new URL(href);
  const basePath = new URL(base).pathname;
  const path = url.pathname.startsWith(basePath)
    ? url.pathname.slice(basePath.length)
    : url.pathname.slice(1);
  return { path: path.replace(/\/+$/, ''), search: url.search };
}

/** Marks the steps of the history that this page has made itself. */
const CAME_FROM_HERE = { cameFromHere: true };

/** True when there is a step before this one in the same page. */
export function cameFromHere(): boolean {
  return history.state !== null;
}

/** One step back when the step before was in this page, otherwise to `href`. */
export function goBackOrTo(href: string): void {
  if (cameFromHere()) history.back();
  else goTo(href);
}

/** `href` is relative to the base path. `replace` leaves no step in the history. */
export function goTo(href: string, mode: 'push' | 'replace' = 'push'): void {
  const url = new URL(href, document.baseURI);
  if (mode === 'push') {
    history.pushState(CAME_FROM_HERE, '', url);
    scrollTo(0, 0);
  } else {
    history.replaceState(history.state, '', url);
  }
  // The browser announces only its own steps; subscribers listen for the same event.
  dispatchEvent(new PopStateEvent('popstate'));
}

/** For `onClick` of a plain link: stays in the page unless a new tab or a download was asked for. */
export function followLink(event: MouseEvent<HTMLAnchorElement>): void {
  const special = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (event.defaultPrevented || event.button !== 0 || special) return;
  event.preventDefault();
  goTo(event.currentTarget.href);
}

export function traceHref(traceId: string, find?: string): string {
  const query =
    find === undefined || find === '' ? '' : `?${new URLSearchParams({ uiFind: find })}`;
  return `trace/${encodeURIComponent(traceId)}${query}`;
}

function onPlaceChange(notify: () => void): () => void {
  addEventListener('popstate', notify);
  return () => {
    removeEventListener('popstate', notify);
  };
}
