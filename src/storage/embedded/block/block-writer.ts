import { Buffer } from 'node:buffer';
import { SPAN_KINDS } from '../../../model/span.ts';
import { writeFooter } from './block-footer.ts';
import type { BlockFooter } from './block-footer.ts';
import { BLOCK_MAGIC, STRING } from './block-format.ts';
import type { ColumnInfo, DictionaryPageRef, PageRef } from './block-format.ts';
import { writeNames } from './block-names.ts';
import type { OperationNumbers } from './block-names.ts';
import type { BytesTable } from './bytes-table.ts';
import { writeCallCounts } from './call-counts.ts';
import { collectBloom } from './collect-bloom.ts';
import { collectCalls } from './collect-calls.ts';
import type { ColumnSet } from './column-set.ts';
import { ColumnWriter } from './column-writer.ts';
import type { TableOrder } from './column-writer.ts';
import { CoreWriter } from './core-writer.ts';
import { entriesOfPage, writeDictionaryPage } from './dictionary-page.ts';
import { GrowingWords } from './growing-words.ts';
import type { GroupTable } from './group-table.ts';
import type { CompressionLevel } from './page-compression.ts';
import { PageWriter } from './page-writer.ts';
import { RepeatedSpans } from './repeated-spans.ts';
import { joinValue, NUMBER_BYTES_MAX } from './split-value.ts';
import { NAME_FIELD } from './span-shredder.ts';
import type { SpanShredder } from './span-shredder.ts';
import type { SpanRows } from './span-rows.ts';
import { lookupEntry, writeTraceLookup } from './trace-lookup.ts';
import { traceHash } from './trace-numbers.ts';
import type { TraceNumbers } from './trace-numbers.ts';
import { traceOrder } from './trace-order.ts';
import type { TraceOrder } from './trace-order.ts';

/** Spans taken apart, in order of arrival. */
export interface BlockRows {
  readonly spanCount: number;
  readonly rowsPerPage: number;
  readonly rows: SpanRows;
  readonly traces: TraceNumbers;
  readonly shredder: SpanShredder;
  readonly resources: GroupTable;
  readonly scopes: GroupTable;
  readonly services: readonly string[];
  readonly serviceOfResource: readonly number[];
}

export interface BuiltBlock {
  /** The whole file. */
  readonly bytes: Buffer;
  readonly spanCount: number;
  /** Spans left out because they were there already: same trace, span id and content. */
  readonly repeatedSpanCount: number;
}

/** Room that is made at first. */
const BYTES_A_SPAN = 64;
const BYTES_BESIDE = 4096;

/**
 * Puts rows into trace order and writes the file; its layout is in `block-builder.ts`.
 * @param writer has the bytes then; one that has written before is written over
 */
export function writeBlock(
  block: BlockRows,
  level: CompressionLevel,
  writer = new PageWriter(),
): BuiltBlock {
  const { rows, spanCount, shredder, traces } = block;
  const repeated = new RepeatedSpans(rows, shredder);
  const order = traceOrder(rows, spanCount, traces, (own) => repeated.among(own));
  const pageStarts = evenPages(order.rows.length, block.rowsPerPage);
  writer.start(BYTES_A_SPAN * spanCount + BYTES_BESIDE);
  writer.sink.bytes(Buffer.from(BLOCK_MAGIC, 'latin1'));
  const source = { rows, order, traces, eventTimes: shredder.eventTimes.words };
  const footer: BlockFooter = {
    spanCount: order.rows.length,
    traceCount: order.traces.length,
    rowsPerPage: block.rowsPerPage,
    ...durationRange(rows, order),
    pageStarts: startRanges(rows, order, pageStarts),
    core: new CoreWriter(writer, source, level).write(pageStarts),
    columns: writeColumns(writer, block, { order, pageStarts, level }),
    resources: writeEntries(writer, block.resources.entries, level),
    scopes: writeEntries(writer, block.scopes.entries, level),
    names: writer.page((sink) => {
      writeNames(sink, block, distinctOperations(block));
    }),
    traceLookup: writeLookup(writer, block, order),
    bloom: writeBloom(writer, block),
    calls: writer.page((sink) => {
      const { rowsPerPage, serviceOfResource } = block;
      writeCallCounts(sink, collectCalls({ rows, order, rowsPerPage, serviceOfResource }), level);
    }),
  };
  writeFooter(writer.sink, footer);
  return {
    bytes: writer.sink.view(),
    spanCount: order.rows.length,
    repeatedSpanCount: spanCount - order.rows.length,
  };
}

