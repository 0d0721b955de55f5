import './result-panel.css';
import { Download } from 'lucide-react';
import { lazy, type ReactElement, Suspense, useMemo } from 'react';
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
import { Percentiles } from './percentiles.tsx';
import { ResultList } from './result-list.tsx';
import { ResultPlots } from './result-plots.tsx';
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
import { readTraceOrder, sortTraces, TRACE_ORDERS, type TraceOrder } from './sort-traces.ts';

const ResultTable = lazy(async () => ({
  default: (await import('./result-table.tsx')).ResultTable,
}));

const SearchResultsGraph = lazy(async () => ({
  default: (await import('../deep-dependencies/search-results-graph.tsx')).SearchResultsGraph,
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
  const view = useMemo(() => readResultView(search), [search]);
  const { brush, order } = view;
  const shape = request === undefined && view.shape === 'ddg' ? 'list' : view.shape;
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
      {!hideGraph && shown.length > 0 && shape !== 'ddg' && (
        <section className="panel result-plot-room">
          <ResultPlots traces={shown} {...{ traceHrefOf, onBrush }} />
        </section>
      )}
      <ResultBar {...props} {...{ order, shape, shown, change }} />
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
        <ShownTraces {...props} {...{ order, shape, shown, change, traceHrefOf }} />
      </Suspense>
    </div>
  );
}

interface ShownTracesProps extends ResultBarProps {
  readonly traceHrefOf: (traceId: string) => string;
}

function ShownTraces(props: ShownTracesProps): ReactElement {
  const { shape, shown, request, order, traceHrefOf, change, nowMs, search } = props;
  if (shape === 'ddg' && request !== undefined && shown.length > 0) {
    const names = shown.flatMap(({ services }) => services.map(({ name }) => name));
    return (
      <SearchResultsGraph
        traceIds={shown.map(({ traceId }) => traceId)}
        services={[...new Set(names)].sort()}
        service={request.service}
        operation={request.operation}
        search={search}
      />
    );
  }
  if (shape === 'table') {
    return (
      <ResultTable
        traces={shown}
        traceHrefOf={traceHrefOf}
        order={order}
        onOrder={(chosen) => {
          change({ sort: chosen });
        }}
      />
    );
  }
  const uploaded = request === undefined;
  return <ResultList traces={shown} {...{ traceHrefOf, nowMs, uploaded }} />;
}

interface ResultBarProps extends ResultPanelProps {
  readonly order: TraceOrder;
  readonly shape: ResultShape;
  readonly shown: readonly FoundTrace[];
  readonly change: (changes: Readonly<Record<string, string | undefined>>) => void;
}

function ResultBar(props: ResultBarProps): ReactElement {
  const { traces, note, downloadHref, request, order, shape, shown, change } = props;
  const { hideGraph } = useEmbed();
  return (
    <div className="result-bar">
      <h1>{text.traceCount(traces.length)}</h1>
      {note !== undefined && <span className="muted">{note}</span>}
      {/* With the plots, their own legend says it. */}
      {hideGraph && <Percentiles traces={shown} />}
      <div className="result-tools">
        {downloadHref !== undefined && (
          <a className="button" href={downloadHref} download title={resultsText.downloadHint}>
            <Download size={15} aria-hidden />
            {resultsText.download}
          </a>
        )}
        <ShapeChoice
          shape={shape}
          hasGraph={request !== undefined}
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
  /** The storage draws it: of uploaded traces there is none. */
  hasGraph: boolean;
  onChoose: (shape: ResultShape) => void;
}): ReactElement {
  const shapes = RESULT_SHAPES.filter((shape) => shape !== 'ddg' || props.hasGraph);
  return (
    <div className="shape-choice" role="group" aria-label={resultsText.shape}>
      {shapes.map((shape) => (
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

/** A trace of which the address names spans opens with these found. */
function hrefMaker(search: string): (traceId: string) => string {
  const marked = readMarkedSpans(search);
  return (traceId) => traceHref(traceId, marked.get(traceId.padStart(32, '0')));
}
