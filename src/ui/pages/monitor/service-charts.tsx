import './service-charts.css';
import { type ReactElement, useMemo } from 'react';
import { alignSeries, type MetricSeries } from '../../../model/service-metrics.ts';
import { METRIC_STEP_MS, type MetricsAnswers } from '../../api/service-metrics.ts';
import { WaitNotice } from '../../components/notice.tsx';
import { type ChartData, type ChartLine, TimeChart } from '../../components/time-chart.tsx';
import { useLinkTarget, useUiConfig } from '../../config/ui-config.ts';
import { columnShare } from '../../number-text.ts';
import { monitorText } from '../../text/monitor-text.ts';
import { latencyText, requestRateText, shareText } from './metric-text.ts';
import { Latency, rateCell } from './metric-cells.tsx';
import { MetricsTable } from './metrics-table.tsx';

/** In the order of the answers. */
const LINES = [
  { label: monitorText.quantile(95), color: 'var(--series-3)', dash: [] },
  { label: monitorText.quantile(75), color: 'var(--series-2)', dash: [6, 3] },
  { label: monitorText.quantile(50), color: 'var(--series-1)', dash: [2, 3] },
  { label: monitorText.errors, color: 'var(--error)', dash: [] },
  { label: monitorText.requests, color: 'var(--accent)', dash: [] },
] as const;
const latencyCell = (ms: number): ReactElement => <Latency ms={ms} />;
/** Of the table, a column a line. */
const CELLS = [latencyCell, latencyCell, latencyCell, columnShare, rateCell] as const;
/** The pointer over one of the charts is over all of them. */
const TOGETHER = 'monitor';

interface ServiceChartsProps {
  readonly fromMs: number;
  readonly endMs: number;
  /** Latencies p95, p75 and p50, errors, calls. Undefined until they have come. */
  readonly families: MetricsAnswers['families'];
  readonly onRange: (fromMs: number, toMs: number) => void;
}

/** Latency, error rate and request rate of a service over time, and the table behind them. */
export function ServiceCharts(props: ServiceChartsProps): ReactElement {
  const { fromMs, endMs, families, onRange } = props;
  const data = useMemo(
    () => families && chartData(families, fromMs, endMs),
    [families, fromMs, endMs],
  );
  if (data === undefined) {
    return (
      <div className="service-charts" aria-busy="true">
        {[monitorText.latency, monitorText.errorRate, monitorText.requestRate].map((title) => (
          <div key={title} className="service-charts-place">
            <WaitNotice>{monitorText.loading}</WaitNotice>
          </div>
        ))}
      </div>
    );
  }
  const shared = { together: TOGETHER, onRange };
  return (
    <>
      {data.all.timesMs.length === 0 && <NoMetrics />}
      <div className="service-charts">
        <TimeChart
          title={monitorText.latency}
          data={data.latency}
          valueText={latencyText}
          {...shared}
        />
        <TimeChart
          title={monitorText.errorRate}
          data={data.errors}
          valueText={shareText}
          {...shared}
        />
        <TimeChart
          title={monitorText.requestRate}
          data={data.requests}
          valueText={requestRateText}
          {...shared}
        />
      </div>
      <MetricsTable
        data={data.all}
        cells={CELLS}
        onTime={(timeMs) => {
          onRange(timeMs - METRIC_STEP_MS, timeMs);
        }}
      />
    </>
  );
}

/** A question that was answered with nothing; most often the spans are not counted yet. */
function NoMetrics(): ReactElement {
  const { monitor } = useUiConfig();
  return (
    <p className="service-charts-none" role="status">
      {monitorText.noData}{' '}
      <a href={monitor.docsLink} {...useLinkTarget()}>
        {monitorText.noDataHint}
      </a>
    </p>
  );
}

interface AllCharts {
  readonly all: ChartData;
  readonly latency: ChartData;
  readonly errors: ChartData;
  readonly requests: ChartData;
}

function chartData(
  families: readonly (readonly MetricSeries[])[],
  fromMs: number,
  toMs: number,
): AllCharts {
  // Without grouping a family has one series, of the service.
  const { timesMs, values } = alignSeries(
    families.map(([series]) => series?.points ?? []),
    METRIC_STEP_MS,
  );
  const lines = LINES.map((line, index): ChartLine => ({ ...line, values: values[index] ?? [] }));
  const chart = (from: number, to: number): ChartData => ({
    ...{ timesMs, fromMs, toMs },
    lines: lines.slice(from, to),
  });
  return { all: chart(0, 5), latency: chart(0, 3), errors: chart(3, 4), requests: chart(4, 5) };
}
