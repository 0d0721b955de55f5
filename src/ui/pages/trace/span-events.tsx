import { type ReactElement, useState } from 'react';
import { durationText } from '../../../model/duration-text.ts';
import type { PatternLink } from '../../../model/link-patterns.ts';
import type { TextAttribute, TimelineEvent } from '../../../model/timeline-span.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import { traceText } from '../../text/trace-text.ts';
import { AttributeTable } from './attribute-table.tsx';
import type { TimeWindow } from './trace-view.ts';

/** More than this at once would hold the page up. */
const EVENTS_AT_ONCE = 200;

interface SpanEventsProps {
  readonly events: readonly TimelineEvent[];
  readonly label: string;
  readonly overview: TraceOverview;
  readonly window: TimeWindow;
  readonly linksAmong: (
    fields: readonly TextAttribute[],
  ) => (attribute: TextAttribute) => readonly PatternLink[];
}

/** Events with their times from the trace's start; when zoomed in, first those of the part in view. */
export function SpanEvents(props: SpanEventsProps): ReactElement {
  const { events, overview, window } = props;
  const [all, setAll] = useState(false);
  const [limit, setLimit] = useState(EVENTS_AT_ONCE);
  const inView = events.filter(({ timeUs }) => {
    const share = (timeUs - overview.startUs) / Math.max(1, overview.durationUs);
    return share >= window.from && share <= window.to;
  });
  const chosen = all ? events : inView;
  return (
    <>
      {inView.length < events.length && (
        <p className="span-events-note muted">
          {traceText.eventsInView(inView.length, events.length)}{' '}
          <button
            type="button"
            className="span-link"
            onClick={() => {
              setAll(!all);
            }}
          >
            {all ? traceText.eventsOnlyInView : traceText.eventsAll}
          </button>
        </p>
      )}
      <ol className="span-events">
        {chosen.slice(0, limit).map((event, index) => (
          <li key={index}>
            <h3 className="numbers muted">
              {traceText.eventAt(durationText(event.timeUs - overview.startUs))}
            </h3>
            <AttributeTable
              attributes={event.fields}
              label={props.label}
              linksOf={props.linksAmong(event.fields)}
            />
          </li>
        ))}
      </ol>
      {chosen.length > limit && (
        <p className="span-events-note">
          <button
            type="button"
            className="span-link"
            onClick={() => {
              setLimit(limit + EVENTS_AT_ONCE);
            }}
          >
            {traceText.eventsMore(Math.min(EVENTS_AT_ONCE, chosen.length - limit))}
          </button>
        </p>
      )}
    </>
  );
}