function evenPages(count: number, rowsPerPage: number): Uint32Array {
  const pages = Math.ceil(count / rowsPerPage);
  return Uint32Array.from({ length: pages + 1 }, (_, page) => Math.min(count, page * rowsPerPage));
}

function durationRange(
  { durations }: SpanRows,
  order: TraceOrder,
): Pick<BlockFooter, 'durationMinNano' | 'durationMaxNano'> {
  let durationMinNano = Infinity;
  let durationMaxNano = -Infinity;
  for (const row of order.rows) {
    const duration = durations[row] ?? 0;
    if (duration < durationMinNano) durationMinNano = duration;
    if (duration > durationMaxNano) durationMaxNano = duration;
  }
  return { durationMinNano, durationMaxNano };
}

/** Oldest and newest start of each page, low and high word each. */
function startRanges(
  { starts }: SpanRows,
  order: TraceOrder,
  pageStarts: Uint32Array,
): Uint32Array {
  const ranges = new Uint32Array(4 * (pageStarts.length - 1));
  for (let page = 0; page + 1 < pageStarts.length; page++) {
    const rows = order.rows.subarray(pageStarts[page], pageStarts[page + 1]);
    const { oldest, newest } = outermost(starts, rows);
    ranges.set(starts.subarray(2 * oldest, 2 * oldest + 2), 4 * page);
    ranges.set(starts.subarray(2 * newest, 2 * newest + 2), 4 * page + 2);
  }
  return ranges;
}

/** The rows that start first and last. */
function outermost(starts: Uint32Array, rows: Uint32Array): { oldest: number; newest: number } {
  let oldest = rows[0] ?? 0;
  let newest = oldest;
  for (let at = 1; at < rows.length; at++) {
    const row = rows[at] ?? 0;
    if (isEarlier(starts, row, oldest)) oldest = row;
    if (isEarlier(starts, newest, row)) newest = row;
  }
  return { oldest, newest };
}

function isEarlier(starts: Uint32Array, a: number, b: number): boolean {
  const highA = starts[2 * a + 1] ?? 0;
  const highB = starts[2 * b + 1] ?? 0;
  return highA < highB || (highA === highB && (starts[2 * a] ?? 0) < (starts[2 * b] ?? 0));
}

interface RowOrder {
  readonly order: TraceOrder;
  readonly pageStarts: Uint32Array;
  readonly level: CompressionLevel;
}

function writeColumns(writer: PageWriter, block: BlockRows, how: RowOrder): ColumnInfo[] {
  const { rows, shredder, spanCount } = block;
  const { order, pageStarts, level } = how;
  const tables: [ColumnSet, TableOrder][] = [
    [shredder.spans, { rows: order.rows, pageStarts, oldCount: spanCount }],
    [
      shredder.events,
      {
        ...childOrder(how, rows.firstEvents, rows.eventCounts),
        oldCount: shredder.eventOwners.length,
      },
    ],
    [
      shredder.links,
      {
        ...childOrder(how, rows.firstLinks, rows.linkCounts),
        oldCount: shredder.linkOwners.length,
      },
    ],
  ];
  return tables.flatMap(([set, table]) => {
    const columnWriter = new ColumnWriter(writer, table, level);
    return set.inOrder().map((column) => columnWriter.write(column));
  });
}

