import { useEffect, useRef } from 'react';

/**
 * Takes the keyboard, and a screen reader, to the content of a page that has been gone to. Drawn after
 * the page, which may have chosen a place in itself. The first page leaves the focus to the browser.
 */
export function PageFocus({ page }: { page: string }): null {
  const shown = useRef(page);
  useEffect(() => {
    if (shown.current === page) return;
    shown.current = page;
    const content = document.getElementById('content');
    if (content === null || content.contains(document.activeElement)) return;
    content.tabIndex = -1;
    content.focus({ preventScroll: true });
  }, [page]);
  return null;
}
