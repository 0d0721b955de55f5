import { ChevronRight } from 'lucide-react';
import { memo, type ReactElement } from 'react';
import type { CriticalSection } from '../../../model/critical-path.ts';
import { spanTime } from '../../../model/self-time.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import { Duration } from '../../components/duration.tsx';
import { traceText } from '../../text/trace-text.ts';
import { Bar } from './bar.tsx';
import { rowIndent } from './row-indent.ts';
import { RowName } from './row-name.tsx';
import type { TimeWindow, TraceAction } from './trace-view.ts';

interface TimelineRowProps {
  readonly row: TreeRow;
  readonly rows: readonly TreeRow[];
  readonly traceId: string;
  readonly id: string;
  readonly overview: TraceOverview;
  readonly window: TimeWindow;
  readonly nameWidth: number;
  /** Whether time is drawn at all. */
  readonly bars: boolean;
  /** Without what takes long to draw and to read: marks, pills, what is called. */
  readonly brief: boolean;
  readonly critical: readonly CriticalSection[];
  readonly collapsed: boolean;
  readonly opened: boolean;
  readonly active: boolean;
  readonly found: boolean;
  readonly dispatch: (action: TraceAction) => void;
}

/** One span: its place in the tree, its duration, its time. The whole row takes the click. */
export const TimelineRow = memo(function TimelineRow(props: TimelineRowProps): ReactElement {
  const { row, id, overview, nameWidth, collapsed, opened, active, found, dispatch } = props;
  const { depth, index } = row;
  const parentOf = row.end > index + 1;
  const { from, to } = spanTime(row);
  return (
    <div
      id={id}
      className="timeline-row"
      role="row"
      aria-level={depth + 1}
      aria-rowindex={index + 1}
      aria-expanded={parentOf ? !collapsed : undefined}
      aria-selected={active}
      data-ghost={row.type === 'ghost'}
      data-found={found}
      data-opened={opened}
      onClick={() => {
        dispatch({ type: 'toggle-detail', index });
      }}
    >
      <div
        className="timeline-names"
        role="gridcell"
        style={{ paddingLeft: 6 + rowIndent(depth, nameWidth) }}
      >
        {parentOf ? (
          <button
            type="button"
            className="timeline-chevron"
            tabIndex={-1}
            aria-label={collapsed ? traceText.expandRow : traceText.collapseRow}
            data-collapsed={collapsed}
            onClick={(event) => {
              event.stopPropagation();
              dispatch({ type: 'toggle-children', index });
            }}
          >
            <ChevronRight size={14} aria-hidden />
          </button>
        ) : (
          <span className="timeline-chevron" />
        )}
        <RowName {...props} />
      </div>
      <div className="timeline-duration" role="gridcell">
        <Duration us={to - from} />
      </div>
      {props.bars && (
        <div className="timeline-lane" role="gridcell">
          <Bar
            {...{ row, overview }}
            window={props.window}
            critical={props.critical}
            brief={props.brief}
          />
        </div>
      )}
    </div>
  );
});
