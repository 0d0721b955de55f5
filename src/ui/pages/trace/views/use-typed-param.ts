import { useCallback } from 'react';
import type { TraceViewProps } from '../trace-view-props.ts';
import { useTypedText } from '../use-typed-text.ts';
import { viewParam } from './view-search.ts';

/** A text that is typed into a parameter of the view's own. */
export function useTypedParam(
  { search, onSearch }: Pick<TraceViewProps, 'search' | 'onSearch'>,
  name: string,
): [string, (text: string) => void] {
  const toUrl = useCallback(
    (typed: string) => {
      onSearch({ [name]: typed === '' ? undefined : typed });
    },
    [name, onSearch],
  );
  return useTypedText(viewParam(search, name), toUrl);
}
