import { plural } from './counting.ts';

/** What the graph of a trace says. */
export const wording = {
  title: 'Graph of the trace',
  waiting: 'Merging the spans of equal paths…',
  coloring: 'Colour by',
  colorings: { service: 'Service', total: 'Total time', self: 'Self time' },
  paths: (count: number) => plural(count, 'path'),
  heaviest: (shown: number, all: number) =>
    `The ${shown.toLocaleString('en')} of ${plural(all, 'path')} that took longest`,
  hint: 'Choose a box for its numbers and its spans.',
  showSpans: 'Show the spans',
  total: 'Total',
  avg: 'Avg',
  self: 'Self',
  hidden: (count: number) => `+${count.toLocaleString('en')} below`,
  edge: (from: string, to: string, spans: string) => `${from} calls ${to}: ${spans}.`,
  nonBlocking: 'Nobody waits for it.',
  help: 'What the graph shows',
  helpEntries: [
    ['A box', 'All spans that the same services and operations led to, and how many they are (×).'],
    ['Total, Avg', 'The sum and the mean of their durations. What ran side by side counts each.'],
    ['Self', 'The time in which no span below ran.'],
    ['A dashed line', 'A call that nobody waits for, such as a message to a consumer.'],
    ['A ring', 'Spans that match what is looked for in the trace.'],
    ['+ below', 'A large trace shows the paths that took longest; so many more are below.'],
  ],
} as const;
