import { Buffer } from 'node:buffer';
import { open, readFile, rename, rm } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { systemErrorCode } from '../../runtime/errors.ts';
import { BlockError } from './block/block-format.ts';
import { ByteSink } from './block/byte-sink.ts';
import { ByteSource } from './block/byte-source.ts';
import { readNumbers, writeNumbers } from './block/number-section.ts';
import { CallList } from './call-list.ts';
import type { EdgeTable } from './edge-table.ts';

/** Calls between some blocks. */
export interface CallsAcross {
  /** Names of the files of all blocks that were looked at. */
  readonly blocks: readonly string[];
  readonly calls: CallList;
}

/*
 * The file: CRC-32 of what follows it; version; names of blocks; services of each edge; starts of
 * calls as doubles, then their edges and counts as numbers.
 */
const VERSION = 1;
const CRC_BYTES = 4;

/** Writes the file so that there is either all of it or what was there before. */
export async function writeCallsAcross(
  path: string,
  { blocks, calls, edges }: CallsAcross & { readonly edges: EdgeTable },
): Promise<void> {
  const sink = new ByteSink();
  sink.u32(VERSION);
  sink.varint(blocks.length);
  for (const name of blocks) sink.block(Buffer.from(name));
  sink.varint(edges.size);
  for (let edge = 0; edge < edges.size; edge++) {
    sink.block(Buffer.from(edges.parents[edge] ?? ''));
    sink.block(Buffer.from(edges.children[edge] ?? ''));
  }
  sink.varint(calls.length);
  const rest = new ByteSink();
  writeNumbers(rest, calls.edges, calls.length, 1);
  writeNumbers(rest, calls.counts, calls.length, 1);
  const parts = [sink.view(), startsOf(calls), rest.view()];
  const crc = Buffer.alloc(CRC_BYTES);
  crc.writeUInt32LE(parts.reduce((sum, part) => crc32(part, sum), 0));
  await replaceFile(path, [crc, ...parts]);
}

/** As they are in memory, little-endian: there may be a million. More that come meanwhile stand behind. */
function startsOf({ startsMs, length }: CallList): Buffer {
  return Buffer.from(startsMs.buffer, startsMs.byteOffset, length * startsMs.BYTES_PER_ELEMENT);
}

/** Copied whole, as it was written. @throws BlockError */
function readStarts(source: ByteSource, count: number): Float64Array {
  const startsMs = new Float64Array(count);
  new Uint8Array(startsMs.buffer).set(source.bytes(startsMs.byteLength));
  return startsMs;
}

async function replaceFile(path: string, parts: readonly Uint8Array[]): Promise<void> {
  const unfinished = `${path}.tmp`;
  try {
    const file = await open(unfinished, 'w');
    try {
      for (const part of parts) await file.writeFile(part);
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** undefined when there is no such file, or it is damaged or of another version. */
export async function readCallsAcross(
  path: string,
  edges: EdgeTable,
): Promise<CallsAcross | undefined> {
  try {
    const file = await readFile(path);
    const bytes = file.subarray(CRC_BYTES);
    if (file.length < CRC_BYTES || crc32(bytes) !== file.readUInt32LE(0)) return undefined;
    return parse(new ByteSource(bytes), edges);
  } catch (error) {
    if (error instanceof BlockError || systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

function parse(source: ByteSource, edges: EdgeTable): CallsAcross | undefined {
  if (source.u32() !== VERSION) return undefined;
  const blocks = Array.from({ length: source.varint() }, () => source.block().toString());
  const numbers = Array.from({ length: source.varint() }, () => {
    const parent = source.block().toString();
    return edges.numberOf(parent, source.block().toString());
  });
  const count = source.varint();
  const startsMs = readStarts(source, count);
  const ownEdges = readNumbers(source, count);
  const counts = readNumbers(source, count);
  const calls = new CallList();
  for (let at = 0; at < count; at++) {
    calls.add(numbers[ownEdges[at] ?? 0] ?? 0, startsMs[at] ?? 0, counts[at] ?? 0);
  }
  return { blocks, calls };
}
