import './result-panel.css';
import { Download } from 'lucide-react';
import { lazy, type ReactElement, Suspense, useMemo } from 'react';
import { durationText } from '../../../model/duration-text.ts';
import type { FoundTrace } from '../../api/found-trace.ts';
import { WaitNotice } from '../../components/notice.tsx';
import { Select } from '../../components/select.tsx';
import { useEmbed } from '../../config/embed.ts';
import { goTo, traceHref } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { resultsText } from '../../text/results-text.ts';
import { searchText } from '../../text/search-text.ts';
import { CompareBar } from './compare-bar.tsx';
import { NarrowedBar } from './narrowed-bar.tsx';
import { ResultList } from './result-list.tsx';
import {
  type Brush,
  brushText,
  isBrushed,
  readResultView,
  RESULT_SHAPES,
  type ResultShape,
  searchWith,
} from './result-view.ts';
import { readMarkedSpans, type SearchRequest } from './search-request.ts';
import { durationQuantile, readTraceOrder, sortTraces, TRACE_ORDERS } from './sort-traces.ts';

const ResultPlots = lazy(async () => ({
  default: (await import('./result-plots.tsx')).ResultPlots,
}));
const ResultTable = lazy(async () => ({
  default: (await import('./result-table.tsx')).ResultTable,
}));

const ORDER_OPTIONS = new Map(TRACE_ORDERS.map((order) => [order, resultsText.sorts[order]]));

interface ResultPanelProps {
  readonly traces: readonly FoundTrace[];
  /** Milliseconds since 1970, of the answer. */
  readonly nowMs: number;
  /** The address's query: how the result is shown is in it. */
  readonly search: string;
  /** Undefined for traces that were not searched for. */
  readonly request?: SearchRequest;
  /** Address of a file of these traces; undefined where there is none. */
  readonly downloadHref?: string;
  /** What there is to say beside the count. */
  readonly note?: string;
}

/** The found traces: how they spread, what can be done with all of them, then each. */
export function ResultPanel(props: ResultPanelProps): ReactElement {
  const { traces, search, request } = props;
  const { hideGraph } = useEmbed();
  const { brush, order, shape } = useMemo(() => readResultView(search), [search]);
  const shown = useMemo(() => {
    const narrowed = brush === undefined ? traces : traces.filter((one) => isBrushed(one, brush));
    return sortTraces(narrowed, order);
  }, [traces, brush, order]);
  const traceHrefOf = useMemo(() => hrefMaker(search), [search]);
  const change = (changes: Readonly<Record<string, string | undefined>>): void => {
    goTo(searchWith(search, changes), 'replace');
  };
  const onBrush = (chosen: Brush): void => {
    change({ plot: brushText(chosen) });
  };
  return (
    <div className="result-panel">
      {!hideGraph && shown.length > 0 && (
        <section className="panel result-plot-room">
          <Suspense fallback={null}>
            <ResultPlots traces={shown} {...{ traceHrefOf, onBrush }} />
          </Suspense>
        </section>
      )}
      <ResultBar {...props} shape={shape} shown={shown} change={change} />
      {brush !== undefined && (
        <NarrowedBar
          brush={brush}
          request={request}
          shown={shown.length}
          all={traces.length}
          wholeHref={searchWith(search, { plot: undefined })}
        />
      )}
      <CompareBar />
      <Suspense fallback={<WaitNotice>{searchText.loadingShape}</WaitNotice>}>
        {shape === 'table' ? (
          <ResultTable
            traces={shown}
            traceHrefOf={traceHrefOf}
            order={order}
            onOrder={(chosen) => {
              change({ sort: chosen });
            }}
          />
        ) : (
          <ResultList
            traces={shown}
            traceHrefOf={traceHrefOf}
            nowMs={props.nowMs}
            uploaded={request === undefined}
          />
        )}
      </Suspense>
    </div>
  );
}

interface ResultBarProps extends ResultPanelProps {
  readonly shape: ResultShape;
  readonly shown: readonly FoundTrace[];
  readonly change: (changes: Readonly<Record<string, string | undefined>>) => void;
}

function ResultBar(props: ResultBarProps): ReactElement {
  const { traces, note, downloadHref, search, shape, shown, change } = props;
  const { order } = readResultView(search);
  return (
    <div className="result-bar">
      <h1>{text.traceCount(traces.length)}</h1>
      {note !== undefined && <span className="muted">{note}</span>}
      <Distribution traces={shown} />
      <div className="result-tools">
        {downloadHref !== undefined && (
          <a className="button" href={downloadHref} download title={resultsText.downloadHint}>
            <Download size={15} aria-hidden />
            {resultsText.download}
          </a>
        )}
        <ShapeChoice
          shape={shape}
          onChoose={(chosen) => {
            change({ view: chosen === 'list' ? undefined : chosen });
          }}
        />
        <label className="result-order">
          <span className="muted">{resultsText.sortBy}</span>
          <Select
            value={order}
            options={ORDER_OPTIONS}
            onChange={(chosen) => {
              change({ sort: readTraceOrder(chosen) });
            }}
          />
        </label>
      </div>
    </div>
  );
}

function ShapeChoice(props: {
  shape: ResultShape;
  onChoose: (shape: ResultShape) => void;
}): ReactElement {
  return (
    <div className="shape-choice" role="group" aria-label={resultsText.shape}>
      {RESULT_SHAPES.map((shape) => (
        <button
          key={shape}
          type="button"
          aria-pressed={shape === props.shape}
          onClick={() => {
            props.onChoose(shape);
          }}
        >
          {resultsText.shapes[shape]}
        </button>
      ))}
    </div>
  );
}

function Distribution({ traces }: { traces: readonly FoundTrace[] }): ReactElement {
  const shares = [
    ['p50', 0.5],
    ['p95', 0.95],
    ['p99', 0.99],
  ] as const;
  return (
    <dl className="result-distribution numbers" aria-label={resultsText.distribution}>
      {shares.map(([name, share]) => (
        <div key={name}>
          <dt className="muted">{name}</dt>
          <dd>{durationText(durationQuantile(traces, share))}</dd>
        </div>
      ))}
    </dl>
  );
}

/** A trace of which the address names spans opens with these found. */
function hrefMaker(search: string): (traceId: string) => string {
  const marked = readMarkedSpans(search);
  return (traceId) => traceHref(traceId, marked.get(traceId.padStart(32, '0')));
}
