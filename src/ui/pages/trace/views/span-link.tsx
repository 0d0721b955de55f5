import type { ReactElement, ReactNode } from 'react';
import { traceHref } from '../../../routing.ts';

interface SpanLinkProps {
  readonly traceId: string;
  readonly spanId: string;
  readonly showSpan: (spanId: string) => void;
  readonly children: ReactNode;
}

/** Leads to the span's row in the timeline; in a tab of its own to the same. */
export function SpanLink({ traceId, spanId, showSpan, children }: SpanLinkProps): ReactElement {
  return (
    <a
      href={traceHref(traceId, spanId)}
      onClick={(event) => {
        const special = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
        if (special || event.button !== 0) return;
        event.preventDefault();
        showSpan(spanId);
      }}
    >
      {children}
    </a>
  );
}
