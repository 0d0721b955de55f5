/** The traces that the addresses name. */
export const TRACE_A = '0af7651916cd43dd8448eb211c80319c';
export const TRACE_B = '1bf7651916cd43dd8448eb211c80319c';
/** Of 64 bits, as old clients make them. */
export const TRACE_SHORT = '00000000000abc12';

/** What the page that opens must show. */
export interface JaegerAddress {
  readonly says: string;
  readonly address: string;
  /** A selector that is there when the page is. */
  readonly ready: string;
  /** Values of fields by their labels. */
  readonly fields?: Readonly<Record<string, string>>;
  /** Words in the content. */
  readonly words?: readonly string[];
  /** Selectors of what must not be there. */
  readonly absent?: readonly string[];
  /** Path below the base path that it ends at, when that is another one. */
  readonly endsAt?: string;
}

const found = `search?service=frontend&lookback=1h&limit=20`;
/** 2001-09-09T01:46:40Z and an hour later, in microseconds. */
const RANGE = 'start=1000000000000000&end=1000003600000000';

/** Every route of Jaeger UI with every parameter that people keep in links, and what they mean. */
export const JAEGER_ADDRESSES: readonly JaegerAddress[] = [
  { says: 'the root', address: '', ready: '.search-form', endsAt: 'search' },
  { says: 'the search', address: 'search', ready: '.search-form' },
  {
    says: 'a search by service, operation, limit and durations',
    address:
      'search?service=frontend&operation=GET%20%2F&lookback=2h&limit=7&minDuration=1us&maxDuration=20s',
    ready: '.result-row',
    fields: {
      Service: 'frontend',
      Operation: 'GET /',
      Lookback: '2h',
      Limit: '7',
      'Min duration': '1us',
      'Max duration': '20s',
    },
  },
  {
    says: 'all operations',
    address: 'search?service=frontend&operation=all&lookback=1h',
    ready: '.result-row',
    fields: { Operation: '' },
  },
  {
    says: 'a search by tags in JSON',
    address: `${found}&tags=${encodeURIComponent('{"http.method":"GET","error":"true"}')}`,
    ready: '#content',
    fields: { Attributes: 'http.method=GET error=true' },
  },
  {
    says: 'a search by a tag with a colon, as before',
    address: `${found}&tag=http.method%3AGET`,
    ready: '#content',
    fields: { Attributes: 'http.method=GET' },
  },
  {
    says: 'a search in a range',
    address: `search?service=frontend&lookback=custom&${RANGE}`,
    ready: '#content',
    fields: { Lookback: 'custom', From: '2001-09-09T01:46:40', To: '2001-09-09T02:46:40' },
  },
  {
    says: 'traces by their ids',
    address: `search?traceID=${TRACE_A}&traceID=${TRACE_B}`,
    ready: '.result-row',
    words: ['2 traces'],
  },
  {
    says: 'spans of a trace',
    address: `search?span=0000000000000002@${TRACE_A}`,
    ready: '.result-row',
    words: ['1 trace'],
  },
  { says: 'results as a graph', address: `${found}&view=ddg`, ready: '.graph-view' },
  { says: 'a trace', address: `trace/${TRACE_A}`, ready: '.timeline-row', words: ['frontend'] },
  {
    says: 'a trace in capitals',
    address: `trace/${TRACE_A.toUpperCase()}`,
    ready: '.timeline-row',
  },
  {
    says: 'a trace without its leading zeros',
    address: `trace/${TRACE_SHORT.replace(/^0+/, '')}`,
    ready: '.timeline-row',
  },
  {
    says: 'a trace with what is looked for in it',
    address: `trace/${TRACE_A}?uiFind=db.system%3Dmysql`,
    ready: '.timeline-row',
    fields: { 'Find in trace': 'db.system=mysql' },
  },
  {
    says: 'a span of a trace',
    address: `trace/${TRACE_A}?uiFind=0000000000000002`,
    ready: '.span-detail',
    words: ['SELECT'],
  },
  {
    says: 'two traces compared',
    address: `trace/${TRACE_A}...${TRACE_B}`,
    ready: '.compare-page, .graph-view',
  },
  {
    says: 'two traces compared, with others to choose from',
    address: `trace/${TRACE_A}...${TRACE_B}?cohort=${TRACE_A}&cohort=${TRACE_B}`,
    ready: '.compare-page, .graph-view',
  },
  { says: 'a comparison not chosen yet', address: 'trace/...', ready: '#content h1' },
  { says: 'the architecture', address: 'dependencies', ready: '#content h1' },
  {
    says: 'deep dependencies of an operation',
    address: 'deep-dependencies?service=frontend&operation=GET%20%2F&showOp=1&density=ppe',
    ready: '.graph-view',
    words: ['frontend', 'mysql'],
  },
  {
    says: 'the monitor',
    address: 'monitor?service=frontend&spanKind=client&timeframe=7200000',
    ready: '#content h1',
    fields: { 'Span kind': 'client', 'Time frame': '7200000' },
  },
  {
    says: 'the quality of traces',
    address: 'quality-metrics?service=frontend&lookback=48',
    ready: '#content h1',
    fields: { Service: 'frontend' },
  },
  {
    says: 'a search in a frame',
    address: `${found}&uiEmbed=v0&uiSearchHideGraph=1`,
    ready: '.result-row',
    absent: ['.header', '.search-form', '.scatter-plot'],
  },
  {
    says: 'a trace in a frame, with less and less of it',
    address: `trace/${TRACE_A}?uiEmbed=v0&uiTimelineHideMinimap=1&uiTimelineHideSummary=1`,
    ready: '.timeline-row',
    absent: ['.header', '.minimap', '.trace-facts'],
  },
  {
    says: 'a trace in a frame, its title alone, dark',
    address: `trace/${TRACE_A}?uiEmbed=v0&uiTimelineCollapseTitle=1&uiTheme=dark`,
    ready: 'html[data-theme="dark"] .timeline-row',
    absent: ['.header', '.minimap', '.trace-facts'],
  },
];
