import { PAGES } from './page-table.ts';
import { pageOfPath } from './page-of-path.ts';
import { placeOf } from './routing.ts';

/**
 * Loads the file of a page once the pointer or the keyboard is on a link to it: it is there when the
 * link is followed. Returns how to stop.
 */
export function prefetchPages(target: Document): () => void {
  const onApproach = (event: Event): void => {
    const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
    if (!(link instanceof HTMLAnchorElement) || !link.href.startsWith(target.baseURI)) return;
    void PAGES.get(pageOfPath(placeOf(link.href, target.baseURI).path).page)?.prefetch();
  };
  target.addEventListener('pointerover', onApproach, { passive: true });
  target.addEventListener('focusin', onApproach);
  return () => {
    target.removeEventListener('pointerover', onApproach);
    target.removeEventListener('focusin', onApproach);
  };
}
