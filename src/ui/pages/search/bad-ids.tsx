import type { ReactElement } from 'react';
import { BigNotice } from '../../components/notice.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { resultsText } from '../../text/results-text.ts';

interface BadIdsProps {
  readonly ids: readonly string[];
  /** Whether there are no ids beside them. */
  readonly alone: boolean;
}

/** Names what stands in an address in place of trace ids. */
export function BadIds({ ids, alone }: BadIdsProps): ReactElement {
  const sentence = (
    <p className="search-unread" role="alert">
      <SafeText>{resultsText.badIds(ids)}</SafeText>
    </p>
  );
  return alone ? <BigNotice title={resultsText.badIdsTitle}>{sentence}</BigNotice> : sentence;
}
