import { CHANGE_METRICS, type ChangeMetric } from '../../../model/trace-diff.ts';
import { parseTraceId } from '../../../model/trace-id.ts';

/** What is compared and how it is shown. */
export interface CompareAddress {
  readonly a: CompareSide;
  readonly b: CompareSide;
  /** All traces at hand, also those that are not compared now. */
  readonly cohort: readonly string[];
  readonly view: 'graph' | 'table';
  readonly metric: ChangeMetric;
  readonly find: string;
}

export type SideName = 'a' | 'b';

/** One trace or several, or what a search finds. */
export interface CompareSide {
  readonly traceIds: readonly string[];
  /** Parameters of a search page; '' where the traces are named. */
  readonly search: string;
}

/** Of one side; a browser holds that many with ease, and more say little more. */
export const GROUP_MAX = 50;
const BETWEEN = '...';

/**
 * Jaeger's form `A...B?cohort=…` for two traces. Further traces of a side are in `a` and `b`, a search
 * in `searchA` and `searchB`.
 */
export function readCompareAddress(id: string, search: string): CompareAddress {
  const url = new URLSearchParams(search);
  const decoded = unescaped(id);
  const at = decoded.indexOf(BETWEEN);
  const first = at < 0 ? decoded : decoded.slice(0, at);
  const second = at < 0 ? '' : decoded.slice(at + BETWEEN.length);
  const a = distinct([first, ...url.getAll('a')]).slice(0, GROUP_MAX);
  const b = distinct([second, ...url.getAll('b')]).slice(0, GROUP_MAX);
  return {
    a: { traceIds: a, search: url.get('searchA') ?? '' },
    b: { traceIds: b, search: url.get('searchB') ?? '' },
    cohort: distinct([...a, ...b, ...url.getAll('cohort')]).slice(0, 2 * GROUP_MAX),
    view: url.get('view') === 'table' ? 'table' : 'graph',
    metric: CHANGE_METRICS.find((metric) => metric === url.get('by')) ?? 'count',
    find: url.get('uiFind') ?? '',
  };
}

/** Relative to the base path. What is as usual is not said. */
export function compareHref(address: CompareAddress): string {
  const { a, b, cohort, find, metric, view } = address;
  const url = new URLSearchParams();
  for (const id of distinct([...cohort, ...a.traceIds, ...b.traceIds])) url.append('cohort', id);
  for (const id of a.traceIds.slice(1)) url.append('a', id);
  for (const id of b.traceIds.slice(1)) url.append('b', id);
  if (a.search !== '') url.set('searchA', a.search);
  if (b.search !== '') url.set('searchB', b.search);
  if (view === 'table') url.set('view', view);
  if (metric !== 'count') url.set('by', metric);
  if (find !== '') url.set('uiFind', find);
  const [first = ''] = a.traceIds;
  const [second = ''] = b.traceIds;
  const pair = `trace/${encodeURIComponent(first)}${BETWEEN}${encodeURIComponent(second)}`;
  return url.size === 0 ? pair : `${pair}?${url}`;
}

/** The same trace however its id is written, each once, in order. */
export function distinct(traceIds: readonly string[]): readonly string[] {
  const byTrace = new Map<string, string>();
  for (const typed of traceIds) {
    const id = typed.trim();
    const trace = parseTraceId(id) ?? id;
    if (id !== '' && !byTrace.has(trace)) byTrace.set(trace, id);
  }
  return [...byTrace.values()];
}

/** An address may be cut or edited by hand: what is not encoded is taken as it is. */
function unescaped(id: string): string {
  try {
    return decodeURIComponent(id);
  } catch {
    return id;
  }
}
