import type { PageRef } from './block-format.ts';
import * as core from './core-pages.ts';
import type { CompressionLevel } from './page-compression.ts';
import type { PageWriter } from './page-writer.ts';
import { writeNumbers } from './number-section.ts';
import type { SpanRows } from './span-rows.ts';
import type { TraceNumbers } from './trace-numbers.ts';
import type { TraceOrder } from './trace-order.ts';

/** What the core pages are written from. */
export interface CoreSource {
  readonly rows: SpanRows;
  readonly order: TraceOrder;
  readonly traces: TraceNumbers;
  /** Low and high word of each event, in order of arrival. */
  readonly eventTimes: Uint32Array;
}

/** Writes the pages of what every span has. */
export class CoreWriter {
  private readonly writer: PageWriter;
  private readonly source: CoreSource;
  private readonly level: CompressionLevel;
  /** By new row: the place of its trace in the order. */
  private readonly places: Uint32Array;
  private words = new Uint32Array();

  constructor(writer: PageWriter, source: CoreSource, level: CompressionLevel) {
    this.writer = writer;
    this.source = source;
    this.level = level;
    const { firstRows, rows, traces } = source.order;
    this.places = new Uint32Array(rows.length);
    for (let place = 0; place < traces.length; place++) {
      this.places.fill(place, firstRows[place], firstRows[place + 1]);
    }
  }

  /** By kind of core page: the pages of new rows [pageStarts[n], pageStarts[n + 1]). */
  write(pageStarts: Uint32Array): PageRef[][] {
    const { rows } = this.source;
    const each = (write: (start: number, end: number) => void): PageRef[] => {
      const refs: PageRef[] = [];
      for (let page = 0; page + 1 < pageStarts.length; page++) {
        const start = pageStarts[page] ?? 0;
        const end = pageStarts[page + 1] ?? 0;
        refs.push(
          this.writer.page(() => {
            write(start, end);
          }),
        );
      }
      return refs;
    };
    const numbers = (column: Uint32Array): PageRef[] =>
      each((start, end) => {
        this.numbers(start, end, column);
      });
    const pages: PageRef[][] = [];
    pages[core.TRACES] = each((start, end) => {
      core.writeTracesPage(this.writer.sink, this.tracesOf(start, end), this.level);
    });
    pages[core.SPAN_IDS] = each((start, end) => {
      this.spanIds(start, end);
    });
    pages[core.PARENTS] = each((start, end) => {
      this.parents(start, end);
    });
    pages[core.STARTS] = each((start, end) => {
      const groups = this.tracesOf(start, end).rowCounts;
      core.writeTimes(this.writer.sink, this.startsOf(start, end), groups, this.level);
    });
    pages[core.DURATIONS] = each((start, end) => {
      this.durations(start, end);
    });
    pages[core.KINDS] = each((start, end) => {
      this.kinds(start, end);
    });
    pages[core.RESOURCES] = numbers(rows.resources);
    pages[core.SCOPES] = numbers(rows.scopes);
    pages[core.EVENT_COUNTS] = numbers(rows.eventCounts);
    pages[core.LINK_COUNTS] = numbers(rows.linkCounts);
    pages[core.EVENT_TIMES] = each((start, end) => {
      this.eventTimes(start, end);
    });
    return pages;
  }

  private numbers(start: number, end: number, column: Uint32Array): void {
    const values = this.scratch(end - start);
    gather(values, column, this.source.order.rows.subarray(start, end));
    writeNumbers(this.writer.sink, values, end - start, this.level);
  }

  private durations(start: number, end: number): void {
    const { order, rows } = this.source;
    const values = new Float64Array(end - start);
    gatherDoubles(values, rows.durations, order.rows.subarray(start, end));
    writeNumbers(this.writer.sink, values, end - start, this.level);
  }

  private kinds(start: number, end: number): void {
    const { order, rows } = this.source;
    const values = this.scratch(end - start);
    gatherKinds(values, rows, order.rows.subarray(start, end));
    writeNumbers(this.writer.sink, values, end - start, this.level);
  }

  /** Numbers of a page, until the next are asked for. */
  private scratch(count: number): Uint32Array {
    if (this.words.length < count) this.words = new Uint32Array(count);
    return this.words;
  }

  private tracesOf(start: number, end: number): core.TracesPage {
    const { order, traces } = this.source;
    const { firstRows } = order;
    const first = this.places[start] ?? 0;
    const count = end > start ? (this.places[end - 1] ?? 0) - first + 1 : 0;
    const ids = new Uint32Array(4 * count);
    const rowCounts = new Uint32Array(count);
    for (let at = 0; at < count; at++) {
      const trace = order.traces[first + at] ?? 0;
      ids.set(traces.ids.subarray(4 * trace, 4 * trace + 4), 4 * at);
      const from = Math.max(start, firstRows[first + at] ?? 0);
      rowCounts[at] = Math.min(end, firstRows[first + at + 1] ?? 0) - from;
    }
    return { ids, rowCounts, rowsBefore: start - (firstRows[first] ?? 0) };
  }

  private startsOf(start: number, end: number): Uint32Array {
    const { order, rows } = this.source;
    return pairsOf(rows.starts, order.rows.subarray(start, end));
  }

  private spanIds(start: number, end: number): void {
    const { order, rows } = this.source;
    this.writer.sink.words(pairsOf(rows.spanIds, order.rows.subarray(start, end)));
  }

