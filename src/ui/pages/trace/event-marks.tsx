import './event-marks.css';
import { type CSSProperties, type ReactElement, useState } from 'react';
import { createPortal } from 'react-dom';
import { durationText } from '../../../model/duration-text.ts';
import type { TimelineEvent } from '../../../model/timeline-span.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { traceText } from '../../text/trace-text.ts';

/** More marks than this on one bar say no more. */
const MAX_MARKS = 40;
/** The details say everything; the card is for a glance. */
const MAX_FIELDS = 8;
const MAX_VALUE = 300;

interface EventMarksProps {
  readonly events: readonly TimelineEvent[];
  /** Microseconds since 1970. */
  readonly traceStartUs: number;
  /** Share of the lane's width. */
  readonly place: (us: number) => number;
}

interface Shown {
  readonly event: TimelineEvent;
  readonly x: number;
  readonly y: number;
}

/** Marks of a span's events on its bar; the pointer over one shows what happened. */
export function EventMarks({ events, traceStartUs, place }: EventMarksProps): ReactElement {
  const [shown, setShown] = useState<Shown>();
  return (
    <>
      {events.slice(0, MAX_MARKS).map((event, index) => {
        const at = place(event.timeUs);
        if (at < 0 || at > 1) return null;
        return (
          <span
            key={index}
            className="timeline-event"
            style={{ left: `${at * 100}%` }}
            onPointerEnter={(pointer) => {
              const { left, bottom } = pointer.currentTarget.getBoundingClientRect();
              setShown({ event, x: left, y: bottom });
            }}
            onPointerLeave={() => {
              setShown(undefined);
            }}
          />
        );
      })}
      {shown !== undefined &&
        createPortal(<EventCard {...shown} traceStartUs={traceStartUs} />, document.body)}
    </>
  );
}

function EventCard({ event, x, y, traceStartUs }: Shown & { traceStartUs: number }): ReactElement {
  const side = x > innerWidth / 2 ? 'left' : 'right';
  const style: CSSProperties =
    y > innerHeight * 0.7 ? { left: x, bottom: innerHeight - y + 24 } : { left: x, top: y + 6 };
  return (
    <div className="event-card" role="tooltip" data-side={side} style={style}>
      <strong className="numbers">
        {traceText.eventMark(durationText(event.timeUs - traceStartUs))}
      </strong>
      <dl>
        {event.fields.slice(0, MAX_FIELDS).map(({ key, value }, index) => (
          <div key={index} className="event-card-field">
            <dt className="muted">
              <SafeText>{key}</SafeText>
            </dt>
            <dd>
              <SafeText>{value.slice(0, MAX_VALUE)}</SafeText>
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
