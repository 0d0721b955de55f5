import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import {
  BLOCK_MAGIC,
  BLOCK_VERSION,
  BlockError,
  BlockVersionError,
  TABLE_NUMBERS,
} from './block-format.ts';
import type { ColumnInfo, DictionaryPageRef, PageRef } from './block-format.ts';
import type { ByteSink } from './byte-sink.ts';
import { ByteSource } from './byte-source.ts';
import { CORE_PAGES, readWords } from './core-pages.ts';
import { readNumbers, writeNumbers } from './number-section.ts';
import { compress, decompress } from './page-compression.ts';

/** All that is known of a block without reading a page of it. */
export interface BlockFooter {
  readonly spanCount: number;
  readonly traceCount: number;
  readonly rowsPerPage: number;
  readonly durationMinNano: number;
  readonly durationMaxNano: number;
  /** By page: low and high word of the oldest start, then of the newest. */
  readonly pageStarts: Uint32Array;
  /** By kind of core page, then by page. */
  readonly core: readonly (readonly PageRef[])[];
  readonly columns: readonly ColumnInfo[];
  readonly resources: readonly DictionaryPageRef[];
  readonly scopes: readonly DictionaryPageRef[];
  readonly names: PageRef;
  readonly traceLookup: PageRef;
  readonly bloom: PageRef;
  /** Who calls whom; a file of version 1 has none. */
  readonly calls: PageRef | undefined;
}

/*
 * The end of a file: the footer, compressed; its length u32, its CRC-32 u32, the version u32, and
 * the magic bytes. The last byte of the footer, before it is compressed, is the version once more:
 * where only the other one is later, that one is damaged.
 */
const TAIL_BYTES = 12 + BLOCK_MAGIC.length;
/** A footer beyond this is damaged. */
const FOOTER_BYTES_MAX = 2 ** 28;

export function writeFooter(sink: ByteSink, footer: BlockFooter): void {
  const start = sink.position;
  sink.varint(footer.spanCount);
  sink.varint(footer.traceCount);
  sink.varint(footer.rowsPerPage);
  sink.f64(footer.durationMinNano);
  sink.f64(footer.durationMaxNano);
  sink.varint(footer.pageStarts.length);
  for (const word of footer.pageStarts) sink.u32(word);
  for (const refs of footer.core) writeRefs(sink, refs);
  sink.varint(footer.columns.length);
  for (const column of footer.columns) writeColumn(sink, column);
  writeDictionary(sink, footer.resources);
  writeDictionary(sink, footer.scopes);
  writeRefs(sink, [footer.names]);
  writeRefs(sink, [footer.traceLookup]);
  writeRefs(sink, [footer.bloom]);
  writeRefs(sink, footer.calls === undefined ? [] : [footer.calls]);
  sink.u8(BLOCK_VERSION);
  const compressed = compress(sink.buffer.subarray(start, sink.position), 1);
  sink.position = start;
  sink.bytes(compressed);
  sink.u32(compressed.length);
  sink.u32(crc32(compressed));
  sink.u32(BLOCK_VERSION);
  sink.bytes(Buffer.from(BLOCK_MAGIC, 'latin1'));
}

function writeColumn(sink: ByteSink, column: ColumnInfo): void {
  sink.u8(column.table);
  sink.varint(column.field);
  sink.block(column.key);
  sink.u8(column.type);
  sink.u8((column.isSplit ? 1 : 0) + (column.isFresh ? 2 : 0));
  writeRefs(sink, column.pages);
  writeDictionary(sink, column.dictionary);
}

/** Pages stand one behind the other, so that one offset and the lengths are enough. */
function writeRefs(sink: ByteSink, refs: readonly PageRef[]): void {
  sink.varint(refs[0]?.offset ?? 0);
  sink.varint(refs.length);
  const lengths = Uint32Array.from(refs, ({ length }) => length);
  writeNumbers(sink, lengths, lengths.length, 1);
}

function writeDictionary(sink: ByteSink, refs: readonly DictionaryPageRef[]): void {
  writeRefs(sink, refs);
  const counts = Uint32Array.from(refs, ({ count }) => count);
  writeNumbers(sink, counts, counts.length, 1);
}

/** Reads the part of a file from `offset` on. */
export type ReadRange = (offset: number, length: number) => Buffer;

