import { ATTRIBUTE_FIELDS, BlockError, INT, SPANS, TABLE_NUMBERS } from './block-format.ts';
import type { ColumnInfo, DictionaryPageRef } from './block-format.ts';
import { readNames } from './block-names.ts';
import type { BlockPages } from './block-pages.ts';
import type { BlockRows } from './block-writer.ts';
import { byteWords } from './bytes-table.ts';
import type { ByteWords } from './bytes-table.ts';
import type { ColumnBuilder } from './column-builder.ts';
import type { ColumnSet } from './column-set.ts';
import * as core from './core-pages.ts';
import { GroupTable } from './group-table.ts';
import { SpanShredder } from './span-shredder.ts';
import { createSpanRows } from './span-rows.ts';
import type { SpanRows } from './span-rows.ts';
import { splitText, splitVarint } from './split-value.ts';
import { TraceNumbers } from './trace-numbers.ts';
import { parentWords } from './span-writer.ts';
import { runsOfPage } from './trace-rows.ts';

export interface MergeLimits {
  readonly columnsMax: number;
  readonly rowsPerPage: number;
}

/**
 * The rows of several blocks, column by column: an entry of a dictionary is looked at once, and then
 * stands for all values that have it. Yields after each page; undefined when keys do not fit into
 * columns, in one block or in the merged one.
 * @throws BlockError when something is damaged
 */
export function* mergeColumns(
  blocks: readonly BlockPages[],
  { columnsMax, rowsPerPage }: MergeLimits,
): Generator<undefined, BlockRows | undefined> {
  if (blocks.some((pages) => isCrowded(pages, columnsMax))) return undefined;
  const spanCount = blocks.reduce((sum, { footer }) => sum + footer.spanCount, 0);
  const merged = new MergedRows(spanCount, rowsPerPage, columnsMax);
  for (const info of blocks.flatMap(({ footer }) => footer.columns)) {
    if (!merged.prepare(info)) return undefined;
  }
  for (const pages of blocks) {
    const block = merged.enter(pages);
    for (let page = 0; page < pages.pageCount; page++) {
      merged.addPage(block, page);
      yield;
    }
  }
  return merged;
}

/** Attributes for which there was no column are kept in another way than in a block with room. */
function isCrowded({ footer }: BlockPages, columnsMax: number): boolean {
  return TABLE_NUMBERS.some(
    (number) => footer.columns.filter(({ table }) => table === number).length >= columnsMax,
  );
}

/** A column of a block, and what its codes are in the merged one. */
interface SourceColumn {
  readonly info: ColumnInfo;
  readonly target: ColumnBuilder;
  readonly codes: Uint32Array;
  /** Of entries of a whole column, where the merged one is split. */
  readonly numbers: Float64Array | undefined;
}

/** A block that is being added. */
interface SourceBlock {
  readonly pages: BlockPages;
  readonly columns: readonly SourceColumn[];
  readonly resources: Uint32Array;
  readonly scopes: Uint32Array;
}

class MergedRows implements BlockRows {
  spanCount = 0;
  readonly rowsPerPage: number;
  readonly rows: SpanRows;
  readonly traces: TraceNumbers;
  readonly shredder: SpanShredder;
  readonly resources: GroupTable;
  readonly scopes: GroupTable;
  readonly services: string[] = [];
  readonly serviceOfResource: number[] = [];
  private readonly serviceNumbers = new Map<string, number>();

  constructor(capacity: number, rowsPerPage: number, columnsMax: number) {
    const seed = Math.trunc(Math.random() * 2 ** 32);
    this.rowsPerPage = rowsPerPage;
    this.rows = createSpanRows(capacity);
    this.traces = new TraceNumbers(seed);
    this.shredder = new SpanShredder(columnsMax, seed);
    this.resources = new GroupTable(seed);
    this.scopes = new GroupTable(seed);
  }

  /** Makes the column; it is split where one of the blocks has it split. False: too many columns. */
  prepare(info: ColumnInfo): boolean {
    const column = this.columnOf(info);
    if (column !== undefined && info.isSplit) column.splitFromStart();
    return column !== undefined;
  }

  enter(pages: BlockPages): SourceBlock {
    const { footer } = pages;
    const { services, serviceOfResource } = pages.load(footer.names, (source) =>
      readNames(source.bytes(source.buffer.length)),
    );
    const resources = internAll(pages, footer.resources, this.resources);
    resources.forEach((resource, own) => {
      const name = services[serviceOfResource[own] ?? 0] ?? '';
      this.serviceOfResource[resource] ??= this.serviceNumber(name);
    });
    return {
      pages,
      resources,
      scopes: internAll(pages, footer.scopes, this.scopes),
      columns: footer.columns.map((info) => this.sourceColumn(pages, info)),
    };
  }

  addPage(block: SourceBlock, page: number): void {
    const { pages } = block;
    const first = this.spanCount;
    const firsts = [first, this.shredder.eventOwners.length, this.shredder.linkOwners.length];
    this.addIds(pages, page, first);
    this.addNumbers(block, page, first);
    this.addChildren(pages, page, first);
    for (const column of block.columns) {
      addValues(column, pages, page, firsts[column.info.table] ?? 0);
    }
    this.spanCount += pages.rowCount(page);
  }

  private columnOf({ table, field, key, type }: ColumnInfo): ColumnBuilder | undefined {
    const set = this.setOf(table);
    if (field !== ATTRIBUTE_FIELDS[table]) return set.field(field, type);
    set.startRow();
    return set.attribute(byteWords(key), 0, key.length, type);
  }

