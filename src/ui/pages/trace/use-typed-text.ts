import { useEffect, useState } from 'react';

/** The browser refuses more than a hundred address changes in half a minute. */
const URL_DELAY_MS = 250;

/**
 * A text that is typed. The address follows a moment later, by `toUrl`, which must stay the same
 * function meanwhile; where the address says something else, that is followed at once.
 */
export function useTypedText(
  inUrl: string,
  toUrl: (typed: string) => void,
): [string, (text: string) => void] {
  const [typed, setTyped] = useState(inUrl);
  const [seenInUrl, setSeenInUrl] = useState(inUrl);
  if (seenInUrl !== inUrl) {
    setSeenInUrl(inUrl);
    setTyped(inUrl);
  }
  useEffect(() => {
    if (typed === inUrl) return undefined;
    const timer = setTimeout(() => {
      toUrl(typed);
    }, URL_DELAY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, inUrl, toUrl]);
  return [typed, setTyped];
}