/** @throws BlockError when this is no block, is cut off, or was written by a newer version. */
export function readFooter(size: number, read: ReadRange): BlockFooter {
  if (size < TAIL_BYTES) throw new BlockError('the file is too short for a block');
  const tail = new ByteSource(read(size - TAIL_BYTES, TAIL_BYTES));
  const length = tail.u32();
  const crc = tail.u32();
  const version = tail.u32();
  if (tail.bytes(BLOCK_MAGIC.length).toString('latin1') !== BLOCK_MAGIC) {
    throw new BlockError('the file is not a block, or is cut off');
  }
  if (version < 1) throw new BlockError('the version of the format is damaged');
  const isWhole = length <= Math.min(size - TAIL_BYTES, FOOTER_BYTES_MAX);
  const compressed = isWhole ? read(size - TAIL_BYTES - length, length) : Buffer.alloc(0);
  const isSound = isWhole && crc32(compressed) === crc;
  if (version > BLOCK_VERSION && !(isSound && isOfKnownVersion(compressed))) {
    throw new BlockVersionError(
      `the block has format version ${version}; this program reads up to ${BLOCK_VERSION}`,
    );
  }
  if (!isWhole) throw new BlockError('the length of the footer is damaged');
  if (!isSound) throw new BlockError('the footer is damaged');
  return parseFooter(new ByteSource(ownBytes(decompress(compressed))));
}

/** A copy: Node cuts small buffers from slabs of 64 KiB, and a slab lives as long as any of them. */
function ownBytes(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(bytes.length);
  bytes.copy(own);
  return own;
}

/** Of a block that can be read: whether the version behind its footer is not the one in it. */
export function hasDamagedVersion(size: number, read: ReadRange): boolean {
  const tail = new ByteSource(read(size - TAIL_BYTES, TAIL_BYTES));
  tail.bytes(TAIL_BYTES - 4 - BLOCK_MAGIC.length);
  return tail.u32() > BLOCK_VERSION;
}

/** By the version that is in the footer. Files from before it was there may be of none. */
function isOfKnownVersion(compressed: Buffer): boolean {
  try {
    const version = decompress(compressed).at(-1) ?? 0;
    return version >= 1 && version <= BLOCK_VERSION;
  } catch {
    // A later version may compress in another way.
    return false;
  }
}

function parseFooter(source: ByteSource): BlockFooter {
  const counts = {
    spanCount: source.varint(),
    traceCount: source.varint(),
    rowsPerPage: source.varint(),
    durationMinNano: source.f64(),
    durationMaxNano: source.f64(),
  };
  const pageStarts = readWords(source, source.varint());
  const core = Array.from({ length: CORE_PAGES }, () => readRefs(source));
  const columns = Array.from({ length: source.varint() }, () => readColumn(source));
  return {
    ...counts,
    pageStarts,
    core,
    columns,
    resources: readDictionary(source),
    scopes: readDictionary(source),
    names: onlyRef(source),
    traceLookup: onlyRef(source),
    bloom: onlyRef(source),
    calls: source.position < source.buffer.length ? readRefs(source)[0] : undefined,
  };
}

function readColumn(source: ByteSource): ColumnInfo {
  const number = source.u8();
  const table = TABLE_NUMBERS[number];
  if (table === undefined) throw new BlockError(`a column of an unknown table ${number}`);
  const field = source.varint();
  const key = source.block();
  const type = source.u8();
  const flags = source.u8();
  const layout = { isSplit: (flags & 1) !== 0, isFresh: (flags & 2) !== 0 };
  const pages = readRefs(source);
  return { table, field, key, type, ...layout, pages, dictionary: readDictionary(source) };
}

function readRefs(source: ByteSource): PageRef[] {
  let offset = source.varint();
  const count = source.varint();
  return Array.from(readNumbers(source, count), (length) => {
    const ref = { offset, length };
    offset += length;
    return ref;
  });
}

function onlyRef(source: ByteSource): PageRef {
  return readRefs(source)[0] ?? { offset: 0, length: 0 };
}

function readDictionary(source: ByteSource): DictionaryPageRef[] {
  const refs = readRefs(source);
  const counts = readNumbers(source, refs.length);
  return refs.map((ref, page) => ({ ...ref, count: counts[page] ?? 0 }));
}
