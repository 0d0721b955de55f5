import { SpanIdIndex } from './span-id-index.ts';
import { SPAN_KINDS } from './span.ts';

/** The spans of one trace as columns: ids are two words a row. */
export interface CallColumns {
  readonly count: number;
  readonly spanIds: Uint32Array;
  /** Both words zero for a root span. */
  readonly parentSpanIds: Uint32Array;
  /** OTLP SpanKind. */
  readonly kinds: Uint8Array;
}

/** A call of one service by another, and when the child span started. */
export interface ServiceCall {
  readonly parent: string;
  readonly child: string;
  readonly startMs: number;
}

/** The spans of one trace, with their services and starts. */
export interface TraceColumns extends CallColumns {
  readonly services: readonly string[];
  readonly startsMs: Float64Array;
}

const NO_ROW = -1;
const SERVER = SPAN_KINDS.indexOf('server');
const CLIENT = SPAN_KINDS.indexOf('client');
const PRODUCER = SPAN_KINDS.indexOf('producer');
const CONSUMER = SPAN_KINDS.indexOf('consumer');

/**
 * Names each pair of a span and its parent in the same trace, in linear time. Where both sides of
 * a call share one span id (Zipkin), the calling side is the parent of the called side, and
 * children belong to the called side. A span that names itself as its parent has none. Where several
 * spans have the id of a parent, the first counts: give them by start, so that all agree.
 */
export function forEachCall(
  columns: CallColumns,
  visit: (parentRow: number, childRow: number) => void,
): void {
  if (columns.count < 2) return;
  if (columns.count <= FEW_ROWS && hasDistinctIds(columns)) {
    forEachPlainCall(columns, visit);
    return;
  }
  const spans = new SpansById(columns);
  for (let row = 0; row < columns.count; row++) {
    const parent = spans.parentOf(row);
    if (parent !== NO_ROW) visit(parent, row);
  }
}

/** Up to here comparing each id with each is faster than hashing. */
const FEW_ROWS = 40;

/** Whether no two spans have one id, judged by its low word: false may be wrong. */
export function hasDistinctIds({ count, spanIds }: CallColumns): boolean {
  if (count > FEW_ROWS) {
    const lowWords = new Set<number>();
    for (let row = 0; row < count; row++) lowWords.add(spanIds[2 * row + 1] ?? 0);
    return lowWords.size === count;
  }
  for (let later = 1; later < count; later++) {
    const low = spanIds[2 * later + 1];
    for (let at = 0; at < later; at++) if (spanIds[2 * at + 1] === low) return false;
  }
  return true;
}

/** Where no two spans have one id, a parent is the span that has the id. */
function forEachPlainCall(
  { count, spanIds, parentSpanIds }: CallColumns,
  visit: (parentRow: number, childRow: number) => void,
): void {
  for (let child = 0; child < count; child++) {
    const high = parentSpanIds[2 * child];
    const low = parentSpanIds[2 * child + 1];
    if (high === 0 && low === 0) continue;
    for (let parent = 0; parent < count; parent++) {
      if (spanIds[2 * parent + 1] !== low || spanIds[2 * parent] !== high) continue;
      if (parent !== child) visit(parent, child);
      break;
    }
  }
}

/** The first calling, called and other span of each id. */
class SpansById {
  private readonly columns: CallColumns;
  private readonly firsts: SpanIdIndex;
  /** By the first span of an id. */
  private readonly callers: Int32Array;
  private readonly called: Int32Array;

  constructor(columns: CallColumns) {
    const { count, spanIds } = columns;
    this.columns = columns;
    this.firsts = new SpanIdIndex(spanIds.subarray(0, 2 * count));
    this.callers = new Int32Array(count).fill(NO_ROW);
    this.called = new Int32Array(count).fill(NO_ROW);
    for (let row = 0; row < count; row++) this.add(row);
  }

  parentOf(row: number): number {
    const { spanIds, parentSpanIds, kinds } = this.columns;
    if (isCalled(kinds[row])) {
      const shared = this.callers[this.firstOf(spanIds, row)] ?? NO_ROW;
      if (shared !== NO_ROW) return shared;
    }
    if (parentSpanIds[2 * row] === 0 && parentSpanIds[2 * row + 1] === 0) return NO_ROW;
    const first = this.firstOf(parentSpanIds, row);
    if (first === NO_ROW) return NO_ROW;
    const called = this.called[first] ?? NO_ROW;
    const parent = called === NO_ROW ? first : called;
    return parent === row ? NO_ROW : parent;
  }

  private add(row: number): void {
    const first = this.firsts.add(row);
    const kind = this.columns.kinds[row];
    if (isCalled(kind) && this.called[first] === NO_ROW) this.called[first] = row;
    if (isCaller(kind) && this.callers[first] === NO_ROW) this.callers[first] = row;
  }

  private firstOf(ids: Uint32Array, row: number): number {
    return this.firsts.find(ids[2 * row] ?? 0, ids[2 * row + 1] ?? 0);
  }
}

function isCalled(kind: number | undefined): boolean {
  return kind === SERVER || kind === CONSUMER;
}

function isCaller(kind: number | undefined): boolean {
  return kind === CLIENT || kind === PRODUCER;
}
