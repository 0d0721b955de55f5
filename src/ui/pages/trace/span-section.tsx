import type { ReactElement, ReactNode } from 'react';
import { wholeNumber } from '../../number-text.ts';

interface SpanSectionProps {
  readonly title: string;
  readonly count: number;
  readonly open?: boolean;
  readonly tone?: 'warn';
  readonly children: ReactNode;
}

/** A part of the details that can be folded away; absent when there is nothing in it. */
export function SpanSection(props: SpanSectionProps): ReactElement | null {
  const { title, count, open = false, tone, children } = props;
  if (count === 0) return null;
  return (
    <details className="span-section" open={open} data-tone={tone}>
      <summary>
        {title} <span className="muted numbers">{wholeNumber(count)}</span>
      </summary>
      {children}
    </details>
  );
}