/** Events or links, in the order of their spans, cut into pages where spans are. */
function childOrder(
  { order, pageStarts }: RowOrder,
  firsts: Uint32Array,
  counts: Uint32Array,
): Omit<TableOrder, 'oldCount'> {
  const rows = new GrowingWords();
  const childStarts = new Uint32Array(pageStarts.length);
  for (let page = 0; page + 1 < pageStarts.length; page++) {
    const owners = order.rows.subarray(pageStarts[page], pageStarts[page + 1]);
    addChildren(rows, owners, firsts, counts);
    childStarts[page + 1] = rows.length;
  }
  return { rows: rows.words.subarray(0, rows.length), pageStarts: childStarts };
}

function addChildren(
  to: GrowingWords,
  owners: Uint32Array,
  firsts: Uint32Array,
  counts: Uint32Array,
): void {
  for (const row of owners) {
    const first = firsts[row] ?? 0;
    const end = first + (counts[row] ?? 0);
    for (let child = first; child < end; child++) to.push(child);
  }
}

function writeEntries(
  writer: PageWriter,
  entries: BytesTable,
  level: CompressionLevel,
): DictionaryPageRef[] {
  const order = Uint32Array.from({ length: entries.count }, (_, entry) => entry);
  const lengths = order.map(
    (entry) => (entries.starts[entry + 1] ?? 0) - (entries.starts[entry] ?? 0),
  );
  const pages: DictionaryPageRef[] = [];
  for (let first = 0; first < order.length;) {
    const count = entriesOfPage(lengths, first);
    const part = order.subarray(first, first + count);
    const page = writer.page((sink) => {
      writeDictionaryPage(sink, entries, part, level);
    });
    pages.push({ ...page, count });
    first += count;
  }
  return pages;
}

const NO_NAME = -1;

function distinctOperations(block: BlockRows): OperationNumbers[] {
  const { rows, spanCount, shredder, serviceOfResource } = block;
  const column = shredder.spans.field(NAME_FIELD, STRING);
  const { entries, numbers } = column;
  const operations = new Map<number | string, OperationNumbers>();
  for (let row = 0, at = 0; row < spanCount; row++) {
    const hasName = at < column.count && column.rows[at] === row;
    const code = hasName ? (column.codes[at] ?? 0) : NO_NAME;
    const number = hasName && numbers !== undefined ? (numbers[at] ?? 0) : 0;
    if (hasName) at += 1;
    const service = serviceOfResource[rows.resources[row] ?? 0] ?? 0;
    const kind = rows.kinds[row] ?? 0;
    const place = (service * (entries.count + 1) + code + 1) * SPAN_KINDS.length + kind;
    const key = numbers === undefined ? place : `${place}/${number}`;
    if (operations.has(key)) continue;
    const name = code === NO_NAME ? '' : nameText(entries, code, number);
    operations.set(key, { service, kind, name });
  }
  return [...operations.values()];
}

function nameText(entries: BytesTable, code: number, number: number): string {
  const entry = entries.entry(code);
  const text = Buffer.alloc(entry.length + NUMBER_BYTES_MAX);
  const end = joinValue(text, 0, entry, { kind: entries.kinds[code] ?? 0, number });
  return text.toString('utf8', 0, end);
}

function writeLookup(writer: PageWriter, block: BlockRows, order: TraceOrder): PageRef {
  const entries = new Float64Array(order.traces.length);
  for (let place = 0; place < entries.length; place++) {
    const page = Math.floor((order.firstRows[place] ?? 0) / block.rowsPerPage);
    const hash = traceHash(block.traces.ids, 4 * (order.traces[place] ?? 0));
    entries[place] = lookupEntry(hash, page);
  }
  return writer.page((sink) => {
    writeTraceLookup(sink, entries);
  });
}

function writeBloom(writer: PageWriter, block: BlockRows): PageRef {
  const { spans, events, links } = block.shredder;
  return writer.page((sink) => {
    const columns = [...spans.columns, ...events.columns, ...links.columns];
    const groups = { resources: block.resources.entries, scopes: block.scopes.entries };
    sink.bytes(collectBloom({ columns, ...groups }));
  });
}
