import type { ReactElement } from 'react';
import { ApiError } from '../../api/fetch-json.ts';
import { BigNotice } from '../../components/notice.tsx';
import { text } from '../../text/common-text.ts';
import { searchText } from '../../text/search-text.ts';

/** What the server said, and what to do about a search that it refuses or cannot answer. */
export function SearchFailed({ error, retry }: { error: Error; retry: () => void }): ReactElement {
  const hint = hintFor(error);
  return (
    <div role="alert">
      <BigNotice title={text.failedTitle}>
        <p className="muted">{error.message}</p>
        {hint !== undefined && <p>{hint}</p>}
        <button type="button" className="button" onClick={retry}>
          {text.tryAgain}
        </button>
      </BigNotice>
    </div>
  );
}

/** Statuses that speak for themselves, or say what to do already, have none. */
function hintFor(error: Error): string | undefined {
  const status = error instanceof ApiError ? error.status : 0;
  if (status === 400) return searchText.failedConditions;
  if (status === 413) return searchText.failedTooMuch;
  return status >= 500 ? searchText.failedBusy : undefined;
}
