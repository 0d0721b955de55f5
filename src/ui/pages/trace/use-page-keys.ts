import { type RefObject, useCallback, useMemo, useRef, useState } from 'react';
import { type TraceKeyTargets, useTraceKeys } from './trace-keys.ts';

interface PageKeys {
  /** Whether the list of keys is shown. */
  readonly help: boolean;
  readonly toggleHelp: () => void;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly findInput: RefObject<HTMLInputElement | null>;
}

/** Listens for the page's keys. Without `dispatch` there is no timeline that they could move. */
export function usePageKeys(
  dispatch: TraceKeyTargets['dispatch'],
  setTyped: (text: string) => void,
): PageKeys {
  const [help, setHelp] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const findInput = useRef<HTMLInputElement>(null);
  const toggleHelp = useCallback(() => {
    setHelp((shown) => !shown);
  }, []);
  const keys: TraceKeyTargets = useMemo(
    () => ({
      ...{ dispatch, scroller, findInput, toggleHelp },
      clearFind: () => {
        setTyped('');
      },
    }),
    [dispatch, setTyped, toggleHelp],
  );
  useTraceKeys(keys);
  return { help, toggleHelp, scroller, findInput };
}
