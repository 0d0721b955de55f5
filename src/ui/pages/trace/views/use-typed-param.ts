import { useEffect, useState } from 'react';
import type { TraceViewProps } from '../trace-view-props.ts';
import { viewParam } from './view-search.ts';

/** The browser refuses more than a hundred address changes in half a minute. */
const URL_DELAY_MS = 250;

/** A text that is typed: the address follows a moment later, and is followed where it changes. */
export function useTypedParam(
  { search, onSearch }: Pick<TraceViewProps, 'search' | 'onSearch'>,
  name: string,
): [string, (text: string) => void] {
  const inUrl = viewParam(search, name);
  const [typed, setTyped] = useState(inUrl);
  const [seenInUrl, setSeenInUrl] = useState(inUrl);
  if (seenInUrl !== inUrl) {
    setSeenInUrl(inUrl);
    setTyped(inUrl);
  }
  useEffect(() => {
    if (typed === inUrl) return undefined;
    const timer = setTimeout(() => {
      onSearch({ [name]: typed === '' ? undefined : typed });
    }, URL_DELAY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [typed, inUrl, name, onSearch]);
  return [typed, setTyped];
}
