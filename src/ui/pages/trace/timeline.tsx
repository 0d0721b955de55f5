import './timeline.css';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  type CSSProperties,
  type ReactElement,
  type RefObject,
  useCallback,
  useEffect,
  useMemo,
  useState,
} from 'react';
import type { CriticalSection } from '../../../model/critical-path.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import { browserStore } from '../../browser-store.ts';
import { useElementWidth } from '../../components/element-width.ts';
import { traceText } from '../../text/trace-text.ts';
import { PrunedRow } from './pruned-row.tsx';
import { SpanDetail } from './span-detail.tsx';
import { clampNameShare, TimelineHead } from './timeline-head.tsx';
import { type TimelineLine, timelineLines } from './timeline-lines.ts';
import { TimelineRow } from './timeline-row.tsx';
import type { TraceAction, TraceView } from './trace-view.ts';
import { CURSOR_GUIDE, useGuides } from './use-guides.ts';

const ROW_PX = 28;
/** Until a detail is measured. */
const DETAIL_PX = 220;
const HEAD_PX = 34;
const DURATION_PX = 96;
const DEFAULT_NAME_SHARE = 0.36;
/** On a phone, names matter more than bars. */
const NARROW_NAME_SHARE = 0.48;
const NARROW = '(max-width: 720px)';

const NAME_SHARE_KEY = 'jaeger-ui-name-width';

const NOT_CRITICAL: readonly CriticalSection[] = [];

export interface TimelineProps {
  readonly view: TraceView;
  readonly overview: TraceOverview;
  readonly traceId: string;
  readonly found: ReadonlySet<number>;
  /** By row, last section first. */
  readonly critical: ReadonlyMap<number, readonly CriticalSection[]>;
  readonly dispatch: (action: TraceAction) => void;
  readonly scroller: RefObject<HTMLDivElement | null>;
  /** Whether time is drawn at all. */
  readonly bars: boolean;
  /** Stands beside the tree's buttons. */
  readonly filterMenu: ReactElement;
}

/** The waterfall. Only the lines in sight exist, so its cost does not depend on the trace's size. */
export function Timeline(props: TimelineProps): ReactElement {
  const { view, overview, dispatch, scroller, bars, filterMenu } = props;
  const [nameShare, setNameShare] = useNameShare();
  const { ref, width } = useElementWidth<HTMLDivElement>();
  const { rows, collapsed, opened, hidden } = view;
  const lines = useMemo(
    () => timelineLines({ rows, collapsed, opened, hidden }),
    [rows, collapsed, opened, hidden],
  );
  // eslint-disable-next-line react-hooks/incompatible-library -- its result stays in this component
  const virtualizer = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: (index) => (lines[index]?.type === 'detail' ? DETAIL_PX : ROW_PX),
    getItemKey: (index) => `${lines[index]?.row.index}-${lines[index]?.type}`,
    scrollMargin: HEAD_PX,
    scrollPaddingStart: HEAD_PX + ROW_PX,
    scrollPaddingEnd: ROW_PX,
    overscan: 12,
  });
  useEffect(() => {
    const line = lines.findIndex(({ row }) => row.index === view.active);
    if (line >= 0) virtualizer.scrollToIndex(line, { align: 'auto' });
    // Only a new choice scrolls; opening details or collapsing rows must not move the page.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [view.active, view.revealed]);

  const nameWidth = bars ? Math.round(width * nameShare) : Math.max(0, width - DURATION_PX);
  return (
    <Frame frame={ref} nameShare={nameShare} bars={bars}>
      <div
        className="timeline-scroll"
        ref={scroller}
        role="treegrid"
        aria-label={traceText.timeline}
        aria-rowcount={rows.length}
        aria-activedescendant={view.active >= 0 ? rowId(view.active) : undefined}
        tabIndex={0}
      >
        <TimelineHead
          {...{ overview, dispatch, nameShare, bars, filterMenu }}
          window={view.window}
          onNameShare={setNameShare}
        />
        <div
          className="timeline-lines"
          role="rowgroup"
          style={{ height: virtualizer.getTotalSize() }}
          {...useGuides(rows, lines, nameWidth)}
        >
          {lines.length === 0 && <NothingShown />}
          {virtualizer.getVirtualItems().map((item) => {
            const line = lines[item.index];
            if (line === undefined) return null;
            return (
              <div
                key={item.key}
                ref={virtualizer.measureElement}
                data-index={item.index}
                className="timeline-line"
                role="presentation"
                style={{ transform: `translateY(${item.start - HEAD_PX}px)` }}
              >
                <LineContent {...props} line={line} nameWidth={nameWidth} />
              </div>
            );
          })}
        </div>
      </div>
    </Frame>
  );
}

function NothingShown(): ReactElement {
  return (
    <div className="timeline-empty muted" role="row">
      <span role="gridcell">{traceText.nothingShown}</span>
    </div>
  );
}

interface FrameProps {
  readonly frame: RefObject<HTMLDivElement | null>;
  readonly nameShare: number;
  readonly bars: boolean;
  readonly children: ReactElement;
}

function Frame({ frame, nameShare, bars, children }: FrameProps): ReactElement {
  return (
    <div
      className="timeline"
      ref={frame}
      style={columnWidths(nameShare)}
      data-bars={bars}
      {...CURSOR_GUIDE}
    >
      <span className="timeline-cursor" />
      {children}
    </div>
  );
}

function LineContent(
  props: TimelineProps & { readonly line: TimelineLine; readonly nameWidth: number },
): ReactElement {
  const { line, view, overview, found, critical, dispatch, nameWidth, traceId } = props;
  const { row } = line;
  if (line.type === 'pruned') {
    const { pruned } = line;
    return <PrunedRow {...{ row, pruned, nameWidth }} rows={view.rows} bars={props.bars} />;
  }
  if (line.type === 'detail' && row.type === 'span') {
    return (
      <div className="timeline-detail" role="row" aria-level={row.depth + 1}>
        <div role="gridcell" aria-colspan={3}>
          <SpanDetail
            {...{ row, overview, traceId, dispatch }}
            rows={view.rows}
            window={view.window}
          />
        </div>
      </div>
    );
  }
  return (
    <TimelineRow
      {...{ row, overview, traceId }}
      rows={view.rows}
      id={rowId(row.index)}
      bars={props.bars}
      window={view.window}
      nameWidth={nameWidth}
      critical={critical.get(row.index) ?? NOT_CRITICAL}
      collapsed={view.collapsed.has(row.index)}
      opened={view.opened.has(row.index)}
      active={view.active === row.index}
      found={found.has(row.index)}
      dispatch={dispatch}
    />
  );
}

/** The width a person gave the names, on this visit or an earlier one. */
function useNameShare(): [number, (share: number) => void] {
  const [share, setShare] = useState(() => {
    const kept = Number(browserStore().getItem(NAME_SHARE_KEY) ?? NaN);
    if (!Number.isNaN(kept)) return clampNameShare(kept);
    return matchMedia(NARROW).matches ? NARROW_NAME_SHARE : DEFAULT_NAME_SHARE;
  });
  const keep = useCallback((chosen: number) => {
    setShare(chosen);
    browserStore().setItem(NAME_SHARE_KEY, chosen.toFixed(3));
  }, []);
  return [share, keep];
}

function columnWidths(nameShare: number): CSSProperties {
  const widths: CSSProperties & Record<'--names' | '--durations', string> = {
    '--names': `${nameShare * 100}%`,
    '--durations': `${DURATION_PX}px`,
  };
  return widths;
}

function rowId(index: number): string {
  return `span-row-${index}`;
}
