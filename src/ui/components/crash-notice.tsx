import './crash-notice.css';
import { Component, type ReactElement, type ReactNode } from 'react';
import { text } from '../text/common-text.ts';
import { BigNotice } from './notice.tsx';

interface CrashProps {
  /** Another one is another try. */
  readonly place: string;
  readonly onCrash: (error: Error) => void;
  readonly children: ReactNode;
}

interface CrashState {
  readonly error: Error | undefined;
  /** Where it happened. */
  readonly place: string;
}

/** Keeps the rest of the page alive when a part of it fails to draw. React has this only as a class. */
export class CrashNotice extends Component<CrashProps, CrashState> {
  override state: CrashState = { error: undefined, place: this.props.place };

  static getDerivedStateFromError(error: unknown): Pick<CrashState, 'error'> {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  static getDerivedStateFromProps({ place }: CrashProps, state: CrashState): CrashState | null {
    return place === state.place ? null : { error: undefined, place };
  }

  override componentDidCatch(error: unknown): void {
    this.props.onCrash(error instanceof Error ? error : new Error(String(error)));
  }

  override render(): ReactNode {
    const { error } = this.state;
    return error === undefined ? this.props.children : <Crash error={error} />;
  }
}

function Crash({ error }: { error: Error }): ReactElement {
  const isFileMissing = /module|chunk|stylesheet|preload/i.test(error.message);
  return (
    <main id="content" role="alert">
      <BigNotice title={isFileMissing ? text.outdatedTitle : text.crashedTitle}>
        <p className="muted">{isFileMissing ? text.outdatedHint : text.crashedHint}</p>
        <pre className="crash-words">{error.message}</pre>
        <button
          type="button"
          className="button primary"
          onClick={() => {
            location.reload();
          }}
        >
          {text.reload}
        </button>
      </BigNotice>
    </main>
  );
}
