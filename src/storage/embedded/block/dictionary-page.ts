import type { Buffer } from 'node:buffer';
import { BlockError } from './block-format.ts';
import type { ByteSink } from './byte-sink.ts';
import type { ByteSource } from './byte-source.ts';
import type { BytesTable } from './bytes-table.ts';
import { readNarrowNumbers, readNumbers, writeNumbers } from './number-section.ts';
import { compress, decompress } from './page-compression.ts';
import type { CompressionLevel } from './page-compression.ts';

/*
 * A page of a dictionary: lengths and kinds of its entries as numbers, a byte that says whether what
 * follows is compressed, and the bytes of the entries.
 */
const AS_IS = 0;
const COMPRESSED = 1;
const COMPRESSED_BYTES_MIN = 200;

/** A page ends with the entry that takes it beyond this, so that one value is cheap to read. */
const PAGE_BYTES = 64 * 1024;
const PAGE_ENTRIES = 8192;

/** How many of the entries from `first` on go into one page. */
export function entriesOfPage(lengths: Uint32Array, first: number): number {
  let bytes = 0;
  let at = first;
  while (at < lengths.length && at - first < PAGE_ENTRIES && bytes < PAGE_BYTES) {
    bytes += lengths[at] ?? 0;
    at += 1;
  }
  return at - first;
}

/** Writes the entries that `order` names. */
export function writeDictionaryPage(
  sink: ByteSink,
  table: BytesTable,
  order: Uint32Array,
  level: CompressionLevel,
): void {
  const count = order.length;
  const lengths = new Uint32Array(count);
  const kinds = new Uint32Array(count);
  let bytes = 0;
  for (let at = 0; at < count; at++) {
    const entry = order[at] ?? 0;
    lengths[at] = (table.starts[entry + 1] ?? 0) - (table.starts[entry] ?? 0);
    kinds[at] = table.kinds[entry] ?? 0;
    bytes += lengths[at] ?? 0;
  }
  writeNumbers(sink, lengths, count, level);
  writeNumbers(sink, kinds, count, level);
  sink.u8(AS_IS);
  sink.reserve(bytes);
  const start = sink.position;
  for (let at = 0; at < count; at++) {
    const entry = order[at] ?? 0;
    sink.bytes(table.words.bytes, table.starts[entry] ?? 0, table.starts[entry + 1] ?? 0);
  }
  if (bytes < COMPRESSED_BYTES_MIN) return;
  const compressed = compress(sink.buffer.subarray(start, sink.position), level);
  if (compressed.length >= bytes) return;
  sink.position = start - 1;
  sink.u8(COMPRESSED);
  sink.bytes(compressed);
}

/** The entries of a page; entry n is [starts[n], starts[n + 1]) of `bytes`. */
export interface DictionaryPage {
  readonly bytes: Buffer;
  readonly starts: Uint32Array;
  readonly kinds: Uint8Array;
}

/** @throws BlockError */
export function readDictionaryPage(source: ByteSource, count: number): DictionaryPage {
  const lengths = readNumbers(source, count);
  const kinds = Uint8Array.from(readNarrowNumbers(source, count));
  const how = source.u8();
  const rest = source.bytes(source.buffer.length - source.position);
  const starts = new Uint32Array(count + 1);
  let end = 0;
  for (let at = 0; at < count; at++) {
    end += lengths[at] ?? 0;
    starts[at + 1] = end;
  }
  const bytes = how === COMPRESSED ? decompress(rest, end) : rest;
  if (end !== bytes.length) throw new BlockError('a dictionary has entries of a wrong size');
  return { bytes, starts, kinds };
}
