import './duration-histogram.css';
import type { ReactElement } from 'react';
import { durationText } from '../../../model/duration-text.ts';
import type { FoundTrace } from '../../api/found-trace.ts';
import { resultsText } from '../../text/results-text.ts';
import { durationBins } from './duration-bins.ts';
import { Percentiles } from './percentiles.tsx';
import type { Brush } from './result-view.ts';

interface DurationHistogramProps {
  readonly traces: readonly FoundTrace[];
  /** Narrows to a bar's durations. */
  readonly onBrush: (brush: Pick<Brush, 'shortestUs' | 'longestUs'>) => void;
}

/** How the durations are distributed; each bar is a button, its text says what it shows. */
export function DurationHistogram({ traces, onBrush }: DurationHistogramProps): ReactElement {
  const bins = durationBins(traces);
  const most = Math.max(...bins.map(({ count }) => count), 1);
  return (
    <figure className="duration-histogram">
      <figcaption className="muted">{resultsText.distribution}</figcaption>
      <div
        className="duration-histogram-bars"
        role="group"
        aria-label={resultsText.distributionTitle(traces.length)}
      >
        {bins.map(({ fromUs, toUs, count, errorCount }) => {
          const label = resultsText.distributionBar(
            count,
            durationText(fromUs),
            durationText(toUs),
          );
          return (
            <button
              key={fromUs}
              type="button"
              aria-label={label}
              title={label}
              disabled={count === 0}
              onClick={() => {
                onBrush({ shortestUs: Math.ceil(fromUs), longestUs: Math.ceil(toUs) - 1 });
              }}
            >
              <span style={{ height: `${(count / most) * 100}%` }} data-any={count > 0}>
                <span style={{ height: `${(errorCount / Math.max(1, count)) * 100}%` }} />
              </span>
            </button>
          );
        })}
      </div>
      <div className="duration-histogram-ends muted numbers">
        <span>{durationText(bins[0]?.fromUs ?? 0)}</span>
        <span>{durationText(bins.at(-1)?.toUs ?? 0)}</span>
      </div>
      <Percentiles traces={traces} />
    </figure>
  );
}
