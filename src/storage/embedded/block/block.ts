import { STATUS_CODES } from '../../../model/span.ts';
import type { ServiceCall } from '../../../model/service-calls.ts';
import type { TraceQuery, TraceSummary } from '../../../model/trace-query.ts';
import { summarizeTrace } from '../../../model/trace-summary.ts';
import type { SummarySpan } from '../../../model/trace-summary.ts';
import { spanRules } from '../../../model/value-rule.ts';
import type { InTurns } from '../../../model/in-turns.ts';
import type { TraceOutline } from '../../storage.ts';
import { TimeSlice } from '../../held-spans/time-slice.ts';
import type { Rests } from '../../held-spans/time-slice.ts';
import { compilePattern } from '../../text-pattern.ts';
import { addValuesOfBlock, keysOfBlock } from './attribute-names.ts';
import type { WantedValues } from './attribute-names.ts';
import { readable } from './attribute-search.ts';
import type { BlockFile } from './block-file.ts';
import { addCallRows, callsInPage } from './block-calls.ts';
import { readFooter } from './block-footer.ts';
import { SPANS, STRING } from './block-format.ts';
import { readNames } from './block-names.ts';
import type { BlockNames } from './block-names.ts';
import { BlockPages } from './block-pages.ts';
import { readCallCounts } from './call-counts.ts';
import type { CallCounts } from './call-counts.ts';
import type { CallRows } from './call-rows.ts';
import * as core from './core-pages.ts';
import { mayHaveAttribute } from './attribute-filter.ts';
import { findAmong } from './find-among.ts';
import { findTraces } from './find-traces.ts';
import { nanoAt } from './page-ranges.ts';
import type { FindOptions, FoundTrace } from './find-traces.ts';
import type { PageCache } from './page-cache.ts';
import type { SearchedBlock } from './page-test.ts';
import { pageTests } from './row-test.ts';
import { neededTexts } from './rule-test.ts';
import { GroupSearch, RESOURCE_ATTRIBUTES, SCOPE_ATTRIBUTES } from './searched-groups.ts';
import { outlineOfRuns } from './outline-runs.ts';
import { NAME_FIELD } from './span-shredder.ts';
import { columnValues } from './column-values.ts';
import { parentWords } from './span-writer.ts';
import { summarizeRuns } from './summarize-runs.ts';
import { writeRuns } from './write-runs.ts';
import {
  runsOfPage,
  traceIdText,
  traceKey,
  traceLookup,
  traceRuns,
  tracesOfHash,
} from './trace-rows.ts';
import type { TraceKey, TraceRun } from './trace-rows.ts';

/**
 * A block that is open for reading. Opening reads the footer; everything else is read when it is
 * asked for. A page that is damaged loses the rows in it: they are left out and the page is counted.
 */
export interface Block {
  readonly spanCount: number;
  readonly traceCount: number;
  /** Bytes of the file. */
  readonly size: number;
  /** Starts of the oldest and the newest span. */
  readonly oldestNano: bigint;
  readonly newestNano: bigint;
  /** For whoever takes whole columns. */
  readonly pages: BlockPages;
  /** Pages met so far that cannot be read. */
  readonly damagedPages: number;
  /** Services and operations. */
  names(): BlockNames;
  serviceNames(): readonly string[];
  /** Distinct keys of attributes of spans, events and links. */
  attributeKeys(): ReadonlySet<string>;
  /** Adds distinct values of an attribute as texts, until there are enough. */
  addAttributeValues(wanted: WantedValues, values: Set<string>): void;
  /** The newest `query.limit` traces that match here, newest first, ties by id. */
  find(query: TraceQuery, options?: FindOptions, slice?: Rests): Promise<readonly FoundTrace[]>;
  /** The spans of a trace as OTLP TracesData messages of about a megabyte; none when it is not here. */
  readTrace(traceId: string): Generator<Uint8Array>;
  /** The outline of what `readTrace` gives. */
  outline(key: TraceKey): TraceOutline;
  /** Span ids of a trace, two words each, page by page. */
  spanIds(key: TraceKey): Iterable<Uint32Array>;
  /** The spans of a trace without their attributes, by start, then as they came. */
  summarySpans(traceId: string): readonly BlockSpan[];
  /** False when no span of the trace is here. */
  mayHave(key: TraceKey): boolean;
  /** Places of the traces that `mayHave` is true of. */
  whichMayBeHere(keys: readonly TraceKey[]): readonly number[];
  /** A hash of each trace, sorted. */
  traceHashes(): Uint32Array;
  /** Traces with a hash. */
  tracesOf(hash: number): readonly TraceKey[];
  readonly pageCount: number;
  /** Starts of the oldest and the newest span of a page. */
  pageRange(page: number): { readonly oldestNano: bigint; readonly newestNano: bigint };
  /** Calls between spans of the block; undefined when they were not counted, or that is damaged. */
  callCounts(): BlockCallCounts | undefined;
  /** Calls between spans of the block whose called span is in a page. */
  callsInPage(page: number): readonly ServiceCall[];
  /** Adds the spans of a trace by start; false when it is not here, or a page of it is damaged. */
  addCallRows(key: TraceKey, to: CallRows): boolean;
  /** Sums up the spans of a trace that are here; undefined when there are none. */
  summarize(key: TraceKey): TraceSummary | undefined;
  /** Everything in the block, trace by trace, as TracesData messages of about a megabyte. */
  readAll(): Generator<Uint8Array>;
  close(): void;
}

