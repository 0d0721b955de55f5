import './result-plots.css';
import type { ReactElement } from 'react';
import type { FoundTrace } from '../../api/found-trace.ts';
import { DurationHistogram } from './duration-histogram.tsx';
import type { Brush } from './result-view.ts';
import { ScatterPlot } from './scatter-plot.tsx';

interface ResultPlotsProps {
  readonly traces: readonly FoundTrace[];
  readonly traceHrefOf: (traceId: string) => string;
  readonly onBrush: (brush: Brush) => void;
}

/** How the traces spread over time, and how their durations are distributed. */
export function ResultPlots({ traces, traceHrefOf, onBrush }: ResultPlotsProps): ReactElement {
  return (
    <div className="result-plots">
      <ScatterPlot {...{ traces, traceHrefOf, onBrush }} />
      <DurationHistogram
        traces={traces}
        onBrush={(durations) => {
          onBrush({ fromUs: 0, toUs: Number.MAX_SAFE_INTEGER, ...durations });
        }}
      />
    </div>
  );
}
