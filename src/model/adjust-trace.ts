import { findClockSkew, withoutSkew } from './adjust-clock-skew.ts';
import type { RowSkew } from './adjust-clock-skew.ts';
import { adjustIpAttributes } from './adjust-ip-attributes.ts';
import { LibraryMover } from './adjust-library-attributes.ts';
import { removeEmptyLinks } from './adjust-links.ts';
import { createCollectionSorter } from './adjust-order.ts';
import { findSharedIds, separateSharedId } from './adjust-shared-ids.ts';
import type { SpanIds } from './adjust-shared-ids.ts';
import { exactSpanText } from './adjust-duplicates.ts';
import { SPAN_KINDS } from './span.ts';
import type { Span, SpanKind } from './span.ts';
import { grown } from './grown.ts';
import type { InTurns } from './in-turns.ts';
import { SpanIdIndex, setSpanId, spanIdText } from './span-id-index.ts';

/*
 * A stored trace is made fit to show as Jaeger v2's query service does, in its order, but without
 * holding its spans: what depends on the whole trace is decided on a few columns first, and then
 * spans are adjusted one after the other, in the order in which they were planned.
 */

export interface AdjustOptions {
  /** Larger differences between clocks are only named in a warning; 0 adjusts none. */
  readonly maxClockSkewMs: number;
}

/** Columns of what of some spans matters to others; as in `SpanScan`. */
export interface PlannedSpans {
  readonly count: number;
  /** Two words a span. */
  readonly spanIds: Uint32Array;
  /** The same; zero for a span without a parent. */
  readonly parentSpanIds: Uint32Array;
  /** OTLP SpanKind. */
  readonly kinds: Uint8Array;
  readonly startTimesUnixNano: BigUint64Array;
  /** Negative is none. */
  readonly durationsNano: Float64Array;
  /** See `hostOf`. */
  readonly hosts: readonly string[];
}

const FIRST_SPANS = 64;
const NO_ID = '0'.repeat(16);
/** A millisecond or two of work. */
const ROWS_A_STEP = 4096;

/** Gathers the spans of one trace; their number in this order is the row that is spoken of. */
export class TracePlanner {
  readonly libraries = new LibraryMover();
  spanCount = 0;
  private spanIds = new Uint32Array(2 * FIRST_SPANS);
  private parentSpanIds = new Uint32Array(2 * FIRST_SPANS);
  private kinds = new Uint8Array(FIRST_SPANS);
  private startsNano = new BigUint64Array(FIRST_SPANS);
  private durationsNano = new Float64Array(FIRST_SPANS);
  private readonly hosts: string[] = [];
  /** Of all rows, when no id comes twice. */
  private byId: SpanIdIndex | undefined;

  add(spans: PlannedSpans): void {
    const { count, durationsNano, hosts } = spans;
    const first = this.spanCount;
    this.reserve(first + count);
    this.spanIds.set(spans.spanIds.subarray(0, 2 * count), 2 * first);
    this.parentSpanIds.set(spans.parentSpanIds.subarray(0, 2 * count), 2 * first);
    this.kinds.set(spans.kinds.subarray(0, count), first);
    this.startsNano.set(spans.startTimesUnixNano.subarray(0, count), first);
    for (let index = 0; index < count; index++) {
      this.durationsNano[first + index] = Math.max(0, durationsNano[index] ?? 0);
      this.hosts.push(hosts[index] ?? '');
    }
    this.spanCount = first + count;
  }

  /** To be called once all are added. Rows whose id another row has too: only these can be equal spans. */
  *repeatedRows(): InTurns<ReadonlySet<number>> {
    const repeated = new Set<number>();
    const byId = new SpanIdIndex(this.spanIds.subarray(0, 2 * this.spanCount));
    for (let row = 0; row < this.spanCount; row++) {
      if (row % ROWS_A_STEP === 0) yield;
      const first = byId.add(row);
      if (first !== row) repeated.add(first).add(row);
    }
    if (repeated.size === 0) this.byId = byId;
    return repeated;
  }

  /** `repeats`: rows that are to be left out; see `RepeatedSpans`. */
  *finish(repeats: ReadonlySet<number>, { maxClockSkewMs }: AdjustOptions): InTurns<TracePlan> {
    const { byId, durationsNano, hosts, spanCount, startsNano } = this;
    // Both sides of a call can share an id only when it is there twice.
    const newIds = byId === undefined ? yield* this.sharedIds() : new Map<string, string>();
    const times = { durationsNano, hosts, startsNano, leftOut: repeats, byId, count: spanCount };
    const ids = yield* this.separatedIds(newIds);
    const skew = yield* findClockSkew({ ...ids, ...times }, maxClockSkewMs);
    return new TracePlan({ newIds, repeats, skew, byId, libraries: this.libraries });
  }