/** The services of edges are places in `services`. */
export interface BlockCallCounts extends CallCounts {
  readonly services: readonly string[];
}

/** A span but for its attributes, events and links. */
export interface BlockSpan extends SummarySpan {
  /** OTLP SpanKind. */
  readonly kind: number;
}

/** Memory of a listed call. */
const CALL_BYTES = 64;

/** @throws BlockError when the footer cannot be read or the format is newer than this program. */
export function openBlock(file: BlockFile, cache: PageCache): Block {
  const footer = readFooter(file.size, (offset, length) => file.read(offset, length));
  return new OpenBlock(new BlockPages(file, footer, cache.forBlock()), file.size);
}

class OpenBlock implements Block {
  readonly size: number;
  readonly oldestNano: bigint;
  readonly newestNano: bigint;
  readonly pages: BlockPages;
  private readonly resources: GroupSearch;
  private readonly scopes: GroupSearch;
  private keys: ReadonlySet<string> | undefined;

  constructor(pages: BlockPages, size: number) {
    this.pages = pages;
    this.size = size;
    this.resources = new GroupSearch(pages, RESOURCE_ATTRIBUTES);
    this.scopes = new GroupSearch(pages, SCOPE_ATTRIBUTES);
    const { pageStarts } = pages.footer;
    let oldest = nanoAt(pageStarts, 0);
    let newest = nanoAt(pageStarts, 2);
    for (let at = 4; at < pageStarts.length; at += 4) {
      const low = nanoAt(pageStarts, at);
      const high = nanoAt(pageStarts, at + 2);
      if (low < oldest) oldest = low;
      if (high > newest) newest = high;
    }
    this.oldestNano = oldest;
    this.newestNano = newest;
  }

  get spanCount(): number {
    return this.pages.footer.spanCount;
  }

  get traceCount(): number {
    return this.pages.footer.traceCount;
  }

  get damagedPages(): number {
    return this.pages.damaged.size;
  }

  names(): BlockNames {
    const { pages } = this;
    const { names } = pages.footer;
    return pages.load(names, (source) => readNames(source.bytes(source.buffer.length)));
  }

  serviceNames(): readonly string[] {
    return readable(() => this.names().services) ?? [];
  }

  attributeKeys(): ReadonlySet<string> {
    return (this.keys ??= keysOfBlock(this.pages));
  }

  addAttributeValues(wanted: WantedValues, values: Set<string>): void {
    addValuesOfBlock(this.pages, wanted, values);
  }

  async find(
    query: TraceQuery,
    options: FindOptions = {},
    slice: Rests = new TimeSlice(),
  ): Promise<readonly FoundTrace[]> {
    const turns = this.findInTurns(query, options);
    for (;;) {
      const { done, value } = turns.next();
      if (done === true) return value;
      if (slice.isOver()) await slice.rest();
    }
  }

  *readTrace(traceId: string): Generator<Uint8Array> {
    const runs = readable(() => traceRuns(this.pages, traceKey(traceId))) ?? [];
    yield* writeRuns(this.pages, runs);
  }

  outline(key: TraceKey): TraceOutline {
    return outlineOfRuns(this.pages, readable(() => traceRuns(this.pages, key)) ?? []);
  }

  *spanIds(key: TraceKey): Generator<Uint32Array> {
    for (const { end, page, start } of readable(() => traceRuns(this.pages, key)) ?? []) {
      const ids = readable(() => this.pages.spanIds(page));
      if (ids !== undefined) yield ids.subarray(2 * start, 2 * end);
    }
  }

  summarySpans(traceId: string): readonly BlockSpan[] {
    const runs = readable(() => traceRuns(this.pages, traceKey(traceId))) ?? [];
    return this.spansOfRuns(runs);
  }

  mayHave({ hash }: TraceKey): boolean {
    const lookup = readable(() => traceLookup(this.pages));
    return lookup?.has(hash) === true;
  }

  whichMayBeHere(keys: readonly TraceKey[]): readonly number[] {
    const lookup = readable(() => traceLookup(this.pages));
    const here: number[] = [];
    if (lookup === undefined) return here;
    for (const [place, { hash }] of keys.entries()) if (lookup.has(hash)) here.push(place);
    return here;
  }

  traceHashes(): Uint32Array {
    return readable(() => traceLookup(this.pages))?.hashes ?? new Uint32Array();
  }

  tracesOf(hash: number): readonly TraceKey[] {
    return readable(() => tracesOfHash(this.pages, hash)) ?? [];
  }

  get pageCount(): number {
    return this.pages.pageCount;
  }

  pageRange(page: number): { readonly oldestNano: bigint; readonly newestNano: bigint } {
    const { pageStarts } = this.pages.footer;
    return {
      oldestNano: nanoAt(pageStarts, 4 * page),
      newestNano: nanoAt(pageStarts, 4 * page + 2),
    };
  }

