import './notice.css';
import type { ReactElement, ReactNode } from 'react';
import { text } from '../text/common-text.ts';

interface WaitNoticeProps {
  readonly children: string;
  /** How far it has come: read aloud, each change would be heard. */
  readonly progress?: string | undefined;
}

/** Says what is being waited for, once the wait is long enough to be noticed. */
export function WaitNotice({ children, progress }: WaitNoticeProps): ReactElement {
  return (
    <p className="wait-notice muted" role="status">
      <span className="wait-notice-mark" aria-hidden="true" />
      {children}
      {progress !== undefined && (
        <span className="numbers" aria-hidden="true">
          {progress}
        </span>
      )}
    </p>
  );
}

/** The same where nothing else of the page is there yet: it has its heading for those who listen. */
export function WaitPage({ title, children }: { title: string; children: string }): ReactElement {
  return (
    <>
      <h1 className="only-read-aloud">{title}</h1>
      <WaitNotice>{children}</WaitNotice>
    </>
  );
}

/** A state that fills the place of the content: nothing found, not here, failed. */
export function BigNotice({
  title,
  children,
}: {
  title: string;
  children?: ReactNode;
}): ReactElement {
  return (
    <section className="big-notice">
      <h1>{title}</h1>
      {children}
    </section>
  );
}

interface FailNoticeProps {
  readonly error: Error;
  /** What to look at, where the page knows more than the error says. */
  readonly advice?: string | undefined;
  readonly retry: () => void;
}

/** What went wrong and what to do about it. */
export function FailNotice({ error, advice, retry }: FailNoticeProps): ReactElement {
  return (
    <div role="alert">
      <BigNotice title={text.failedTitle}>
        <p className="muted">{error.message}</p>
        {advice !== undefined && <p>{advice}</p>}
        <button type="button" className="button" onClick={retry}>
          {text.tryAgain}
        </button>
      </BigNotice>
    </div>
  );
}
