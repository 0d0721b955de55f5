import './side-panel.css';
import type { ReactElement } from 'react';
import { traceText } from '../../text/trace-text.ts';
import { SpanDetail, type SpanDetailProps } from './span-detail.tsx';
import type { TraceView } from './trace-view.ts';

interface SidePanelProps extends Pick<SpanDetailProps, 'overview' | 'traceId' | 'dispatch'> {
  readonly view: TraceView;
}

/** The details of the chosen span beside the timeline; at first those of the root. */
export function SidePanel({ view, ...props }: SidePanelProps): ReactElement {
  const { rows, active, hidden } = view;
  const row = active === -1 ? rows.find(({ type }) => type === 'span') : rows[active];
  const isShown = row?.type === 'span' && hidden?.isHidden[row.index] !== 1;
  return (
    <div className="side-panel">
      {isShown ? (
        <SpanDetail key={row.index} {...props} row={row} rows={rows} window={view.window} />
      ) : (
        <p className="side-panel-empty muted">{traceText.noSpanChosen}</p>
      )}
    </div>
  );
}
