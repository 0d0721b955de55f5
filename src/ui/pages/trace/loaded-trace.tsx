import {
  type Dispatch,
  type ReactElement,
  Suspense,
  useCallback,
  useMemo,
  useReducer,
  useState,
} from 'react';
import type { HiddenRows } from '../../../model/hidden-rows.ts';
import type { TimelineTrace } from '../../../model/timeline-span.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import { SplitPanel } from '../../components/split-panel.tsx';
import { useEmbed } from '../../config/embed.ts';
import { goTo } from '../../routing.ts';
import { createServiceColors, ServiceColorContext } from '../../service-colors.ts';
import { text } from '../../text/common-text.ts';
import { traceText } from '../../text/trace-text.ts';
import { FindControl } from './find-control.tsx';
import { KeyHelp } from './key-help.tsx';
import { Minimap } from './minimap.tsx';
import { ServiceFilterMenu } from './service-filter-menu.tsx';
import { SidePanel } from './side-panel.tsx';
import { Timeline } from './timeline.tsx';
import { changedSearch, type SearchChange, traceAddress } from './trace-address.ts';
import type { TraceAnalysis } from './trace-analysis.ts';
import { TraceRelationsContext, useGatheredRelations } from './trace-relations.ts';
import { TraceHeader } from './trace-header.tsx';
import { useTraceSettings } from './trace-settings.ts';
import { type TraceAction, type TraceView, traceViewReducer } from './trace-view.ts';
import type { TraceViewProps } from './trace-view-props.ts';
import { TRACE_VIEWS, type TraceViewId, traceViewOf } from './trace-views.ts';
import { usePageKeys } from './use-page-keys.ts';
import { useServiceFilter } from './use-service-filter.ts';
import { useTraceFind } from './use-trace-find.ts';
import { useViewAddress } from './use-view-address.ts';
import { viewOfSearch } from './view-address.ts';

const SIDE_PANEL_PX = 460;
const NOTHING_OPENED: ReadonlySet<number> = new Set();

interface LoadedTraceProps {
  /** As the address has it: it may leave leading zeros out, and stays so. */
  readonly traceId: string;
  readonly trace: TimelineTrace;
  readonly analysis: TraceAnalysis;
  /** The address's query. */
  readonly search: string;
}

/** A trace in the view that the address names. */
export function LoadedTrace(props: LoadedTraceProps): ReactElement {
  const { traceId, trace, analysis, search } = props;
  const { rows, overview } = analysis;
  const shownView = traceViewOf(search);
  const filter = useServiceFilter(rows, overview, search);
  const find = useTraceFind({ traceId, search, rows, services: filter.hidden });
  const [settings, setSettings] = useTraceSettings();
  const aside = settings.detailPanel === 'sidepanel';
  const onSearch = useOnSearch(traceId);
  const [view, dispatch] = useTraceView({ analysis, find, aside, search, onSearch });
  const keys = usePageKeys(shownView === 'timeline' ? dispatch : undefined, find.setTyped);
  const [slim, setSlim] = useState(useEmbed().collapseTitle);
  const showSpan = useShowSpan({ rows, dispatch, onSearch, hidden: find.hidden });
  const relations = useGatheredRelations(rows);
  const serviceColor = useMemo(
    () => createServiceColors(overview.services.map(({ name }) => name)),
    [overview],
  );
  const { root } = overview;
  return (
    <TraceRelationsContext value={relations}>
      <ServiceColorContext value={serviceColor}>
        <title>{`${root?.process.serviceName ?? traceId} ${root?.operationName ?? ''} – ${text.product}`}</title>
        <TraceHeader
          {...{ traceId, search, overview, settings, slim }}
          view={shownView}
          shares={analysis.shares}
          warnings={trace.warnings}
          onSettings={setSettings}
          onHelp={keys.toggleHelp}
          onSlim={() => {
            setSlim(!slim);
          }}
          findBox={
            <FindControl {...{ find, view, dispatch, search, onSearch }} input={keys.findInput} />
          }
        />
        {shownView === 'timeline' ? (
          <TimelineView
            {...{ traceId, analysis, view, dispatch, aside, slim }}
            found={find.foundSet}
            scroller={keys.scroller}
            bars={settings.bars}
            filterMenu={
              <ServiceFilterMenu
                filter={filter}
                shares={overview.services}
                onApply={(hidden) => {
                  onSearch({ svcFilter: filter.textOf(hidden) });
                }}
              />
            }
          />
        ) : (
          <OtherView
            id={shownView}
            {...analysis}
            {...{ traceId, trace, search, onSearch, showSpan }}
            find={find.text}
            found={find.foundSet}
          />
        )}
        {keys.help && <KeyHelp onClose={keys.toggleHelp} />}
      </ServiceColorContext>
    </TraceRelationsContext>
  );
}

