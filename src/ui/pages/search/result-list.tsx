import './result-list.css';
import { CircleAlert, Unlink } from 'lucide-react';
import type { CSSProperties, ReactElement } from 'react';
import { durationText } from '../../../model/duration-text.ts';
import type { FoundTrace, SearchResult } from '../../api/trace-summaries.ts';
import { Duration } from '../../components/duration.tsx';
import { useEmbed } from '../../config/embed.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { Select } from '../../components/select.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { followLink, goTo, traceHref } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { searchText } from '../../text/search-text.ts';
import { clockTime, dayAndTime, relativeTime } from '../../time-text.ts';
import { ScatterPlot } from './scatter-plot.tsx';
import {
  durationQuantile,
  readTraceOrder,
  sortTraces,
  TRACE_ORDERS,
  type TraceOrder,
} from './sort-traces.ts';

const MAX_SERVICES = 12;
const ORDER_OPTIONS = new Map(TRACE_ORDERS.map((order) => [order, searchText.sorts[order]]));

interface ResultListProps {
  readonly result: SearchResult;
  readonly limit: number;
  readonly order: TraceOrder;
  /** Address of the same search in another order. */
  readonly hrefInOrder: (order: TraceOrder) => string;
}

/** The found traces: how they spread over time, then one row each. */
export function ResultList({ result, limit, order, hrefInOrder }: ResultListProps): ReactElement {
  const { traces, askedAtMs } = result;
  const { hideGraph } = useEmbed();
  const longestUs = Math.max(...traces.map((trace) => trace.durationUs), 1);
  return (
    <>
      {!hideGraph && (
        <section className="panel">
          <ScatterPlot traces={traces} />
        </section>
      )}
      <div className="result-bar">
        <h1>{text.traceCount(traces.length)}</h1>
        {traces.length >= limit && <span className="muted">{searchText.atLimit(limit)}</span>}
        <Distribution traces={traces} />
        <label className="result-order">
          <span className="muted">{searchText.sortBy}</span>
          <Select
            value={order}
            options={ORDER_OPTIONS}
            onChange={(chosen) => {
              goTo(hrefInOrder(readTraceOrder(chosen)), 'replace');
            }}
          />
        </label>
      </div>
      <ol className="panel result-list">
        {sortTraces(traces, order).map((trace) => (
          <ResultRow key={trace.traceId} trace={trace} longestUs={longestUs} nowMs={askedAtMs} />
        ))}
      </ol>
    </>
  );
}

function Distribution({ traces }: { traces: readonly FoundTrace[] }): ReactElement {
  const shares = [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const;
  return (
    <dl className="result-distribution numbers" aria-label={searchText.distribution}>
      {shares.map(([name, share]) => (
        <div key={name}>
          <dt className="muted">{name}</dt>
          <dd>{durationText(durationQuantile(traces, share))}</dd>
        </div>
      ))}
    </dl>
  );
}

interface ResultRowProps {
  readonly trace: FoundTrace;
  readonly longestUs: number;
  readonly nowMs: number;
}

function ResultRow({ trace, longestUs, nowMs }: ResultRowProps): ReactElement {
  const { traceIdDisplayLength } = useUiConfig();
  const share: CSSProperties = { width: `${(trace.durationUs / longestUs) * 100}%` };
  return (
    <li>
      <a className="result-row" href={traceHref(trace.traceId)} onClick={followLink}>
        <span className="result-name">
          <strong>
            <SafeText>{trace.rootService || text.noRoot}</SafeText>
          </strong>{' '}
          <SafeText>{trace.rootOperation}</SafeText>
          <span className="mono muted result-id">
            {trace.traceId.slice(0, traceIdDisplayLength)}
          </span>
        </span>
        <span className="result-duration">
          <Duration us={trace.durationUs} />
        </span>
        <span className="result-services">
          {trace.services.slice(0, MAX_SERVICES).map((service) => (
            <ServiceDot key={service.name} {...service} />
          ))}
          {trace.services.length > MAX_SERVICES && (
            <span className="muted">+{trace.services.length - MAX_SERVICES}</span>
          )}
        </span>
        <ResultFlags trace={trace} />
        <time
          className="result-time numbers"
          dateTime={new Date(trace.startUs / 1_000).toISOString()}
          title={dayAndTime(trace.startUs)}
        >
          {clockTime(trace.startUs)}
          <span className="muted">{relativeTime(trace.startUs, nowMs)}</span>
        </time>
        <span className="result-share" aria-hidden="true">
          <span style={share} data-error={trace.errorCount > 0} />
        </span>
      </a>
    </li>
  );
}

function ResultFlags({ trace }: { trace: FoundTrace }): ReactElement {
  return (
    <span className="result-flags numbers">
      {trace.errorCount > 0 && (
        <span className="flag error">
          <CircleAlert size={13} aria-hidden />
          {text.errors(trace.errorCount)}
        </span>
      )}
      {trace.orphanCount > 0 && (
        <span className="flag warn" title={searchText.incompleteHint(trace.orphanCount)}>
          <Unlink size={13} aria-hidden />
          {text.incomplete}
        </span>
      )}
      <span className="muted">{text.spans(trace.spanCount)}</span>
    </span>
  );
}
