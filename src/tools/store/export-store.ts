import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { Readable } from 'node:stream';
import type { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { processWithFolder } from '../../record-log/folder-lock.ts';
import { PageCache } from '../../storage/embedded/block/page-cache.ts';
import { openBlock } from '../../storage/embedded/block/block.ts';
import type { Block } from '../../storage/embedded/block/block.ts';
import { openBlockFile } from '../../storage/embedded/block/block-file.ts';
import { BlockError } from '../../storage/embedded/block/block-format.ts';
import { listStoredTenants } from '../../storage/embedded/stored-files.ts';
import type { StoredTenant } from '../../storage/embedded/stored-files.ts';
import { rewriteSpans } from '../../wire/otlp/rewrite-spans.ts';
import { scanSpans } from '../../wire/otlp/scan-spans.ts';
import { wasDeleted } from './deleted-file.ts';
import { compressorFor, encodeMessage } from './otlp-file-format.ts';
import type { OtlpFileFormat } from './otlp-file-format.ts';
import { readSegment } from './read-segment.ts';
import type { StoredStore } from './stored-store.ts';

/** Nothing, or not all, was exported. */
export class ExportError extends Error {
  override readonly name = 'ExportError';
}

/** Starts of spans, both ends included. */
export interface SpanTimes {
  readonly fromNano: bigint;
  readonly toNano: bigint;
}

export interface ExportRequest {
  readonly store: StoredStore;
  readonly tenant: StoredTenant;
  readonly times: SpanTimes;
  readonly format: OtlpFileFormat;
}

export interface Exported {
  messages: number;
  spans: number;
  bytes: number;
  /** Of blocks; their rows are left out. */
  damagedPages: number;
  /** Records of logs. */
  damagedRecords: number;
}

const CACHE_BYTES = 16 * 2 ** 20;

/** Writes a file, which has its name only when all of it is there. */
export async function exportToFile(request: ExportRequest, path: string): Promise<Exported> {
  const unfinished = `${path}.part`;
  try {
    const exported = await exportTo(request, createWriteStream(unfinished));
    await rename(unfinished, path);
    return exported;
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
}

/** Streams the spans of a tenant; holds a message or two at a time. */
export async function exportTo(request: ExportRequest, to: Writable): Promise<Exported> {
  const exported = { messages: 0, spans: 0, bytes: 0, damagedPages: 0, damagedRecords: 0 };
  const encoded = Readable.from(encodedMessages(request, exported), { objectMode: false });
  const compressor = compressorFor(request.format);
  if (compressor === undefined) await pipeline(encoded, to);
  else await pipeline(encoded, compressor, to);
  return exported;
}

async function* encodedMessages(
  request: ExportRequest,
  exported: Exported,
): AsyncGenerator<Uint8Array> {
  for await (const message of messagesOf(request, exported)) {
    const { otlp, spans } = within(message, request.times);
    if (spans === 0) continue;
    const bytes = encodeMessage(otlp, request.format.encoding);
    exported.messages += 1;
    exported.spans += spans;
    exported.bytes += bytes.length;
    yield bytes;
  }
}

async function* messagesOf(
  { store, tenant, times }: ExportRequest,
  exported: Exported,
): AsyncGenerator<Uint8Array> {
  yield* messagesOfBlocks(store.directory, tenant, { times, exported });
  if (store.heldBy !== undefined) return;
  for (const path of tenant.segments) {
    const batches = readSegment(path);
    for (;;) {
      const { done, value } = await batches.next();
      if (done === true) {
        exported.damagedRecords += value.damagedAt.length + value.unreadable;
        break;
      }
      yield value.otlp;
    }
  }
  const holder = await processWithFolder(store.directory);
  if (holder === undefined) return;
  throw new ExportError(`process ${holder} opened the store meanwhile: export it again`);
}

interface BlockExport {
  readonly times: SpanTimes;
  readonly exported: Exported;
}

/**
 * A server may merge blocks meanwhile, or delete old ones: then the files are listed anew, and those
 * follow that have something beyond what was read.
 */
async function* messagesOfBlocks(
  directory: string,
  tenant: StoredTenant,
  { times, exported }: BlockExport,
): AsyncGenerator<Uint8Array> {
  const cache = new PageCache(CACHE_BYTES);
  let waiting = [...tenant.blocks];
  let upTo = 0;
  for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
    const block = openUnlessDeleted(next.path, cache);
    if (block === undefined) {
      const now = await listStoredTenants(directory);
      const same = now.find((one) => one.folder === tenant.folder);
      const read = upTo;
      waiting = (same?.blocks ?? []).filter(({ last }) => last > read);
      continue;
    }
    try {
      const isWithin = block.newestNano >= times.fromNano && block.oldestNano <= times.toNano;
      if (isWithin) yield* block.readAll();
      exported.damagedPages += block.damagedPages;
    } finally {
      block.close();
    }
    upTo = next.last;
  }
}

/** @throws BlockError for a file that is there and cannot be opened */
function openUnlessDeleted(path: string, cache: PageCache): Block | undefined {
  try {
    return openBlock(openBlockFile(path), cache);
  } catch (error) {
    if (error instanceof BlockError && wasDeleted(error)) return undefined;
    throw error;
  }
}

/** The spans of a message that start within the times. */
function within(
  otlp: Uint8Array,
  { fromNano, toNano }: SpanTimes,
): { readonly otlp: Uint8Array; readonly spans: number } {
  const scan = scanSpans(otlp);
  const isWithin = (row: number): boolean => {
    const start = scan.startTimesUnixNano[row] ?? 0n;
    return start >= fromNano && start <= toNano;
  };
  let spans = 0;
  for (let row = 0; row < scan.count; row++) if (isWithin(row)) spans += 1;
  if (spans === scan.count || spans === 0) return { otlp, spans };
  return { otlp: rewriteSpans(otlp, scan, { keepSpan: isWithin }), spans };
}
