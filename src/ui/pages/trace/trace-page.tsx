import './trace-page.css';
import {
  type ReactElement,
  type RefObject,
  useCallback,
  useDeferredValue,
  useEffect,
  useMemo,
  useReducer,
  useRef,
  useState,
} from 'react';
import {
  criticalPath,
  type CriticalSection,
  criticalShares,
} from '../../../model/critical-path.ts';
import { findRows } from '../../../model/find-spans.ts';
import type { TimelineTrace } from '../../../model/timeline-span.ts';
import { parseTraceId } from '../../../model/trace-id.ts';
import { type TraceOverview, traceOverview } from '../../../model/trace-overview.ts';
import { buildTraceTree, type TreeRow } from '../../../model/trace-tree.ts';
import { ApiError } from '../../api/fetch-json.ts';
import { useTrace } from '../../api/trace.ts';
import { BigNotice, FailNotice, WaitNotice } from '../../components/notice.tsx';
import { useEmbed } from '../../config/embed.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import type { PageProps } from '../../page-props.ts';
import { followLink, goTo, traceHref } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { traceText } from '../../text/trace-text.ts';
import { FindBox } from './find-box.tsx';
import { KeyHelp } from './key-help.tsx';
import { Minimap } from './minimap.tsx';
import { Timeline } from './timeline.tsx';
import { TraceHeader } from './trace-header.tsx';
import { type TraceKeyTargets, useTraceKeys } from './trace-keys.ts';
import { nextMatch, openTraceView, traceViewReducer } from './trace-view.ts';

/** The browser refuses more than a hundred address changes in half a minute. */
const URL_DELAY_MS = 250;

/** One trace, by its id. `search` is the page's query, with `uiFind`. */
export function TracePage({ id, search }: PageProps): ReactElement {
  const valid = parseTraceId(id) !== undefined;
  return (
    <main id="content" className="trace-page" tabIndex={-1}>
      {valid ? (
        <FetchedTrace traceId={id} search={search} />
      ) : (
        <NoTrace title={traceText.notAnIdTitle} hint={text.lookupInvalid} />
      )}
    </main>
  );
}

function FetchedTrace({ traceId, search }: { traceId: string; search: string }): ReactElement {
  const trace = useTrace(traceId);
  const find = new URLSearchParams(search).get('uiFind') ?? '';
  if (trace.isPending) return <WaitNotice>{traceText.loadingTrace(traceId)}</WaitNotice>;
  if (trace.isError) {
    const missing = trace.error instanceof ApiError && trace.error.status === 404;
    if (missing) return <NoTrace title={traceText.notFoundTitle} hint={traceText.notFoundHint} />;
    return <FailNotice error={trace.error} retry={() => void trace.refetch()} />;
  }
  if (trace.data.spans.length === 0) return <BigNotice title={traceText.emptyTrace} />;
  return <LoadedTrace traceId={traceId} trace={trace.data} find={find} />;
}

function NoTrace({ title, hint }: { title: string; hint: string }): ReactElement {
  return (
    <BigNotice title={title}>
      <p className="muted">{hint}</p>
      <a className="button" href="search" onClick={followLink}>
        {text.goToSearch}
      </a>
    </BigNotice>
  );
}

/** Everything that follows from the trace alone. */
function analyse(
  trace: TimelineTrace,
  withCriticalPath: boolean,
): {
  readonly rows: readonly TreeRow[];
  readonly overview: TraceOverview;
  readonly shares: ReturnType<typeof criticalShares>;
  readonly critical: ReadonlyMap<number, readonly CriticalSection[]>;
} {
  const rows = buildTraceTree(trace.spans);
  const sections = withCriticalPath ? criticalPath(rows) : [];
  return {
    rows,
    overview: traceOverview(rows),
    shares: criticalShares(rows, sections),
    critical: Map.groupBy(sections, ({ index }) => index),
  };
}

