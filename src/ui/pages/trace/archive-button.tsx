import './archive-button.css';
import { Archive, PackageCheck, X } from 'lucide-react';
import { type ReactElement, useState } from 'react';
import { useArchiveTrace } from '../../api/archive.ts';
import { browserStore } from '../../browser-store.ts';
import { text } from '../../text/common-text.ts';
import { traceText } from '../../text/trace-text.ts';
import { rememberArchived, wasArchived } from './archived-traces.ts';

/** Keeps the trace for good, and says how that went until it is closed. */
export function ArchiveButton({ traceId }: { traceId: string }): ReactElement {
  const archive = useArchiveTrace(traceId);
  const [isArchived, setArchived] = useState(() => wasArchived(browserStore(), traceId));
  const label = isArchived ? traceText.archiveAgain : traceText.archive;
  const Icon = isArchived ? PackageCheck : Archive;
  return (
    <>
      <button
        type="button"
        className="icon-button"
        aria-label={label}
        title={label}
        data-archived={isArchived}
        disabled={archive.isPending}
        onClick={() => {
          archive.mutate(undefined, {
            onSuccess: () => {
              setArchived(true);
              rememberArchived(browserStore(), traceId);
            },
          });
        }}
      >
        <Icon size={16} aria-hidden />
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