  private *sharedIds(): InTurns<ReadonlyMap<string, string>> {
    const spanIds: string[] = [];
    const kinds: SpanKind[] = [];
    for (let row = 0; row < this.spanCount; row++) {
      if (row % ROWS_A_STEP === 0) yield;
      const { kind, spanId } = this.idsOf(row);
      spanIds.push(spanId);
      kinds.push(kind);
    }
    return yield* findSharedIds({ spanIds, kinds });
  }

  private *separatedIds(newIds: ReadonlyMap<string, string>): InTurns<RowIds> {
    if (newIds.size === 0) return { spanIds: this.spanIds, parentSpanIds: this.parentSpanIds };
    const spanIds = this.spanIds.slice();
    const parentSpanIds = this.parentSpanIds.slice();
    for (let row = 0; row < this.spanCount; row++) {
      if (row % ROWS_A_STEP === 0) yield;
      const { parentSpanId, spanId } = separateSharedId(this.idsOf(row), newIds);
      setSpanId(spanIds, row, spanId);
      setSpanId(parentSpanIds, row, parentSpanId);
    }
    return { spanIds, parentSpanIds };
  }

  private idsOf(row: number): SpanIds {
    const parentSpanId = spanIdText(this.parentSpanIds, row);
    return {
      spanId: spanIdText(this.spanIds, row),
      parentSpanId: parentSpanId === NO_ID ? '' : parentSpanId,
      kind: SPAN_KINDS[this.kinds[row] ?? 0] ?? 'unspecified',
    };
  }

  private reserve(needed: number): void {
    if (needed <= this.kinds.length) return;
    const capacity = Math.max(needed, 2 * this.kinds.length);
    this.spanIds = grown(Uint32Array, this.spanIds, 2 * capacity);
    this.parentSpanIds = grown(Uint32Array, this.parentSpanIds, 2 * capacity);
    this.kinds = grown(Uint8Array, this.kinds, capacity);
    this.startsNano = grown(BigUint64Array, this.startsNano, capacity);
    this.durationsNano = grown(Float64Array, this.durationsNano, capacity);
  }
}

type RowIds = Pick<PlannedSpans, 'parentSpanIds' | 'spanIds'>;

interface Decisions {
  readonly newIds: ReadonlyMap<string, string>;
  readonly repeats: ReadonlySet<number>;
  readonly skew: ReadonlyMap<number, RowSkew>;
  /** Of all rows, when no id comes twice. */
  readonly byId: SpanIdIndex | undefined;
  readonly libraries: LibraryMover;
}

export class TracePlan {
  private readonly decisions: Decisions;
  private readonly sort = createCollectionSorter();

  constructor(decisions: Decisions) {
    this.decisions = decisions;
  }

  /** Whether `adjust` does no more to spans than `isLeftOut` and `skewOf` say, but for their own attributes and links. */
  get isOfTimeOnly(): boolean {
    return this.decisions.newIds.size === 0 && this.decisions.libraries.isIdle;
  }

  /**
   * The rows of spans with these ids, two words each, which are those from `firstRow` on when ids come
   * twice; -1 for a span that was not planned.
   */
  rowsOf(spanIds: Uint32Array, count: number, firstRow: number): Int32Array {
    const { byId } = this.decisions;
    const rows = new Int32Array(count);
    for (let index = 0; index < count; index++) {
      const row = firstRow + index;
      rows[index] =
        byId?.findNear(row, spanIds[2 * index] ?? 0, spanIds[2 * index + 1] ?? 0) ?? row;
    }
    return rows;
  }

  isLeftOut(row: number): boolean {
    return row < 0 || this.decisions.repeats.has(row);
  }

  skewOf(row: number): RowSkew | undefined {
    return this.decisions.skew.get(row);
  }

  /** The span as it is shown; undefined for one that is there already. */
  adjust(span: Span, row: number): Span | undefined {
    const { libraries, newIds, skew } = this.decisions;
    if (this.isLeftOut(row)) return undefined;
    const sorted = this.sort(separateSharedId(span, newIds));
    const wrong = skew.get(row);
    const timed = wrong === undefined ? sorted : withoutSkew(sorted, wrong);
    return removeEmptyLinks(libraries.move(adjustIpAttributes(timed), row));
  }
}

/** Tells which rows are equal to an earlier one, attribute order aside. */
export class RepeatedSpans {
  readonly rows: ReadonlySet<number>;
  private readonly found = new Set<number>();
  private readonly seen = new Set<string>();
  private readonly sort = createCollectionSorter();

  constructor() {
    this.rows = this.found;
  }

  /** To be called in order with every span of `repeatedRows`. */
  add(span: Span, row: number): void {
    const text = exactSpanText(this.sort(span));
    if (this.seen.has(text)) this.found.add(row);
    else this.seen.add(text);
  }
}
