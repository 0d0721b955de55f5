import {
  ChevronsDownUp,
  ChevronsUpDown,
  ListChevronsDownUp,
  ListChevronsUpDown,
} from 'lucide-react';
import type { CSSProperties, KeyboardEvent, PointerEvent, ReactElement } from 'react';
import { durationText } from '../../../model/duration-text.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import { traceText } from '../../text/trace-text.ts';
import { useDragRange } from './drag-range.ts';
import type { TimeWindow, TraceAction } from './trace-view.ts';

const TICKS = [0, 0.25, 0.5, 0.75, 1];
const NARROWEST_NAMES = 0.15;
const WIDEST_NAMES = 0.7;
const KEY_STEP = 0.02;

/** Both columns stay usable. */
export function clampNameShare(share: number): number {
  return Math.min(WIDEST_NAMES, Math.max(NARROWEST_NAMES, share));
}

const TREE_BUTTONS = [
  { label: traceText.expandOne, action: { type: 'expand-one' }, Icon: ListChevronsUpDown },
  { label: traceText.collapseOne, action: { type: 'collapse-one' }, Icon: ListChevronsDownUp },
  { label: traceText.expandAll, action: { type: 'expand-all' }, Icon: ChevronsUpDown },
  { label: traceText.collapseAll, action: { type: 'collapse-all' }, Icon: ChevronsDownUp },
] as const;

interface TimelineHeadProps {
  readonly overview: TraceOverview;
  readonly window: TimeWindow;
  readonly dispatch: (action: TraceAction) => void;
  readonly nameShare: number;
  readonly onNameShare: (share: number) => void;
  readonly bars: boolean;
  readonly filterMenu: ReactElement;
}

/** Column heads: the tree's buttons on the left, the ruler (drag to zoom) on the right. */
export function TimelineHead(props: TimelineHeadProps): ReactElement {
  const { dispatch } = props;
  return (
    <div className="timeline-head" role="row">
      <div className="timeline-head-names" role="columnheader">
        <span>{traceText.nameColumn}</span>
        <span className="timeline-head-buttons">
          {props.filterMenu}
          {TREE_BUTTONS.map(({ label, action, Icon }) => (
            <button
              key={label}
              type="button"
              className="icon-button"
              aria-label={label}
              title={label}
              onClick={() => {
                dispatch(action);
              }}
            >
              <Icon size={15} aria-hidden />
            </button>
          ))}
        </span>
        {props.bars && <NameWidthHandle {...props} />}
      </div>
      <div className="timeline-head-duration" role="columnheader">
        {traceText.durationColumn}
      </div>
      {props.bars && <Ruler {...props} />}
    </div>
  );
}

function Ruler({ overview, window, dispatch }: TimelineHeadProps): ReactElement {
  const width = window.to - window.from;
  const { marked, handlers } = useDragRange((range) => {
    dispatch({
      type: 'zoom-to',
      window: { from: window.from + range.from * width, to: window.from + range.to * width },
    });
  });
  return (
    <div className="timeline-ruler numbers" role="columnheader" {...handlers}>
      {TICKS.map((tick) => {
        const style: CSSProperties = tick === 1 ? { right: 0 } : { left: `${tick * 100}%` };
        return (
          <span key={tick} data-last={tick === 1} style={style}>
            {durationText((window.from + tick * width) * overview.durationUs)}
          </span>
        );
      })}
      {marked && (
        <i
          style={{ left: `${marked.from * 100}%`, width: `${(marked.to - marked.from) * 100}%` }}
        />
      )}
    </div>
  );
}

function NameWidthHandle({ nameShare, onNameShare }: TimelineHeadProps): ReactElement {
  const set = (share: number): void => {
    onNameShare(clampNameShare(share));
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (!event.currentTarget.hasPointerCapture(event.pointerId)) return;
    const head = event.currentTarget.closest('.timeline-head')?.getBoundingClientRect();
    if (head !== undefined) set((event.clientX - head.left) / head.width);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const step = event.key === 'ArrowLeft' ? -KEY_STEP : event.key === 'ArrowRight' ? KEY_STEP : 0;
    if (step === 0) return;
    event.preventDefault();
    set(nameShare + step);
  };
  return (
    <div
      className="name-width-handle"
      role="separator"
      aria-orientation="vertical"
      aria-label={traceText.resizeNames}
      aria-valuenow={Math.round(nameShare * 100)}
      aria-valuemin={NARROWEST_NAMES * 100}
      aria-valuemax={WIDEST_NAMES * 100}
      tabIndex={0}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
      }}
      onPointerMove={onPointerMove}
      onKeyDown={onKeyDown}
    />
  );
}
