import './scatter-plot.css';
import { type CSSProperties, type ReactElement, useMemo, useState } from 'react';
import { durationText } from '../../../model/duration-text.ts';
import type { FoundTrace } from '../../api/trace-summaries.ts';
import { useElementWidth } from '../../components/element-width.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { goTo, traceHref } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { searchText } from '../../text/search-text.ts';
import { axisTime } from '../../time-text.ts';
import { layoutPlot, type PlotLayout, type PlotPoint } from './plot-scale.ts';

const HEIGHT = 172;
const MARGIN = { left: 64, right: 16, top: 14, bottom: 26 };

/** Duration over start time, one mark a trace. The list below says the same to screen readers. */
export function ScatterPlot({ traces }: { traces: readonly FoundTrace[] }): ReactElement {
  const { ref, width } = useElementWidth<HTMLDivElement>();
  const [near, setNear] = useState<PlotPoint>();
  const layout = useMemo(
    () =>
      layoutPlot(traces, {
        left: MARGIN.left,
        top: MARGIN.top,
        width: Math.max(1, width - MARGIN.left - MARGIN.right),
        height: HEIGHT - MARGIN.top - MARGIN.bottom,
      }),
    [traces, width],
  );
  return (
    <figure className="scatter-plot" ref={ref}>
      <figcaption className="muted">
        {searchText.plotCaption}
        <span className="scatter-plot-key">{searchText.plotOk}</span>
        <span className="scatter-plot-key" data-error>
          {searchText.plotErrors}
        </span>
      </figcaption>
      {width > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={searchText.plotTitle(traces.length)}
        >
          <Axes layout={layout} width={width} />
          {layout.points.map((point) => (
            <Mark key={point.trace.traceId} point={point} near={near === point} onNear={setNear} />
          ))}
        </svg>
      )}
      {near !== undefined && <Tooltip point={near} width={width} />}
    </figure>
  );
}

function Axes({ layout, width }: { layout: PlotLayout; width: number }): ReactElement {
  return (
    <g className="scatter-plot-axes numbers">
      {layout.durations.map(({ at, value }) => (
        <g key={value}>
          <line x1={MARGIN.left} x2={width - MARGIN.right} y1={at} y2={at} />
          <text x={MARGIN.left - 10} y={at} dy="0.35em" textAnchor="end">
            {durationText(value)}
          </text>
        </g>
      ))}
      {layout.times.map(({ at, value }) => (
        <text key={value} x={at} y={HEIGHT - 6} textAnchor="middle">
          {axisTime(value)}
        </text>
      ))}
    </g>
  );
}

function Mark({
  point,
  near,
  onNear,
}: {
  point: PlotPoint;
  near: boolean;
  onNear: (point: PlotPoint | undefined) => void;
}): ReactElement {
  const { x, y, radius: r, trace } = point;
  const shared = {
    className: 'scatter-plot-mark',
    'data-near': near,
    'data-error': trace.errorCount > 0,
    onPointerEnter: () => {
      onNear(point);
    },
    onPointerLeave: () => {
      onNear(undefined);
    },
    onClick: () => {
      goTo(traceHref(trace.traceId));
    },
  };
  // Another shape as well as another colour: red alone does not tell everyone.
  if (trace.errorCount === 0) return <circle {...shared} cx={x} cy={y} r={r} />;
  return (
    <path
      {...shared}
      d={`M${x} ${y - r * 1.2}l${r * 1.2} ${r * 1.2}l${-r * 1.2} ${r * 1.2}l${-r * 1.2} ${-r * 1.2}z`}
    />
  );
}

function Tooltip({ point, width }: { point: PlotPoint; width: number }): ReactElement {
  const { trace, x, y, radius } = point;
  const toLeft = x > width / 2;
  const style: CSSProperties = {
    top: y,
    ...(toLeft ? { right: width - x + radius + 8 } : { left: x + radius + 8 }),
  };
  return (
    <div className="scatter-plot-tooltip" style={style}>
      <strong>
        <SafeText>{trace.rootService || text.noRoot}</SafeText>
      </strong>
      <SafeText>{trace.rootOperation}</SafeText>
      <span className="muted numbers">
        {durationText(trace.durationUs)} · {text.spans(trace.spanCount)} ·{' '}
        {text.errors(trace.errorCount)}
      </span>
    </div>
  );
}
