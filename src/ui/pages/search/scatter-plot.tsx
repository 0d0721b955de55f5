import './scatter-plot.css';
import { type CSSProperties, type ReactElement, useMemo, useState } from 'react';
import { durationText } from '../../../model/duration-text.ts';
import type { FoundTrace } from '../../api/found-trace.ts';
import { useElementWidth } from '../../components/element-width.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { goTo } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { resultsText } from '../../text/results-text.ts';
import { axisTime } from '../../time-text.ts';
import { type PlotBox, usePlotBrush } from './plot-brush.ts';
import { layoutPlot, type PlotArea, type PlotLayout, type PlotPoint } from './plot-scale.ts';
import type { Brush } from './result-view.ts';

const HEIGHT = 172;
const TOOLTIP_SERVICES = 6;
const MARGIN = { left: 64, right: 16, top: 14, bottom: 26 };

interface ScatterPlotProps {
  readonly traces: readonly FoundTrace[];
  readonly traceHrefOf: (traceId: string) => string;
  readonly onBrush: (brush: Brush) => void;
}

/**
 * Duration over start time, one mark a trace; what is dragged over is narrowed to. The list below
 * says the same to screen readers, and the form's range and durations narrow by keyboard.
 */
export function ScatterPlot({ traces, traceHrefOf, onBrush }: ScatterPlotProps): ReactElement {
  const { ref, width } = useElementWidth<HTMLDivElement>();
  const [near, setNear] = useState<PlotPoint>();
  const area = areaOf(width);
  const layout = useMemo(() => layoutPlot(traces, sizeOf(areaOf(width))), [traces, width]);
  const { marked, handlers } = usePlotBrush(area, ({ left, right, top, bottom }) => {
    onBrush({
      fromUs: layout.timeAt(left),
      toUs: layout.timeAt(right),
      shortestUs: bottom === area.bottom ? 0 : layout.durationAt(bottom),
      longestUs: top === area.top ? Number.MAX_SAFE_INTEGER : layout.durationAt(top),
    });
  });
  const dragged = marked !== undefined;
  return (
    <figure className="scatter-plot" ref={ref}>
      <figcaption className="muted">
        {resultsText.plotCaption}
        <span className="scatter-plot-hint">{resultsText.plotHint}</span>
        <span className="scatter-plot-key">{resultsText.plotOk}</span>
        <span className="scatter-plot-key" data-error>
          {resultsText.plotErrors}
        </span>
      </figcaption>
      {width > 0 && (
        <svg
          width={width}
          height={HEIGHT}
          role="img"
          aria-label={resultsText.plotTitle(traces.length)}
          {...handlers}
        >
          <Axes layout={layout} width={width} />
          {layout.points.map((point) => (
            <Mark
              key={point.trace.traceId}
              point={point}
              near={near === point}
              href={traceHrefOf(point.trace.traceId)}
              onNear={setNear}
            />
          ))}
          {marked && (
            <rect
              className="scatter-plot-brush"
              x={marked.left}
              y={marked.top}
              width={marked.right - marked.left}
              height={marked.bottom - marked.top}
            />
          )}
        </svg>
      )}
      {near !== undefined && !dragged && <Tooltip point={near} width={width} />}
    </figure>
  );
}

function areaOf(width: number): PlotBox {
  return {
    left: MARGIN.left,
    top: MARGIN.top,
    right: Math.max(MARGIN.left + 1, width - MARGIN.right),
    bottom: HEIGHT - MARGIN.bottom,
  };
}

function sizeOf({ left, top, right, bottom }: PlotBox): PlotArea {
  return { left, top, width: right - left, height: bottom - top };
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
  href,
  onNear,
}: {
  point: PlotPoint;
  near: boolean;
  href: string;
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
      goTo(href);
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
      <span className="scatter-plot-services">
        {trace.services.slice(0, TOOLTIP_SERVICES).map(({ name }) => (
          <ServiceDot key={name} name={name} />
        ))}
      </span>
    </div>
  );
}
