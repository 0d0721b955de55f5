import type { CSSProperties, ReactElement } from 'react';
import type { CriticalSection } from '../../../model/critical-path.ts';
import { durationText } from '../../../model/duration-text.ts';
import { spanTime } from '../../../model/self-time.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { useServiceColor } from '../../service-colors.ts';
import { traceText } from '../../text/trace-text.ts';
import { EventMarks } from './event-marks.tsx';
import type { TimeWindow } from './trace-view.ts';

/** Critical sections nearer than this share of the lane are drawn as one. */
const MIN_GAP = 0.002;

interface BarProps {
  readonly row: TreeRow;
  readonly overview: TraceOverview;
  readonly window: TimeWindow;
  readonly critical: readonly CriticalSection[];
  /** The bar alone. */
  readonly brief: boolean;
}

/** A span's time in the lane: the bar, its events, and where the trace waited for it. */
export function Bar({ row, overview, window, critical, brief }: BarProps): ReactElement | null {
  const serviceColor = useServiceColor();
  const totalUs = Math.max(1, overview.durationUs);
  const windowWidth = window.to - window.from;
  /** Share of the lane's width. */
  const place = (us: number): number =>
    ((us - overview.startUs) / totalUs - window.from) / windowWidth;
  const time = spanTime(row);
  const left = place(time.from);
  const right = place(time.to);
  if (right < 0 || left > 1) return null;
  const color: CSSProperties =
    row.type === 'span' ? { background: serviceColor(row.span.process.serviceName) } : {};
  const bar = <span className="timeline-bar" style={{ ...stretch(left, right), ...color }} />;
  if (brief) return bar;
  return (
    <>
      {bar}
      {joined(critical, place).map(([from, to]) => (
        <span
          key={from}
          className="timeline-critical"
          style={stretch(from, to)}
          title={traceText.criticalPart(
            durationText(Math.round((to - from) * windowWidth * totalUs)),
            durationText(Math.round((window.from + from * windowWidth) * totalUs)),
          )}
        />
      ))}
      {row.type === 'span' && (
        <>
          <EventMarks events={row.span.events} traceStartUs={overview.startUs} place={place} />
          <span className="timeline-label" style={beside(left, right)} aria-hidden>
            <SafeText>{`${row.span.process.serviceName}::${row.span.operationName}`}</SafeText>
          </span>
        </>
      )}
    </>
  );
}

/** Where there is more room: right of the bar, or left of it. */
function beside(from: number, to: number): CSSProperties {
  const [before, after] = [Math.max(0, from), Math.max(0, 1 - to)];
  return after >= before
    ? { left: `${Math.max(0, to) * 100}%`, maxWidth: `${after * 100}%` }
    : { right: `${(1 - before) * 100}%`, maxWidth: `${before * 100}%` };
}

/** Cut a little outside the lane: far positions overflow a browser's pixels when zoomed in. */
function stretch(from: number, to: number): CSSProperties {
  const start = Math.max(-0.01, from);
  return { left: `${start * 100}%`, width: `${(Math.min(1.01, to) - start) * 100}%` };
}

/** Sections in sight as shares of the lane, last first; those that would touch become one. */
function joined(
  sections: readonly CriticalSection[],
  place: (us: number) => number,
): readonly (readonly [number, number])[] {
  const stretches: [number, number][] = [];
  for (const section of sections) {
    const [from, to] = [place(section.from), place(section.to)];
    const after = stretches.at(-1);
    if (to < 0 || from > 1) continue;
    if (after !== undefined && after[0] - to < MIN_GAP) after[0] = from;
    else stretches.push([from, to]);
  }
  return stretches;
}
