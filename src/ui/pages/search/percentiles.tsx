import type { ReactElement } from 'react';
import { durationText } from '../../../model/duration-text.ts';
import type { FoundTrace } from '../../api/found-trace.ts';
import { resultsText } from '../../text/results-text.ts';
import { durationQuantile } from './sort-traces.ts';

const SHARES = [
  ['p50', 0.5],
  ['p95', 0.95],
  ['p99', 0.99],
] as const;

/** Durations that so many of the traces do not exceed. */
export function Percentiles({ traces }: { traces: readonly FoundTrace[] }): ReactElement {
  return (
    <dl className="percentiles numbers" aria-label={resultsText.distribution}>
      {SHARES.map(([name, share]) => (
        <div key={name}>
          <dt className="muted">{name}</dt>
          <dd>{durationText(durationQuantile(traces, share))}</dd>
        </div>
      ))}
    </dl>
  );
}
