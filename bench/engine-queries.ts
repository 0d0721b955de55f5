const WARM_UPS = 3;
/** Enough that one disturbed run does not move the median. */
const QUICK_RUNS = 101;
const SEARCH_RUNS = 31;
const MANY_TRACES_RUNS = 7;
const FOUND = 20;
const MANY_TRACES = 1500;
const DAY_MS = 24 * 3_600_000;
/** Since before anybody traced. */
const ALL_DAYS = 20_000;

/** What is judged by one bound; undefined of what has none. */
export type QueryKind =
  'getTrace' | 'unknownId' | 'find' | 'noHit' | 'summaries' | 'manySummaries' | 'list' | undefined;

/** How long one question took to be answered, to the last byte. */
export interface QueryFigures {
  readonly name: string;
  readonly kind: QueryKind;
  readonly p50Ms: number;
  readonly worstMs: number;
  /** Of the server's main thread, an answer: whoever else uses its core. NaN when it is not known. */
  readonly cpuMs: number;
}

/** A query service with Jaeger's API. */
export interface Queried {
  readonly base: string;
  /** How long its main thread has run. */
  readonly cpuMs?: () => number;
}

/** Conditions of a search beside its service, by the names of Jaeger's two APIs. */
interface Search {
  readonly name: string;
  readonly operation?: string;
  readonly minDuration?: string;
  readonly tags?: Readonly<Record<string, string>>;
}

const SERVICE = 'cart-service';
const SEARCHES: readonly Search[] = [
  { name: 'service' },
  { name: '+ operation', operation: 'GET /api/v1/orders/{id}' },
  { name: '+ duration', minDuration: '80ms' },
  { name: '+ common tag', tags: { 'http.response.status_code': '500' } },
  { name: '+ rare tag', tags: { 'customer.id': 'cust-4711' } },
];
const NO_HIT: Search = { name: '+ tag without a hit', tags: { 'customer.id': 'nobody' } };

/** How long it takes to answer about data set D. */
export async function measureQueries(queried: Queried): Promise<readonly QueryFigures[]> {
  const { base } = queried;
  const links = dependenciesOf(base);
  // What is counted when it is needed first is not what is asked for day by day.
  const [first = NaN] = await timesOf(1, () => getText(links));
  const found = JSON.parse(await getText(tracesOf(base, { name: '' }, 200))) as FoundJson;
  const ids = (found.data ?? []).map(({ traceID }) => traceID);
  const idOf = (run: number): string => ids[run % ids.length] ?? '';
  const unknown = (run: number): string => (run + 1).toString(16).padStart(32, 'f');
  const traces = `${base}/api/traces`;
  return [
    await measure(queried, ofKind('get trace', 'getTrace'), (run) => `${traces}/${idOf(run)}`),
    await measure(queried, ofKind('unknown id', 'unknownId'), (run) => `${traces}/${unknown(run)}`),
    ...(await measureSearches(queried)),
    await measure(queried, ofKind('services', 'list'), () => `${base}/api/services`),
    await measure(queried, ofKind('operations', 'list'), () => operationsOf(base)),
    { name: 'dependencies, first time', kind: undefined, p50Ms: first, worstMs: first, cpuMs: NaN },
    await measure(queried, ofKind('dependencies', 'list'), () => links),
  ];
}

interface Question {
  readonly name: string;
  readonly kind: QueryKind;
  readonly runs: number;
}

function ofKind(name: string, kind: QueryKind): Question {
  return { name, kind, runs: QUICK_RUNS };
}

async function measureSearches(queried: Queried): Promise<readonly QueryFigures[]> {
  const { base } = queried;
  const figures: QueryFigures[] = [];
  const add = async (name: string, kind: QueryKind, url: string): Promise<void> => {
    const runs = url.includes(String(MANY_TRACES)) ? MANY_TRACES_RUNS : SEARCH_RUNS;
    figures.push(await measure(queried, { name, kind, runs }, () => url));
  };
  for (const search of SEARCHES) {
    await add(`find ${search.name}`, 'find', tracesOf(base, search, FOUND));
  }
  await add(`find ${NO_HIT.name}`, 'noHit', tracesOf(base, NO_HIT, FOUND));
  const [service = NO_HIT] = SEARCHES;
  await add(`find service, ${MANY_TRACES} traces`, undefined, tracesOf(base, service, MANY_TRACES));
  // Jaeger's are new: an older peer has none.
  if (!(await fetch(summariesOf(base, service, FOUND))).ok) return figures;
  for (const search of SEARCHES) {
    await add(`summaries ${search.name}`, 'summaries', summariesOf(base, search, FOUND));
  }
  const many = summariesOf(base, service, MANY_TRACES);
  await add(`summaries service, ${MANY_TRACES} traces`, 'manySummaries', many);
  return figures;
}

interface FoundJson {
  readonly data: readonly { readonly traceID: string }[] | null;
}

function tracesOf(base: string, { minDuration, operation, tags }: Search, limit: number): string {
  const parameters = new URLSearchParams({
    ...{ service: SERVICE, limit: String(limit), start: '0', end: `${Date.now()}000` },
    ...(operation === undefined ? {} : { operation }),
    ...(minDuration === undefined ? {} : { minDuration }),
    ...(tags === undefined ? {} : { tags: JSON.stringify(tags) }),
  });
  return `${base}/api/traces?${parameters.toString()}`;
}

/** What our UI asks for a list of traces. */
function summariesOf(
  base: string,
  { minDuration, operation, tags }: Search,
  limit: number,
): string {
  const parameters = new URLSearchParams({
    ...{ 'query.serviceName': SERVICE, 'query.searchDepth': String(limit) },
    'query.startTimeMin': new Date(0).toISOString(),
    'query.startTimeMax': new Date().toISOString(),
    ...(operation === undefined ? {} : { 'query.operationName': operation }),
    ...(minDuration === undefined ? {} : { 'query.durationMin': minDuration }),
    ...(tags === undefined ? {} : { 'query.attributes': JSON.stringify(tags) }),
  });
  return `${base}/api/v3/trace-summaries?${parameters.toString()}`;
}

function operationsOf(base: string): string {
  return `${base}/api/services/${SERVICE}/operations`;
}

function dependenciesOf(base: string): string {
  return `${base}/api/dependencies?endTs=${Date.now() + DAY_MS}&lookback=${ALL_DAYS * DAY_MS}`;
}

export async function getText(url: string): Promise<string> {
  return (await fetch(url)).text();
}

async function measure(
  { cpuMs = () => NaN }: Queried,
  { kind, name, runs }: Question,
  urlOf: (run: number) => string,
): Promise<QueryFigures> {
  const ask = async (run: number): Promise<unknown> => (await fetch(urlOf(run))).arrayBuffer();
  await timesOf(WARM_UPS, ask);
  const before = cpuMs();
  const times = await timesOf(runs, ask);
  const cpu = cpuMs() - before;
  times.sort((a, b) => a - b);
  return {
    ...{ name, kind, cpuMs: cpu / runs },
    p50Ms: times[Math.floor(times.length / 2)] ?? NaN,
    worstMs: times.at(-1) ?? NaN,
  };
}

async function timesOf(runs: number, ask: (run: number) => Promise<unknown>): Promise<number[]> {
  const times: number[] = [];
  for (let run = 0; run < runs; run++) {
    const startedAt = performance.now();
    await ask(run);
    times.push(performance.now() - startedAt);
  }
  return times;
}
