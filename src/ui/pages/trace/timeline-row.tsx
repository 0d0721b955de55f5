import { ChevronRight, CircleAlert } from 'lucide-react';
import { type CSSProperties, memo, type ReactElement } from 'react';
import type { CriticalSection } from '../../../model/critical-path.ts';
import { spanTime } from '../../../model/self-time.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import { Duration } from '../../components/duration.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { useServiceColor } from '../../service-colors.ts';
import { traceText } from '../../text/trace-text.ts';
import { Bar } from './bar.tsx';
import { guideLines, rowIndent } from './row-indent.ts';
import type { TimeWindow, TraceAction } from './trace-view.ts';

interface TimelineRowProps {
  readonly row: TreeRow;
  readonly id: string;
  readonly overview: TraceOverview;
  readonly window: TimeWindow;
  readonly nameWidth: number;
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
  const names: CSSProperties = {
    paddingLeft: 6 + rowIndent(depth, nameWidth),
    background: guideLines(depth, nameWidth),
  };
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
      <div className="timeline-names" role="gridcell" style={names}>
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
      <div className="timeline-lane" role="gridcell">
        <Bar row={row} overview={overview} window={props.window} critical={props.critical} />
      </div>
    </div>
  );
});

function RowName({ row, collapsed }: TimelineRowProps): ReactElement {
  const color = useServiceColor();
  if (row.type === 'ghost') {
    return <span className="timeline-name">{traceText.ghost(row.spanId.slice(0, 8))}</span>;
  }
  const { operationName, process, isError } = row.span;
  const hidden = row.end - row.index - 1;
  return (
    <>
      <span className="timeline-mark" style={{ background: color(process.serviceName) }} />
      {(isError || (collapsed && row.hasErrorBelow)) && (
        <CircleAlert
          className="timeline-error"
          data-own={isError}
          size={15}
          role="img"
          aria-label={isError ? traceText.spanFailed : traceText.belowFailed}
        />
      )}
      <span className="timeline-name" title={`${process.serviceName} ${operationName}`}>
        <strong>
          <SafeText>{process.serviceName}</SafeText>
        </strong>{' '}
        <SafeText>{operationName}</SafeText>
      </span>
      {collapsed && (
        <span className="timeline-hidden numbers">{traceText.hiddenSpans(hidden)}</span>
      )}
    </>
  );
}
