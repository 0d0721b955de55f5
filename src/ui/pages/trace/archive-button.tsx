import './archive-button.css';
import { Archive, X } from 'lucide-react';
import type { ReactElement } from 'react';
import { useArchiveTrace } from '../../api/archive.ts';
import { text } from '../../text/common-text.ts';
import { traceText } from '../../text/trace-text.ts';

/** Keeps the trace for good, and says how that went until it is closed. */
export function ArchiveButton({ traceId }: { traceId: string }): ReactElement {
  const archive = useArchiveTrace(traceId);
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={traceText.archive}
        title={traceText.archive}
        disabled={archive.isPending}
        onClick={() => {
          archive.mutate();
        }}
      >
        <Archive size={16} aria-hidden />
      </button>
      {!archive.isIdle && (
        <div className="archive-note" role="status" data-tone={archive.isError ? 'error' : 'good'}>
          <div>
            {archive.isPending && <p>{traceText.archiving}</p>}
            {archive.isSuccess && <p>{traceText.archived}</p>}
            {archive.isError && (
              <>
                <p>{traceText.archiveFailed}</p>
                <p className="muted">{archive.error.message}</p>
              </>
            )}
          </div>
          {!archive.isPending && (
            <button
              type="button"
              className="icon-button"
              aria-label={text.close}
              onClick={() => {
                archive.reset();
              }}
            >
              <X size={15} aria-hidden />
            </button>
          )}
        </div>
      )}
    </>
  );
}
