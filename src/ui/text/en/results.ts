import { plural, wholeUnits } from './counting.ts';

/** What the results of a search say. */
export const wording = {
  narrowed: (shown: number, all: number) =>
    `${shown.toLocaleString('en')} of ${plural(all, 'trace')}`,
  badIds: (ids: readonly string[]) =>
    ids.length === 1
      ? `“${ids.join('')}” is not a trace id: those are 1 to 32 hexadecimal digits.`
      : `${ids.map((id) => `“${id}”`).join(', ')} are not trace ids: those are 1 to 32 hexadecimal digits.`,
  badIdsTitle: 'No trace to show',
  unread: (conditions: readonly string[]) =>
    `Left out, because it cannot be read: ${conditions.map((one) => `“${one}”`).join(', ')}.`,
  wholeResult: 'Whole result',
  searchThisRange: 'Search this range',
  distribution: 'Durations',
  distributionTitle: (count: number) => `How many of ${plural(count, 'trace')} took how long`,
  distributionBar: (count: number, from: string, to: string) =>
    `${plural(count, 'trace')} from ${from} to ${to}`,
  sortBy: 'Sort by',
  sorts: {
    recent: 'Newest first',
    oldest: 'Oldest first',
    longest: 'Longest first',
    shortest: 'Shortest first',
    spans: 'Most spans',
    'least-spans': 'Fewest spans',
    errors: 'Most errors',
    'least-errors': 'Fewest errors',
    name: 'Name A–Z',
    'name-reversed': 'Name Z–A',
  },
  shape: 'Show as',
  shapes: { list: 'List', table: 'Table', ddg: 'Dependencies' },
  download: 'Download',
  downloadHint: 'These traces whole, as Jaeger’s JSON',
  plotTitle: (count: number) =>
    `Duration over start time of ${plural(count, 'trace')}; the list below has the same traces.`,
  plotCaption: 'Duration over start time',
  plotHint: 'Drag to narrow',
  plotOk: 'no errors',
  plotErrors: 'with errors',
  incompleteHint: (count: number) => `${plural(count, 'span')} name a parent that never arrived`,
  uploaded: 'Uploaded',
  compare: 'Compare',
  compareAdd: (name: string) => `Choose ${name} for comparing`,
  compareChosen: (count: number) => `${count} chosen for comparing`,
  compareOneMore: 'Choose one more to compare.',
  compareRemove: (name: string) => `Do not compare ${name}`,
  compareClear: 'Choose none',
  columns: {
    compare: 'Compare',
    name: 'Service and operation',
    traceId: 'Trace id',
    duration: 'Duration',
    spans: 'Spans',
    errors: 'Errors',
    services: 'Services',
    start: 'Start',
  },
  tableCaption: 'Traces that were found',
  noTracesTitle: 'No traces found',
  noTracesHint:
    'Nothing matches all conditions in this time range. Widen the range or drop a condition.',
  nothingByIdTitle: 'None of these traces is here',
  nothingByIdHint:
    'They may have been deleted since: traces are kept for as long as the storage is told to.',
  matchOnly: (count: string, service: string) =>
    service === '' ? `${count} without any condition` : `${count} for ${service} alone`,
  nothingElse: 'Leaving out any one condition does not help either.',
  loosening: 'Trying with one condition less…',
  matchWithout: (count: string, condition: string) => `${count} without ${condition}`,
  matchWithin: (count: string, seconds: number) => `${count} in the last ${wholeUnits(seconds)}`,
  serviceCondition: (service: string) => `the service ${service}`,
  matchAtLeast: (count: number, limit: number) =>
    count >= limit
      ? `${count} or more traces match`
      : `${plural(count, 'trace')} ${count === 1 ? 'matches' : 'match'}`,
  uploadsEmptyTitle: 'Nothing is uploaded',
  uploadsEmptyHint:
    'Choose files under Upload. Uploaded traces are kept in this browser tab until it is reloaded.',
} as const;