interface LoadedTraceProps {
  /** As the address has it: it may leave leading zeros out, and stays so. */
  readonly traceId: string;
  readonly trace: TimelineTrace;
  readonly find: string;
}

function LoadedTrace({ traceId, trace, find }: LoadedTraceProps): ReactElement {
  const { criticalPathEnabled } = useUiConfig();
  const embed = useEmbed();
  const { rows, overview, shares, critical } = useMemo(
    () => analyse(trace, criticalPathEnabled),
    [trace, criticalPathEnabled],
  );
  const [slim, setSlim] = useState(embed.collapseTitle);
  const [view, dispatch] = useReducer(traceViewReducer, rows, () =>
    openTraceView(rows, findRows(rows, find)),
  );
  const [typed, setTyped] = useFindText(traceId, find);
  const looked = useDeferredValue(typed);
  const found = useMemo(() => findRows(rows, looked), [rows, looked]);
  const foundSet = useMemo(() => new Set(found), [found]);
  const { help, toggleHelp, scroller, findInput } = usePageKeys(dispatch, setTyped);
  const step = (by: 1 | -1): void => {
    const index = nextMatch(found, view.active, by);
    if (index !== undefined) dispatch({ type: 'reveal', index });
  };
  const { root } = overview;
  return (
    <>
      <title>{`${root?.process.serviceName ?? traceId} ${root?.operationName ?? ''} – ${text.product}`}</title>
      <TraceHeader
        traceId={traceId}
        overview={overview}
        shares={shares}
        warnings={trace.warnings}
        onHelp={toggleHelp}
        slim={slim}
        onSlim={() => {
          setSlim(!slim);
        }}
        findBox={
          <FindBox
            input={findInput}
            value={typed}
            onChange={setTyped}
            position={found.indexOf(view.active) + 1}
            count={found.length}
            onStep={step}
          />
        }
      />
      {!slim && !embed.hideMinimap && (
        <Minimap rows={rows} overview={overview} window={view.window} dispatch={dispatch} />
      )}
      <Timeline
        view={view}
        overview={overview}
        traceId={traceId}
        found={foundSet}
        critical={critical}
        dispatch={dispatch}
        scroller={scroller}
      />
      {help && <KeyHelp onClose={toggleHelp} />}
    </>
  );
}

/** Listens for the page's keys. */
function usePageKeys(
  dispatch: TraceKeyTargets['dispatch'],
  setTyped: (text: string) => void,
): {
  readonly help: boolean;
  readonly toggleHelp: () => void;
  readonly scroller: RefObject<HTMLDivElement | null>;
  readonly findInput: RefObject<HTMLInputElement | null>;
} {
  const [help, setHelp] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  const findInput = useRef<HTMLInputElement>(null);
  const toggleHelp = useCallback(() => {
    setHelp((shown) => !shown);
  }, []);
  const keys: TraceKeyTargets = useMemo(
    () => ({
      dispatch,
      scroller,
      findInput,
      clearFind: () => {
        setTyped('');
      },
      toggleHelp,
    }),
    [dispatch, setTyped, toggleHelp],
  );
  useTraceKeys(keys);
  return { help, toggleHelp, scroller, findInput };
}

/**
 * What is looked for. The address follows a moment later and leaves no steps in the history; a link
 * that looks for something else is followed at once.
 */
function useFindText(traceId: string, inUrl: string): [string, (text: string) => void] {
  const [typed, setTyped] = useState(inUrl);
  const [seenInUrl, setSeenInUrl] = useState(inUrl);
  if (seenInUrl !== inUrl) {
    setSeenInUrl(inUrl);
    setTyped(inUrl);
  }
  useEffect(() => {
    if (typed === inUrl) return undefined;
    const timer = setTimeout(() => {
      goTo(traceHref(traceId, typed), 'replace');
    }, URL_DELAY_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [traceId, typed, inUrl]);
  return [typed, setTyped];
}
