import { plural } from './counting.ts';

/** What the list of a trace's events says. */
export const wording = {
  title: 'Events of the trace',
  waiting: 'Collecting the events of all spans…',
  filter: 'Filter events',
  filterPlaceholder: 'timeout level=error',
  shown: (shown: number, all: number) =>
    shown === all
      ? plural(all, 'event')
      : `${shown.toLocaleString('en')} of ${plural(all, 'event')}`,
  noEvents: 'No span of this trace has events.',
  noMatch: 'No event matches the filter.',
  since: 'After',
  sinceHint: 'Since the start of the trace',
  time: 'Time',
  operationHint: 'Leads to the span in the timeline',
  event: 'Event',
} as const;
