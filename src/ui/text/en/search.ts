import { plural, wholeUnits } from './counting.ts';

/** What the search page says. */
export const wording = {
  chooseService: 'Choose a service',
  serviceMissing: 'Choose a service: this storage finds traces by service.',
  tagsPlaceholder: 'http.status_code=500 error=true',
  tagsHelp: 'All must be on one span. Quote values with spaces: db="select 1".',
  tagsInvalid: 'Write key=value, and close every quote.',
  lookback: 'Lookback',
  customRange: 'Custom range',
  lastRange: (seconds: number) => `Last ${wholeUnits(seconds)}`,
  rangeStart: 'From',
  rangeEnd: 'To',
  rangeInvalid: 'The range must end after it starts.',
  minDuration: 'Min duration',
  maxDuration: 'Max duration',
  durationPlaceholder: 'e.g. 1.2s, 100ms',
  durationInvalid: 'Write a number and a unit: ns, us, ms, s, m or h.',
  durationOrder: 'Must not be shorter than the min duration.',
  limit: 'Limit',
  limitInvalid: (max: number) => `A whole number from 1 to ${max}.`,
  adjustEndTime: (time: string) => `Leave out the last ${time}`,
  adjustHint: 'Traces that have just begun may not be complete yet.',
  findTraces: 'Find traces',
  searchForm: 'Search for traces',
  chooseTitle: 'Find a trace',
  chooseHint: (seconds: number | undefined) =>
    seconds === undefined
      ? 'Start with a service: its traces of the custom range.'
      : `Start with a service: its traces of the last ${wholeUnits(seconds)}.`,
  loadingServices: 'Asking which services have sent traces…',
  loadingTraces: (service: string) =>
    service === ''
      ? 'Searching the traces of all services…'
      : `Searching the traces of ${service}…`,
  atLimit: (limit: number) => `the newest ${limit}; raise the limit to see more`,
  distribution: 'Durations',
  sortBy: 'Sort by',
  sorts: {
    recent: 'Newest first',
    oldest: 'Oldest first',
    longest: 'Longest first',
    shortest: 'Shortest first',
    spans: 'Most spans',
    errors: 'Most errors',
  },
  plotTitle: (count: number) =>
    `Duration over start time of ${plural(count, 'trace')}; the list below has the same traces.`,
  plotCaption: 'Duration over start time',
  plotOk: 'no errors',
  plotErrors: 'with errors',
  incompleteHint: (count: number) => `${plural(count, 'span')} name a parent that never arrived`,
  noTracesTitle: 'No traces found',
  noTracesHint:
    'Nothing matches all conditions in this time range. Widen the range or drop a condition.',
  loosening: 'Trying with one condition less…',
  matchWithout: (count: string, condition: string) => `${count} without ${condition}`,
  matchAtLeast: (count: number, limit: number) =>
    count >= limit
      ? `${count} or more traces match`
      : `${plural(count, 'trace')} ${count === 1 ? 'matches' : 'match'}`,
  startTitle: 'No traces yet',
  startHint: 'This page notices by itself when the first span arrives.',
  startSdk: 'Any OpenTelemetry SDK or agent: set this and start your application',
  startCurl: 'Or send one span from a shell',
  startPorts:
    'The collector listens on 4317 (OTLP gRPC), 4318 (OTLP HTTP) and 14268 (Jaeger Thrift) unless configured otherwise.',
  startCluster: 'In a cluster, use the collector service of your instance as the host.',
} as const;
