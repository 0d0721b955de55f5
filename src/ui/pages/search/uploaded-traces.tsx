import type { ReactElement } from 'react';
import { useUploads } from '../../api/uploads.ts';
import { BigNotice } from '../../components/notice.tsx';
import { resultsText } from '../../text/results-text.ts';
import { ResultPanel } from './result-panel.tsx';

/** The traces of uploaded files, as a result of a search. */
export function UploadedTraces({ search }: { search: string }): ReactElement {
  const { traces, atMs } = useUploads();
  if (traces.length === 0) {
    return (
      <BigNotice title={resultsText.uploadsEmptyTitle}>
        <p className="muted">{resultsText.uploadsEmptyHint}</p>
      </BigNotice>
    );
  }
  return <ResultPanel traces={traces} nowMs={atMs} search={search} note={resultsText.uploaded} />;
}
