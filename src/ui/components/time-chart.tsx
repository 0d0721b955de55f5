import './time-chart.css';
import { type CSSProperties, type ReactElement, useEffect, useRef, useState } from 'react';
import { meanValue } from '../../model/service-metrics.ts';
import { monitorText } from '../text/monitor-text.ts';
import { useTheme } from '../theme.ts';
import { dayAndTime } from '../time-text.ts';
import { useElementWidth } from './element-width.ts';
import { createTimePlot, type PlotLine, type TimePlot, type TimePlotData } from './time-plot.ts';

export interface ChartLine extends PlotLine {
  readonly label: string;
}

export interface ChartData extends TimePlotData {
  readonly lines: readonly ChartLine[];
}

interface TimeChartProps {
  readonly title: string;
  readonly data: ChartData;
  readonly together: string;
  readonly valueText: (value: number) => string;
  readonly onRange: (fromMs: number, toMs: number) => void;
}

/** Of the drawing with its axes; the style sheet has it too. */
const HEIGHT = 210;

/** Lines over time with their words: the values under the pointer, otherwise their means. */
export function TimeChart({
  title,
  data,
  together,
  valueText,
  onRange,
}: TimeChartProps): ReactElement {
  const { ref, width } = useElementWidth<HTMLDivElement>();
  const [at, setAt] = useState<number>();
  const plot = useRef<TimePlot>(undefined);
  const theme = useTheme();
  const empty = data.lines.every(({ values }) => values.every((value) => value === undefined));
  const laidOut = width > 0;
  useEffect(() => {
    const parent = ref.current;
    if (parent === null || !laidOut) return undefined;
    plot.current = createTimePlot(parent, data, {
      ...{ width: parent.clientWidth, height: HEIGHT, together },
      ...{ valueText, onRange, onTime: setAt },
    });
    return () => {
      plot.current?.destroy();
      plot.current = undefined;
    };
    // The theme changes what the colours resolve to.
  }, [ref, laidOut, data, together, valueText, onRange, theme]);
  useEffect(() => {
    if (width > 0) plot.current?.resize(width);
  }, [width]);

  const means = data.lines.map(({ label, values }) => {
    const mean = meanValue(values);
    return monitorText.seriesMean(
      label,
      Number.isNaN(mean) ? monitorText.noValue : valueText(mean),
    );
  });
  const timeMs = at === undefined ? undefined : data.timesMs[at];
  return (
    <figure className="time-chart">
      <figcaption>
        <h2>{title}</h2>
        {timeMs !== undefined && (
          <span className="muted numbers time-chart-time">{dayAndTime(timeMs * 1_000)}</span>
        )}
      </figcaption>
      <ChartKey lines={data.lines} at={timeMs === undefined ? undefined : at} {...{ valueText }} />
      <div
        className="time-chart-plot"
        ref={ref}
        role="img"
        aria-label={monitorText.chartOf(title, means.join(', '))}
        title={empty ? undefined : monitorText.dragHint}
      >
        {empty && <p className="time-chart-empty muted">{monitorText.noPoints}</p>}
      </div>
    </figure>
  );
}

interface ChartKeyProps {
  readonly lines: readonly ChartLine[];
  readonly at: number | undefined;
  readonly valueText: (value: number) => string;
}

function ChartKey({ lines, at, valueText }: ChartKeyProps): ReactElement {
  return (
    <ul className="time-chart-key">
      {lines.map(({ color, dash, label, values }) => {
        const value = at === undefined ? meanValue(values) : values[at];
        const mark: CSSProperties = { stroke: color };
        return (
          <li key={label}>
            <svg width="18" height="8" aria-hidden="true">
              <path d="M0 4H18" style={mark} strokeWidth="2" strokeDasharray={dash.join(' ')} />
            </svg>
            <span className="muted">{label}</span>
            <strong className="numbers">
              {value === undefined || Number.isNaN(value) ? '–' : valueText(value)}
            </strong>
          </li>
        );
      })}
    </ul>
  );
}
