import { findClockSkew, withoutSkew } from './adjust-clock-skew.ts';
import type { RowSkew } from './adjust-clock-skew.ts';
import { adjustIpAttributes } from './adjust-ip-attributes.ts';
import { LibraryMover } from './adjust-library-attributes.ts';
import { removeEmptyLinks } from './adjust-links.ts';
import { sortCollections } from './adjust-order.ts';
import { findSharedIds, separateSharedId } from './adjust-shared-ids.ts';
import { exactSpanText } from './adjust-duplicates.ts';
import type { Span, SpanKind } from './span.ts';

/*
 * A stored trace is made fit to show as Jaeger v2's query service does, in its order, but without
 * holding its spans: what depends on the whole trace is decided on a few columns first, and then
 * spans are adjusted one after the other, in the order in which they were planned.
 */

export interface AdjustOptions {
  /** Larger differences between clocks are only named in a warning; 0 adjusts none. */
  readonly maxClockSkewMs: number;
}

/** What of a span matters to others. */
export interface PlannedSpan {
  readonly spanId: string;
  readonly parentSpanId: string;
  readonly kind: SpanKind;
  readonly startNano: bigint;
  /** Not negative. */
  readonly durationNano: bigint;
  /** See `hostOf`. */
  readonly host: string;
}

/** Gathers the spans of one trace; their number in this order is the row that is spoken of. */
export class TracePlanner {
  readonly libraries = new LibraryMover();
  readonly spanIds: string[] = [];
  readonly parentSpanIds: string[] = [];
  readonly kinds: SpanKind[] = [];
  private readonly startsNano: bigint[] = [];
  private readonly durationsNano: bigint[] = [];
  private readonly hosts: string[] = [];
  private readonly rowsById = new Map<string, number>();
  private isEachOnce = false;

  get spanCount(): number {
    return this.spanIds.length;
  }

  add(span: PlannedSpan): void {
    this.spanIds.push(span.spanId);
    this.parentSpanIds.push(span.parentSpanId);
    this.kinds.push(span.kind);
    this.startsNano.push(span.startNano);
    this.durationsNano.push(span.durationNano);
    this.hosts.push(span.host);
  }

  /** To be called once all are added. Rows whose id another row has too: only these can be equal spans. */
  repeatedRows(): ReadonlySet<number> {
    const first = this.rowsById;
    const repeated = new Set<number>();
    for (const [row, id] of this.spanIds.entries()) {
      const before = first.get(id);
      if (before === undefined) first.set(id, row);
      else repeated.add(before).add(row);
    }
    this.isEachOnce = repeated.size === 0;
    return repeated;
  }

  /** `repeats`: rows that are to be left out; see `RepeatedSpans`. */
  finish(repeats: ReadonlySet<number>, { maxClockSkewMs }: AdjustOptions): TracePlan {
    // Both sides of a call can share an id only when it is there twice.
    const newIds = this.isEachOnce ? new Map<string, string>() : findSharedIds(this);
    const byId = this.isEachOnce ? this.rowsById : undefined;
    const { durationsNano, hosts, startsNano } = this;
    const times = { durationsNano, hosts, startsNano, leftOut: repeats, byId };
    const skew = findClockSkew({ ...this.separatedIds(newIds), ...times }, maxClockSkewMs);
    return new TracePlan({ newIds, repeats, skew, libraries: this.libraries });
  }

  private separatedIds(
    newIds: ReadonlyMap<string, string>,
  ): Pick<TracePlanner, 'parentSpanIds' | 'spanIds'> {
    if (newIds.size === 0) return this;
    const { kinds, parentSpanIds } = this;
    const ids = this.spanIds.map((spanId, row) => {
      const [parentSpanId = '', kind = 'unspecified'] = [parentSpanIds[row], kinds[row]];
      return separateSharedId({ spanId, parentSpanId, kind }, newIds);
    });
    return {
      spanIds: ids.map(({ spanId }) => spanId),
      parentSpanIds: ids.map(({ parentSpanId }) => parentSpanId),
    };
  }
}

interface Decisions {
  readonly newIds: ReadonlyMap<string, string>;
  readonly repeats: ReadonlySet<number>;
  readonly skew: ReadonlyMap<number, RowSkew>;
  readonly libraries: LibraryMover;
}

export class TracePlan {
  private readonly decisions: Decisions;

  constructor(decisions: Decisions) {
    this.decisions = decisions;
  }

  /** Whether `adjust` does no more to spans than `isLeftOut` and `skewOf` say, but for their own attributes and links. */
  get isOfTimeOnly(): boolean {
    return this.decisions.newIds.size === 0 && this.decisions.libraries.isIdle;
  }

  isLeftOut(row: number): boolean {
    return this.decisions.repeats.has(row);
  }

  skewOf(row: number): RowSkew | undefined {
    return this.decisions.skew.get(row);
  }

  /** The span as it is shown; undefined for one that is there already. */
  adjust(span: Span, row: number): Span | undefined {
    const { libraries, newIds, repeats, skew } = this.decisions;
    if (repeats.has(row)) return undefined;
    const sorted = sortCollections(separateSharedId(span, newIds));
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

  constructor() {
    this.rows = this.found;
  }

  /** To be called in order with every span of `repeatedRows`. */
  add(span: Span, row: number): void {
    const text = exactSpanText(sortCollections(span));
    if (this.seen.has(text)) this.found.add(row);
    else this.seen.add(text);
  }
}
