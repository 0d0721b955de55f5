import { useEffect, useState } from 'react';
import { goTo } from '../../routing.ts';
import { changedSearch, traceAddress } from './trace-address.ts';

/** The browser refuses more than a hundred address changes in half a minute. */
const URL_DELAY_MS = 250;

/**
 * What is looked for. The address follows a moment later and leaves no steps in the history; a link
 * that looks for something else is followed at once.
 */
export function useFindText(traceId: string, inUrl: string): [string, (text: string) => void] {
  const [typed, setTyped] = useState(inUrl);
  const [seenInUrl, setSeenInUrl] = useState(inUrl);
  if (seenInUrl !== inUrl) {
    setSeenInUrl(inUrl);
    setTyped(inUrl);
  }
  useEffect(() => {
    if (typed === inUrl) return undefined;
    const timer = setTimeout(() => {
      // Other parameters may have changed in the meantime.
      const search = changedSearch(location.search, { uiFind: typed === '' ? undefined : typed });
      goTo(traceAddress(traceId, search), 'replace');
    }, URL_DELAY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [traceId, typed, inUrl]);
  return [typed, setTyped];
}
