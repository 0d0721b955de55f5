/** What Jaeger and OpenTelemetry call the same three things. */
export interface Terms {
  readonly tags: string;
  readonly process: string;
  readonly logs: string;
}

/** Every word the UI says, in one place, so that it says the same thing the same way everywhere. */
export const text = {
  product: 'Jaeger UI',
  searchTitle: 'Search',
  skipToContent: 'Skip to content',
  mainNavigation: 'Main',

  about: 'About',
  aboutText: 'Jaeger-compatible tracing',
  version: (version: string) => `Version ${version}`,
  versionUnknown: 'Version unknown',

  lookupLabel: 'Open a trace by its id',
  lookupPlaceholder: 'Trace id',
  lookupInvalid: 'A trace id is 1 to 32 hexadecimal digits.',
  useLightTheme: 'Use the light theme',
  useDarkTheme: 'Use the dark theme',
  close: 'Close',
  copy: 'Copy',
  copied: 'Copied',

  service: 'Service',
  allServices: 'All services',
  chooseService: 'Choose a service',
  serviceMissing: 'Choose a service: this storage finds traces by service.',
  operation: 'Operation',
  allOperations: 'All operations',
  jaegerTerms: { tags: 'Tags', process: 'Process', logs: 'Logs' },
  openTelemetryTerms: { tags: 'Attributes', process: 'Resource', logs: 'Events' },
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
  noMatch: 'Nothing matches.',

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
  loadingTrace: (id: string) => `Fetching trace ${id}…`,
  traceCount: (count: number) => plural(count, 'trace'),
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
  spans: (count: number) => plural(count, 'span'),
  errors: (count: number) => plural(count, 'error'),
  incomplete: 'Incomplete',
  incompleteHint: (count: number) => `${plural(count, 'span')} name a parent that never arrived`,
  noRoot: 'No root span',
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

  backToSearch: 'Back to search',
  traceStart: 'Start',
  traceDuration: 'Duration',
  traceServices: 'Services',
  traceDepth: 'Depth',
  traceSpans: 'Spans',
  traceErrors: 'Errors',
  criticalPath: 'Critical path',
  traceMissing: 'Missing parents',
  traceJson: 'JSON',
  traceJsonHint: 'The trace as JSON',
  hideSummary: 'Hide the summary',
  showSummary: 'Show the summary',
  openAlone: 'Open in a page of its own',
  traceLinks: 'Links of this trace',
  copyTraceId: 'Copy the trace id',
  notFoundTitle: 'This trace is not here',
  notFoundHint:
    'It may not have arrived yet, may be past its retention, or may never have been sampled.',
  notAnIdTitle: 'This is not a trace id',
  emptyTrace: 'The trace has no spans.',

  find: 'Find in trace',
  findPlaceholder: 'Find…',
  findCount: (position: number, count: number) => {
    if (count === 0) return 'no match';
    return position === 0 ? plural(count, 'match', 'es') : `${position} / ${count}`;
  },
  findNext: 'Next match',
  findPrevious: 'Previous match',
  findClear: 'Clear',

  minimap: 'Overview of the whole trace. Drag to zoom.',
  resetZoom: 'Whole trace',
  timeline: 'Spans of the trace',
  nameColumn: 'Service and operation',
  durationColumn: 'Duration',
  expandAll: 'Expand all',
  collapseAll: 'Collapse all',
  expandOne: 'Expand one level',
  collapseOne: 'Collapse one level',
  expandRow: 'Show children',
  collapseRow: 'Hide children',
  resizeNames: 'Width of the name column',
  hiddenSpans: (count: number) => `+${count}`,
  spanFailed: 'This span failed',
  belowFailed: 'A hidden span below failed',
  ghost: (id: string) => `Parent span ${id} never arrived`,

  detailReferences: 'References',
  detailWarnings: 'Warnings',
  detailStart: 'Starts at',
  detailSelf: 'Self time',
  detailKind: 'Kind',
  detailSpanId: 'Span id',
  detailLink: 'Link to this span',
  eventAt: (time: string) => `at ${time}`,
  otherTrace: 'in another trace',
  childOf: 'child of',
  followsFrom: 'follows from',
  none: 'none',
  linksOf: (key: string) => `Links of ${key}`,
  copyValue: (key: string) => `Copy ${key}`,

  help: 'Keyboard shortcuts',
  shortcuts: [
    ['j or f', 'next span'],
    ['k or b', 'previous span'],
    ['Enter', 'open or close the details'],
    ['o and p', 'expand or collapse one level'],
    ['[ and ]', 'expand or collapse all'],
    ['w and s', 'scroll up and down'],
    ['a and d, ← and →', 'move left and right; Shift moves further'],
    ['↑ and ↓', 'zoom in and out; Shift zooms further'],
    ['Ctrl+b', 'find in the trace'],
    ['Enter, Shift+Enter', 'next or previous match, while finding'],
    ['Esc', 'clear the search'],
    ['?', 'this list'],
  ],

  failedTitle: 'This did not work',
  failedNetwork:
    'The query service does not answer. Check that it runs and that this address reaches it.',
  failedStatus: (status: number, message: string) =>
    `The query service answered ${status}: ${message}`,
  failedForbidden: 'You are not allowed to see this. Sign in again or ask for access.',
  failedShape:
    'The query service answered something this page does not understand. It may be an older version, or a proxy in between.',
  tryAgain: 'Try again',
  pageMissingTitle: 'There is no such page',
  goToSearch: 'Go to search',
} as const;

function plural(count: number, noun: string, ending = 's'): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : ending}`;
}

/** `30 minutes`, `hour`, `2 days`: the largest unit that divides, a single one without its number. */
function wholeUnits(seconds: number): string {
  const units = [
    [604_800, 'week'],
    [86_400, 'day'],
    [3_600, 'hour'],
    [60, 'minute'],
  ] as const;
  const [size, name] = units.find(([unit]) => seconds % unit === 0) ?? [1, 'second'];
  return seconds === size ? name : plural(seconds / size, name);
}
