import './minimap.css';
import { type CSSProperties, type ReactElement, useEffect } from 'react';
import { spanTime } from '../../../model/self-time.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import { durationText } from '../../../model/duration-text.ts';
import { useElementWidth } from '../../components/element-width.ts';
import { type ServiceColor, useServiceColor } from '../../service-colors.ts';
import { drawn, visitInTurns } from '../../in-turns.ts';
import { traceText } from '../../text/trace-text.ts';
import { useTheme } from '../../theme.ts';
import { useDragRange } from './drag-range.ts';
import { type TimeWindow, type TraceAction, WHOLE } from './trace-view.ts';

const HEIGHT = 56;
const MAX_LINE_PX = 4;

interface MinimapProps {
  readonly rows: readonly TreeRow[];
  readonly overview: TraceOverview;
  readonly window: TimeWindow;
  readonly dispatch: (action: TraceAction) => void;
}

/** The whole trace at a glance; dragging over a part of it zooms the timeline there. */
export function Minimap({ rows, overview, window, dispatch }: MinimapProps): ReactElement {
  const { ref, width } = useElementWidth<HTMLDivElement>();
  const { marked, handlers } = useDragRange((range) => {
    dispatch({ type: 'zoom-to', window: range });
  });
  const serviceColor = useServiceColor();
  const theme = useTheme();
  useEffect(() => {
    const canvas = ref.current?.querySelector('canvas');
    const drawing = new AbortController();
    if (canvas && width > 0) {
      void drawSpans(canvas, width, { rows, overview, serviceColor, signal: drawing.signal });
    }
    return () => {
      drawing.abort();
    };
    // The theme changes what the colours resolve to.
  }, [ref, width, rows, overview, serviceColor, theme]);

  const zoomed = window.from > 0 || window.to < 1;
  return (
    <div className="minimap">
      <div className="minimap-map" ref={ref} {...handlers}>
        <canvas role="img" aria-label={traceText.minimap} />
        {zoomed && <span className="minimap-veil" style={part(0, window.from)} />}
        {zoomed && <span className="minimap-veil" style={part(window.to, 1)} />}
        {zoomed && <span className="minimap-window" style={part(window.from, window.to)} />}
        {marked && <span className="minimap-marked" style={part(marked.from, marked.to)} />}
      </div>
      <div className="minimap-scale muted numbers">
        <span>{durationText(0)}</span>
        <button
          type="button"
          className="minimap-reset"
          disabled={!zoomed}
          onClick={() => {
            dispatch({ type: 'zoom-to', window: WHOLE });
          }}
        >
          {traceText.resetZoom}
        </button>
        <span>{durationText(overview.durationUs)}</span>
      </div>
    </div>
  );
}

function part(from: number, to: number): CSSProperties {
  return { left: `${from * 100}%`, width: `${(to - from) * 100}%` };
}

interface Drawing {
  readonly rows: readonly TreeRow[];
  readonly overview: TraceOverview;
  readonly serviceColor: ServiceColor;
  readonly signal: AbortSignal;
}

async function drawSpans(
  canvas: HTMLCanvasElement,
  width: number,
  drawing: Drawing,
): Promise<void> {
  const { rows, overview, serviceColor, signal } = drawing;
  // The rows are what is waited for.
  await drawn();
  if (signal.aborted) return;
  const ratio = devicePixelRatio;
  canvas.width = width * ratio;
  canvas.height = HEIGHT * ratio;
  const context = canvas.getContext('2d');
  if (context === null) return;
  context.scale(ratio, ratio);
  const perUs = width / Math.max(1, overview.durationUs);
  const pitch = Math.min(MAX_LINE_PX + 2, (HEIGHT - 8) / rows.length);
  const line = Math.max(1, pitch * 0.7);
  const colors = new Map<string, string>();
  await visitInTurns(rows, signal, (row) => {
    if (row.type === 'ghost') return;
    const { serviceName } = row.span.process;
    const color = colors.get(serviceName) ?? resolved(canvas, serviceColor(serviceName));
    colors.set(serviceName, color);
    context.fillStyle = color;
    const { from, to } = spanTime(row);
    const x = (from - overview.startUs) * perUs;
    context.fillRect(x, 4 + row.index * pitch, Math.max(1, (to - from) * perUs), line);
  });
}

/** A canvas does not know custom properties: let an element's style resolve them. */
function resolved(element: HTMLElement, color: string): string {
  element.style.color = color;
  return getComputedStyle(element).color;
}
