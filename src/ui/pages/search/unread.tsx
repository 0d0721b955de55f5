import type { ReactElement } from 'react';
import { SafeText } from '../../components/safe-text.tsx';
import { resultsText } from '../../text/results-text.ts';

/** Names the conditions of an address that cannot be read: what is found is found without them. */
export function Unread({ conditions }: { conditions: readonly string[] }): ReactElement {
  return (
    <p className="search-unread" role="alert">
      <SafeText>{resultsText.unread(conditions)}</SafeText>
    </p>
  );
}
