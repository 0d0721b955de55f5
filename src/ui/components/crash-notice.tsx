import { Component, type ReactNode } from 'react';
import { FailNotice } from './notice.tsx';

interface CrashState {
  readonly error: Error | undefined;
}

/** Keeps the rest of the page alive when a part of it fails to draw. React has this only as a class. */
export class CrashNotice extends Component<{ children: ReactNode }, CrashState> {
  override state: CrashState = { error: undefined };

  static getDerivedStateFromError(error: unknown): CrashState {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override render(): ReactNode {
    const { error } = this.state;
    if (error === undefined) return this.props.children;
    return (
      <FailNotice
        error={error}
        retry={() => {
          this.setState({ error: undefined });
        }}
      />
    );
  }
}
