import './timeline.css';
import {
  type CSSProperties,
  type ReactElement,
  memo,
  type RefObject,
  useCallback,
  useMemo,
  useState,
} from 'react';
import type { CriticalSection } from '../../../model/critical-path.ts';
import type { PrunedRows } from '../../../model/hidden-rows.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import { browserStore } from '../../browser-store.ts';
import { useElementWidth } from '../../components/element-width.ts';
import { traceText } from '../../text/trace-text.ts';
import { PrunedRow } from './pruned-row.tsx';
import { SpanDetail } from './span-detail.tsx';
import { TimelineGuides } from './timeline-guides.tsx';
import { clampNameShare, TimelineHead } from './timeline-head.tsx';
import { hasDetail, timelineLines } from './timeline-lines.ts';
import { TimelineRow } from './timeline-row.tsx';
import type { TraceAction, TraceView } from './trace-view.ts';
import { CURSOR_GUIDE, useGuides } from './use-guides.ts';
import { type LineWindow, useLineWindow } from './use-line-window.ts';

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
  const { view, overview, traceId, dispatch, scroller, bars, filterMenu } = props;
  const [nameShare, setNameShare] = useNameShare();
  const { ref, width } = useElementWidth<HTMLDivElement>();
  const { rows, collapsed, hidden, opened } = view;
  const lines = useMemo(
    () => timelineLines({ rows, collapsed, hidden }),
    [rows, collapsed, hidden],
  );
  const { first, end, places, brief, measureDetail } = useLineWindow(lines, view, scroller);

  const drawn = lines.subarray(first, end);
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
          style={{ height: places.totalPx }}
          {...useGuides(rows, nameWidth)}
        >
          {lines.length === 0 && <NothingShown />}
          <TimelineGuides {...{ rows, first, places, nameWidth }} lines={drawn} />
          {Array.from(drawn, (index, at) => {
            const row = rows[index];
            if (row === undefined) return null;
            return (
              <div
                key={index}
                data-index={index}
                className="timeline-line"
                role="presentation"
                style={{ top: places.top(first + at) }}
              >
                <LineContent {...props} {...{ row, nameWidth, brief }} />
                {opened.has(index) && hasDetail(row, hidden) && (
                  <DetailBox
                    {...{ row, rows, overview, traceId, dispatch }}
                    window={view.window}
                    measure={measureDetail}
                  />
                )}
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

interface LineProps extends TimelineProps {
  readonly row: TreeRow;
  readonly nameWidth: number;
  readonly brief: boolean;
}

function LineContent(props: LineProps): ReactElement {
  const { row, view, overview, found, critical, dispatch, nameWidth, traceId, brief } = props;
  const { index } = row;
  const pruned = prunedAt(view, index);
  if (pruned !== undefined) {
    return <PrunedRow {...{ row, pruned, nameWidth }} bars={props.bars} />;
  }
  return (
    <TimelineRow
      {...{ row, overview, traceId, nameWidth, brief, dispatch }}
      rows={view.rows}
      id={rowId(index)}
      bars={props.bars}
      window={view.window}
      critical={critical.get(index) ?? NOT_CRITICAL}
      collapsed={view.collapsed.has(index)}
      opened={view.opened.has(index)}
      active={view.active === index}
      found={found.has(index)}
    />
  );
}

function prunedAt({ hidden }: TraceView, index: number): PrunedRows | undefined {
  return hidden?.isHidden[index] === 1 ? hidden.pruned.get(index) : undefined;
}

interface DetailBoxProps extends RowDetailProps {
  readonly measure: LineWindow['measureDetail'];
}

function DetailBox({ measure, ...props }: DetailBoxProps): ReactElement {
  const { row } = props;
  return (
    <div
      className="timeline-detail"
      role="row"
      aria-level={row.depth + 1}
      data-row={row.index}
      ref={measure}
    >
      <div role="gridcell" aria-colspan={3}>
        <RowDetail {...props} />
      </div>
    </div>
  );
}

type RowDetailProps = Omit<Parameters<typeof SpanDetail>[0], 'row'> & { readonly row: TreeRow };

/** Details are many elements: they are made anew only for what they show. */
const RowDetail = memo(function RowDetail({ row, ...props }: RowDetailProps): ReactElement | null {
  return row.type === 'span' ? <SpanDetail {...props} row={row} /> : null;
});

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