  callCounts(): BlockCallCounts | undefined {
    const { calls } = this.pages.footer;
    if (calls === undefined) return undefined;
    return readable(() => {
      const { services } = this.names();
      return { services, ...this.pages.load(calls, readCallCounts) };
    });
  }

  callsInPage(page: number): readonly ServiceCall[] {
    const names = readable(() => this.names());
    if (names === undefined) return [];
    const list = (): readonly ServiceCall[] => callsInPage(this.pages, names, page);
    return this.pages.derived(
      { kind: 'calls', page },
      list,
      ({ length }) => CALL_BYTES * (length + 1),
    );
  }

  addCallRows(key: TraceKey, to: CallRows): boolean {
    const { pages } = this;
    const { count } = to;
    const isAdded = readable(() => {
      const runs = traceRuns(pages, key);
      addCallRows(pages, this.names(), runs, to);
      return runs.length > 0;
    });
    if (isAdded === undefined) to.cut(count);
    return isAdded === true;
  }

  summarize(key: TraceKey): TraceSummary | undefined {
    const { pages } = this;
    const runs = readable(() => traceRuns(pages, key)) ?? [];
    if (runs.length === 0) return undefined;
    const whole = readable(() => summarizeRuns(pages, this.names(), runs));
    if (whole !== undefined) return whole;
    const spans = this.spansOfRuns(runs);
    return spans.length === 0 ? undefined : summarizeTrace(traceIdText(key.words, 0), spans);
  }

  *readAll(): Generator<Uint8Array> {
    yield* writeRuns(this.pages, this.allRuns());
  }

  close(): void {
    this.pages.close();
  }

  private *findInTurns(query: TraceQuery, options: FindOptions): InTurns<readonly FoundTrace[]> {
    if (query.startTimeMinNano > this.newestNano || query.startTimeMaxNano < this.oldestNano) {
      return [];
    }
    if ((options.notBeforeNano ?? 0n) > this.newestNano) return [];
    const { among, rules = spanRules(query.filters ?? [], compilePattern) } = options;
    const texts = [...query.attributes, ...neededTexts(rules)];
    if (!texts.every((condition) => mayHaveAttribute(this.pages, condition))) return [];
    const tests = readable(() => pageTests(this.searched(), query, rules));
    if (tests === undefined) return [];
    return yield* among === undefined
      ? findTraces(this.pages, tests, query, options)
      : findAmong(this.pages, tests, query, among);
  }

  private searched(): SearchedBlock {
    const { resources, scopes } = this.pages.footer;
    return {
      pages: this.pages,
      names: this.names(),
      resources: this.resources.read(resources),
      scopes: this.scopes.read(scopes),
    };
  }

  private *allRuns(): Generator<TraceRun> {
    for (let page = 0; page < this.pages.pageCount; page++) {
      const traces = readable(() => this.pages.traces(page));
      if (traces === undefined) continue;
      yield* runsOfPage(this.pages, page, traces);
    }
  }

  private summaryRun(run: TraceRun): BlockSpan[] {
    const { pages } = this;
    const { page } = run;
    const { services, serviceOfResource } = this.names();
    const ids = pages.spanIds(page);
    const starts = pages.starts(page);
    const durations = pages.numbers(core.DURATIONS, page);
    const kinds = pages.numbers(core.KINDS, page);
    const resources = pages.numbers(core.RESOURCES, page);
    const nameInfo = pages.footer.columns.find(
      ({ table, field, type }) => table === SPANS && field === NAME_FIELD && type === STRING,
    );
    const names = nameInfo === undefined ? undefined : columnValues(pages, nameInfo, page);
    const spans: BlockSpan[] = [];
    for (let row = run.start; row < run.end; row++) {
      const start = nanoAt(starts, 2 * row);
      spans.push({
        spanId: idText(ids, 2 * row),
        parentSpanId: this.parentText(run, row),
        name: names?.at(row)?.toString('utf8') ?? '',
        startTimeUnixNano: start,
        endTimeUnixNano: start + BigInt(durations[row] ?? 0),
        kind: (kinds[row] ?? 0) % 8,
        status: { code: STATUS_CODES[Math.floor((kinds[row] ?? 0) / 8)] ?? 'unset' },
        resource: { serviceName: services[serviceOfResource[resources[row] ?? 0] ?? 0] ?? '' },
      });
    }
    return spans;
  }

  /** But for those in damaged pages. */
  private spansOfRuns(runs: readonly TraceRun[]): readonly BlockSpan[] {
    return runs.flatMap((run) => readable(() => this.summaryRun(run)) ?? []);
  }

  private parentText(run: TraceRun, row: number): string {
    const words = parentWords(this.pages, run, row);
    return words === undefined ? '' : idText(words, 0);
  }
}

function idText(words: Uint32Array, at: number): string {
  const high = (words[at] ?? 0).toString(16).padStart(8, '0');
  return high + (words[at + 1] ?? 0).toString(16).padStart(8, '0');
}