interface TimelineViewProps {
  readonly traceId: string;
  readonly analysis: TraceAnalysis;
  readonly view: TraceView;
  readonly dispatch: Dispatch<TraceAction>;
  readonly found: ReadonlySet<number>;
  readonly scroller: ReturnType<typeof usePageKeys>['scroller'];
  readonly aside: boolean;
  readonly bars: boolean;
  readonly slim: boolean;
  readonly filterMenu: ReactElement;
}

function TimelineView(props: TimelineViewProps): ReactElement {
  const { traceId, analysis, view, dispatch, aside, bars } = props;
  const { rows, overview, critical } = analysis;
  const { hideMinimap } = useEmbed();
  return (
    <>
      {!props.slim && !hideMinimap && bars && (
        <Minimap rows={rows} overview={overview} window={view.window} dispatch={dispatch} />
      )}
      <SplitPanel
        name="span-detail"
        side="right"
        label={traceText.sidePanel}
        width={SIDE_PANEL_PX}
        panel={aside ? <SidePanel {...{ view, overview, traceId, dispatch }} /> : undefined}
      >
        <Timeline
          {...{ view, overview, traceId, critical, dispatch, bars }}
          found={props.found}
          scroller={props.scroller}
          filterMenu={props.filterMenu}
        />
      </SplitPanel>
    </>
  );
}

function OtherView({ id, ...props }: TraceViewProps & { readonly id: TraceViewId }): ReactElement {
  const View = TRACE_VIEWS[id];
  return (
    <div className="trace-view">
      <Suspense fallback={null}>
        <View {...props} />
      </Suspense>
    </div>
  );
}

interface TraceViewOptions {
  readonly analysis: TraceAnalysis;
  readonly find: ReturnType<typeof useTraceFind>;
  readonly aside: boolean;
  readonly search: string;
  readonly onSearch: OnSearch;
}

/** The timeline's state; with details aside, a click on a row chooses it and opens nothing below it. */
function useTraceView(options: TraceViewOptions): [TraceView, Dispatch<TraceAction>] {
  const { analysis, find, aside, search, onSearch } = options;
  const { rows, overview } = analysis;
  const { found, hidden } = find;
  const [state, dispatch] = useReducer(traceViewReducer, rows, () =>
    viewOfSearch(rows, overview, { search, found }),
  );
  if (state.hidden !== hidden) dispatch({ type: 'hide', hidden });
  useViewAddress(state, overview, onSearch);
  const choose: Dispatch<TraceAction> = useCallback((action) => {
    if (action.type === 'toggle-detail') dispatch({ type: 'select', index: action.index });
    else if (action.type !== 'toggle-active-detail') dispatch(action);
  }, []);
  const view = useMemo(
    () => (aside ? { ...state, opened: NOTHING_OPENED } : state),
    [state, aside],
  );
  return [view, aside ? choose : dispatch];
}

type OnSearch = (change: SearchChange, mode?: 'push' | 'replace') => void;

/** Changes the address; the reader's last step is replaced, unless this is one of its own. */
function useOnSearch(traceId: string): OnSearch {
  return useCallback(
    (change, mode = 'replace') => {
      goTo(traceAddress(traceId, changedSearch(location.search, change)), mode);
    },
    [traceId],
  );
}

interface ShowSpanOptions {
  readonly rows: readonly TreeRow[];
  readonly dispatch: Dispatch<TraceAction>;
  readonly onSearch: OnSearch;
  readonly hidden: HiddenRows | undefined;
}

/** Goes to a span in the timeline, and takes away a filter that hides it. */
function useShowSpan(options: ShowSpanOptions): (spanId: string) => void {
  const { rows, dispatch, onSearch, hidden } = options;
  return useCallback(
    (spanId) => {
      const row = rows.find((each) => each.type === 'span' && each.span.spanId === spanId);
      if (row === undefined) return;
      dispatch({ type: 'reveal', index: row.index, withDetail: true });
      const isHidden = hidden?.isHidden[row.index] === 1;
      const shown: SearchChange = isHidden ? { uiFindOnly: undefined, svcFilter: '' } : {};
      onSearch({ ...shown, view: undefined }, 'push');
    },
    [rows, dispatch, onSearch, hidden],
  );
}
