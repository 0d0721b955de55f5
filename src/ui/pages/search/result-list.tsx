import { type ReactElement, startTransition, useEffect, useState } from 'react';
import type { FoundTrace } from '../../api/found-trace.ts';
import { ResultRow } from './result-row.tsx';

/** Drawn at once; a few screens. */
const FIRST_ROWS = 40;
const MORE_ROWS = 80;

interface ResultListProps {
  readonly traces: readonly FoundTrace[];
  readonly traceHrefOf: (traceId: string) => string;
  readonly nowMs: number;
  readonly uploaded: boolean;
}

/** One row a trace. Long results are drawn bit by bit, so that the page answers from the start. */
export function ResultList(props: ResultListProps): ReactElement {
  const { traces, traceHrefOf, nowMs, uploaded } = props;
  const [drawn, setDrawn] = useState(FIRST_ROWS);
  useEffect(() => {
    if (drawn >= traces.length) return;
    startTransition(() => {
      setDrawn(drawn + MORE_ROWS);
    });
  }, [drawn, traces.length]);
  const longestUs = Math.max(...traces.map((trace) => trace.durationUs), 1);
  return (
    <ol className="panel result-list">
      {traces.slice(0, drawn).map((trace) => (
        <ResultRow
          key={trace.traceId}
          {...{ trace, longestUs, nowMs, uploaded }}
          href={traceHrefOf(trace.traceId)}
        />
      ))}
    </ol>
  );
}
