import { plural } from './counting.ts';

/** What the table of a trace's spans says. */
export const wording = {
  title: 'Spans of the trace',
  waiting: 'Listing the spans…',
  spanId: 'Span id',
  spanIdHint: 'Leads to the span in the timeline',
  duration: 'Duration',
  start: 'Start',
  startHint: 'After the start of the trace',
  failed: 'failed',
  shown: (shown: number, all: number) =>
    shown === all ? plural(all, 'span') : `${shown.toLocaleString('en')} of ${plural(all, 'span')}`,
  none: 'No span is of a chosen service and a chosen operation.',
  all: 'all',
  chosenCount: (count: number) => `${count.toLocaleString('en')} chosen`,
  chooseAll: 'Show all again',
  narrowNames: (label: string) => `Find: ${label}`,
  moreNames: (count: number) => `${count.toLocaleString('en')} more: type to narrow`,
} as const;
