import { useCallback } from 'react';
import { goTo } from '../../routing.ts';
import { changedSearch, traceAddress } from './trace-address.ts';
import { useTypedText } from './use-typed-text.ts';

/** What is looked for. Typing leaves no steps in the history. */
export function useFindText(traceId: string, inUrl: string): [string, (text: string) => void] {
  const toUrl = useCallback(
    (typed: string) => {
      // Other parameters may have changed in the meantime.
      const search = changedSearch(location.search, { uiFind: typed === '' ? undefined : typed });
      goTo(traceAddress(traceId, search), 'replace');
    },
    [traceId],
  );
  return useTypedText(inUrl, toUrl);
}