  private parents(start: number, end: number): void {
    const { sink } = this.writer;
    const places = this.scratch(end - start);
    const others = this.parentPlaces(start, end, places);
    writeNumbers(sink, places, end - start, this.level);
    for (const word of others) sink.u32(word);
  }

  /** Returns the ids of parents that are not in the block. */
  private parentPlaces(start: number, end: number, places: Uint32Array): readonly number[] {
    const { order, rows } = this.source;
    const others: number[] = [];
    for (let at = start; at < end; at++) {
      const place = this.parentPlace(at);
      places[at - start] = place;
      if (place !== core.OTHER_PARENT) continue;
      const row = order.rows[at] ?? 0;
      others.push(rows.parentIds[2 * row] ?? 0, rows.parentIds[2 * row + 1] ?? 0);
    }
    return others;
  }

  /** What stands for the parent of the span in a new row. */
  private parentPlace(at: number): number {
    const { order, rows } = this.source;
    const row = order.rows[at] ?? 0;
    const high = rows.parentIds[2 * row] ?? 0;
    const low = rows.parentIds[2 * row + 1] ?? 0;
    if (high === 0 && low === 0) return core.NO_PARENT;
    const place = this.places[at] ?? 0;
    const first = order.firstRows[place] ?? 0;
    const end = order.firstRows[place + 1] ?? 0;
    if (end - first > FEW_SPANS) return this.parentInLargeTrace(place, high, low);
    for (let other = first; other < end; other++) {
      const otherRow = order.rows[other] ?? 0;
      if (rows.spanIds[2 * otherRow + 1] === low && rows.spanIds[2 * otherRow] === high) {
        return core.PARENT_ROW + other - first;
      }
    }
    return core.OTHER_PARENT;
  }

  private parentInLargeTrace(place: number, high: number, low: number): number {
    if (this.largeTrace !== place) {
      this.largeTrace = place;
      this.largeTraceIds = this.idsOfTrace(place);
    }
    return this.largeTraceIds.get(idKey(high, low)) ?? core.OTHER_PARENT;
  }

  private largeTrace = -1;
  private largeTraceIds = new Map<string, number>();

  private idsOfTrace(place: number): Map<string, number> {
    const { order, rows } = this.source;
    const first = order.firstRows[place] ?? 0;
    const ids = new Map<string, number>();
    for (let at = (order.firstRows[place + 1] ?? 0) - 1; at >= first; at--) {
      const row = order.rows[at] ?? 0;
      const key = idKey(rows.spanIds[2 * row] ?? 0, rows.spanIds[2 * row + 1] ?? 0);
      ids.set(key, core.PARENT_ROW + at - first);
    }
    return ids;
  }

  private eventTimes(start: number, end: number): void {
    const { order, rows, eventTimes } = this.source;
    const owners = order.rows.subarray(start, end);
    const count = sumOf(rows.eventCounts, owners);
    if (count === 0) return;
    const times = new Uint32Array(2 * count);
    const ownerTimes = new Uint32Array(2 * count);
    gatherEventTimes({ times, ownerTimes }, rows, eventTimes, owners);
    core.writeChildTimes(this.writer.sink, times, ownerTimes, this.level);
  }
}

// Loops of a page stand in functions of their own. The engine optimizes a loop while it runs, without
// knowing what comes behind it, and would do so anew for every page.

function gather(values: Uint32Array, column: Uint32Array, rows: Uint32Array): void {
  for (let at = 0; at < rows.length; at++) values[at] = column[rows[at] ?? 0] ?? 0;
}

function gatherDoubles(values: Float64Array, column: Float64Array, rows: Uint32Array): void {
  for (let at = 0; at < rows.length; at++) values[at] = column[rows[at] ?? 0] ?? 0;
}

function gatherKinds(values: Uint32Array, spans: SpanRows, rows: Uint32Array): void {
  const { kinds, statusCodes } = spans;
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    values[at] = (kinds[row] ?? 0) + 8 * (statusCodes[row] ?? 0);
  }
}

/** Both words of each row. */
function pairsOf(words: Uint32Array, rows: Uint32Array): Uint32Array {
  const pairs = new Uint32Array(2 * rows.length);
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    pairs[2 * at] = words[2 * row] ?? 0;
    pairs[2 * at + 1] = words[2 * row + 1] ?? 0;
  }
  return pairs;
}

function sumOf(counts: Uint32Array, rows: Uint32Array): number {
  let sum = 0;
  for (const row of rows) sum += counts[row] ?? 0;
  return sum;
}

/** Low and high word of each event of the rows, and of the start of its span. */
function gatherEventTimes(
  to: { readonly times: Uint32Array; readonly ownerTimes: Uint32Array },
  { eventCounts, firstEvents, starts }: SpanRows,
  eventTimes: Uint32Array,
  rows: Uint32Array,
): void {
  const { times, ownerTimes } = to;
  let next = 0;
  for (const row of rows) {
    const first = firstEvents[row] ?? 0;
    const end = first + (eventCounts[row] ?? 0);
    for (let event = first; event < end; event++) {
      times[next] = eventTimes[2 * event] ?? 0;
      times[next + 1] = eventTimes[2 * event + 1] ?? 0;
      ownerTimes[next] = starts[2 * row] ?? 0;
      ownerTimes[next + 1] = starts[2 * row + 1] ?? 0;
      next += 2;
    }
  }
}

/** Up to here comparing with each is faster than hashing. */
const FEW_SPANS = 64;

function idKey(high: number, low: number): string {
  return `${high}.${low}`;
}