  private setOf(table: ColumnInfo['table']): ColumnSet {
    const { spans, events, links } = this.shredder;
    return table === SPANS ? spans : table === 1 ? events : links;
  }

  private sourceColumn(pages: BlockPages, info: ColumnInfo): SourceColumn {
    const target = this.columnOf(info);
    if (target === undefined) throw new BlockError('a column that was there is not there');
    const entries = info.dictionary.reduce((sum, { count }) => sum + count, 0);
    const codes = new Uint32Array(entries);
    const isToSplit = target.numbers !== undefined && !info.isSplit;
    const numbers = isToSplit ? new Float64Array(entries) : undefined;
    const split = { kind: 0, end: 0, number: 0 };
    eachEntry(pages, info.dictionary, (entry, source, { start, end, kind }) => {
      if (numbers === undefined) {
        codes[entry] = target.internEntry(source, start, end, kind);
        return;
      }
      if (info.type === INT) splitVarint(source.bytes, start, end, split);
      else splitText(source.bytes, start, end, split);
      codes[entry] = target.internEntry(source, start, split.end, split.kind);
      numbers[entry] = split.number;
    });
    return { info, target, codes, numbers };
  }

  private addIds(pages: BlockPages, page: number, first: number): void {
    const { spanIds, parentIds, traces } = this.rows;
    spanIds.set(pages.spanIds(page), 2 * first);
    const tracesPage = pages.traces(page);
    for (const run of runsOfPage(pages, page, tracesPage)) {
      const number = this.traces.numberOf(run.traceId, 0);
      traces.fill(number, first + run.start, first + run.end);
      for (let row = run.start; row < run.end; row++) {
        const parent = parentWords(pages, run, row);
        parentIds[2 * (first + row)] = parent?.[0] ?? 0;
        parentIds[2 * (first + row) + 1] = parent?.[1] ?? 0;
      }
    }
  }

  private addNumbers({ pages, resources, scopes }: SourceBlock, page: number, first: number): void {
    const { rows } = this;
    rows.starts.set(pages.starts(page), 2 * first);
    rows.durations.set(pages.numbers(core.DURATIONS, page), first);
    const kinds = pages.numbers(core.KINDS, page);
    const ownResources = pages.numbers(core.RESOURCES, page);
    const ownScopes = pages.numbers(core.SCOPES, page);
    for (let row = 0; row < kinds.length; row++) {
      const kind = kinds[row] ?? 0;
      rows.kinds[first + row] = kind & 7;
      rows.statusCodes[first + row] = kind >>> 3;
      rows.resources[first + row] = resources[ownResources[row] ?? 0] ?? 0;
      rows.scopes[first + row] = scopes[ownScopes[row] ?? 0] ?? 0;
    }
  }

  private addChildren(pages: BlockPages, page: number, first: number): void {
    const { rows, shredder } = this;
    const { eventOwners, linkOwners, eventTimes } = shredder;
    const events = pages.numbers(core.EVENT_COUNTS, page);
    const links = pages.numbers(core.LINK_COUNTS, page);
    for (let row = 0; row < events.length; row++) {
      const own = first + row;
      rows.firstEvents[own] = eventOwners.length;
      rows.eventCounts[own] = events[row] ?? 0;
      for (let event = 0; event < (events[row] ?? 0); event++) eventOwners.push(own);
      rows.firstLinks[own] = linkOwners.length;
      rows.linkCounts[own] = links[row] ?? 0;
      for (let link = 0; link < (links[row] ?? 0); link++) linkOwners.push(own);
    }
    if (2 * eventOwners.length === eventTimes.length) return;
    for (const word of pages.eventTimes(page)) eventTimes.push(word);
  }

  private serviceNumber(name: string): number {
    const known = this.serviceNumbers.get(name);
    if (known !== undefined) return known;
    const number = this.services.push(name) - 1;
    this.serviceNumbers.set(name, number);
    return number;
  }
}

/** @throws BlockError */
function addValues(column: SourceColumn, pages: BlockPages, page: number, first: number): void {
  const values = pages.column(column.info, page);
  if (values === undefined) return;
  const { target, codes } = column;
  for (let row = 0; row < values.codes.length; row++) {
    const code = values.codes[row] ?? 0;
    if (code < 0) continue;
    const number = column.numbers?.[code] ?? values.numbers?.[row] ?? 0;
    target.putCode(first + row, codes[code] ?? 0, number);
  }
}

interface EntryPlace {
  readonly start: number;
  readonly end: number;
  readonly kind: number;
}

function eachEntry(
  pages: BlockPages,
  dictionary: readonly DictionaryPageRef[],
  visit: (entry: number, source: ByteWords, place: EntryPlace) => void,
): void {
  let entry = 0;
  for (const ref of dictionary) {
    const { bytes, starts, kinds } = pages.dictionaryPage(ref);
    const source = byteWords(bytes);
    for (let at = 0; at < ref.count; at++, entry++) {
      visit(entry, source, {
        start: starts[at] ?? 0,
        end: starts[at + 1] ?? 0,
        kind: kinds[at] ?? 0,
      });
    }
  }
}

/** Numbers in `to` of the entries of a dictionary of resources or scopes. */
function internAll(
  pages: BlockPages,
  dictionary: readonly DictionaryPageRef[],
  { entries }: GroupTable,
): Uint32Array {
  const numbers = new Uint32Array(dictionary.reduce((sum, { count }) => sum + count, 0));
  eachEntry(pages, dictionary, (entry, source, { start, end, kind }) => {
    numbers[entry] = entries.intern(source, start, end, kind);
  });
  return numbers;
}
