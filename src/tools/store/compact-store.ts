import { rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { runToEnd } from '../../model/in-turns.ts';
import { errorText, systemErrorCode } from '../../runtime/errors.ts';
import { openBlock } from '../../storage/embedded/block/block.ts';
import type { Block } from '../../storage/embedded/block/block.ts';
import { openBlockFile } from '../../storage/embedded/block/block-file.ts';
import { BlockError } from '../../storage/embedded/block/block-format.ts';
import { mergeBlocks } from '../../storage/embedded/block/merge-blocks.ts';
import { PageCache } from '../../storage/embedded/block/page-cache.ts';
import { blockPath } from '../../storage/embedded/block-name.ts';
import { openStoreFolder } from '../../storage/embedded/store-folder.ts';
import type { StoredBlockFile, StoredTenant } from '../../storage/embedded/stored-files.ts';
import { writeBlockFile } from '../../storage/embedded/write-block-file.ts';
import { openOffline } from './open-offline.ts';
import type { OfflineDeps } from './open-offline.ts';
import { chosenTenants, lookAtStore } from './stored-store.ts';

export interface CompactLimits {
  /** Of a merged block. Memory grows with it: about a kilobyte a span. */
  readonly spansMax: number;
}

export interface Compacted {
  blocksBefore: number;
  blocksAfter: number;
  bytesBefore: number;
  bytesAfter: number;
  /** Spans that were in several blocks, and are in one now. */
  repeatedSpans: number;
  /** Blocks that were left as they are, because something in them cannot be read. */
  readonly damaged: { readonly file: string; readonly what: string }[];
}

/** A block is deleted when its newest span is old: those in it must not be much older. */
const ARRIVALS_MS_MAX = 24 * 3_600_000;
const CACHE_BYTES = 16 * 2 ** 20;

/**
 * Makes blocks of what is in logs, then merges blocks of all tenants, or of one.
 * @throws StoreOpenError naming the process that has the store
 */
export async function compactStore(
  directory: string,
  limits: CompactLimits & { readonly tenant: string | undefined },
  deps: OfflineDeps,
): Promise<Compacted> {
  const storage = await openOffline(directory, deps);
  try {
    await storage.flush();
  } finally {
    await storage.close();
  }
  const folder = await openStoreFolder(directory);
  try {
    const store = await lookAtStore(directory);
    const { tenant } = limits;
    const compacted: Compacted = {
      ...{ blocksBefore: 0, blocksAfter: 0, bytesBefore: 0, bytesAfter: 0, repeatedSpans: 0 },
      damaged: [],
    };
    const chosen =
      tenant === undefined ? store.tenants : chosenTenants(store, { tenant, isArchive: false });
    for (const one of chosen) await compactTenant(one, limits, compacted);
    return compacted;
  } finally {
    await folder.release();
  }
}

interface OpenedFile extends StoredBlockFile {
  readonly block: Block;
}

/**
 * Merges neighbouring blocks of a tenant, in trace order, and compresses them for keeping. The caller
 * has locked the store. Ending at any point leaves each span in a block: parts that a merged block has
 * taken the place of are removed when the store is opened.
 */
async function compactTenant(
  tenant: StoredTenant,
  { spansMax }: CompactLimits,
  compacted: Compacted,
): Promise<void> {
  const cache = new PageCache(CACHE_BYTES);
  let group: OpenedFile[] = [];
  const finishGroup = async (): Promise<void> => {
    try {
      if (group.length > 1) await mergeGroup(tenant, group, compacted);
    } finally {
      for (const { block } of group) block.close();
      group = [];
    }
  };
  try {
    for (const file of tenant.blocks) {
      const opened = openOrReport(file, cache, compacted);
      // A merged block has all the numbers between its parts': one that is left must not be among them.
      if (opened === undefined || !fits(opened, group, spansMax, tenant.isArchive)) {
        await finishGroup();
      }
      if (opened !== undefined) group.push(opened);
    }
  } finally {
    await finishGroup();
  }
}

function openOrReport(
  file: StoredBlockFile,
  cache: PageCache,
  compacted: Compacted,
): OpenedFile | undefined {
  compacted.blocksBefore += 1;
  compacted.blocksAfter += 1;
  try {
    const block = openBlock(openBlockFile(file.path), cache);
    compacted.bytesBefore += block.size;
    compacted.bytesAfter += block.size;
    return { ...file, block };
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    compacted.damaged.push({ file: file.path, what: errorText(error) });
    return undefined;
  }
}

function fits(
  file: OpenedFile,
  group: readonly OpenedFile[],
  spansMax: number,
  isArchive: boolean,
): boolean {
  const spans = group.reduce((sum, { block }) => sum + block.spanCount, file.block.spanCount);
  const all = [...group, file];
  const first = Math.min(...all.map(({ firstArrivalMs }) => firstArrivalMs));
  const last = Math.max(...all.map(({ lastArrivalMs }) => lastArrivalMs));
  return spans <= spansMax && (isArchive || last - first <= ARRIVALS_MS_MAX);
}

async function mergeGroup(
  tenant: StoredTenant,
  group: readonly OpenedFile[],
  compacted: Compacted,
): Promise<void> {
  const { bytes, repeatedSpanCount } = runToEnd(mergeBlocks(group.map(({ block }) => block)));
  const damaged = group.filter(({ block }) => block.damagedPages > 0);
  for (const { path, block } of damaged) {
    compacted.damaged.push({ file: path, what: `${block.damagedPages} pages are damaged` });
  }
  // What cannot be read would be gone for good.
  if (damaged.length > 0) return;
  const path = join(tenant.folder, mergedPath(group));
  writeBlockFile(path, bytes);
  for (const part of group) await deleteBlock(part.path);
  compacted.blocksAfter -= group.length - 1;
  compacted.bytesAfter += bytes.length - group.reduce((sum, { block }) => sum + block.size, 0);
  compacted.repeatedSpans += repeatedSpanCount;
}

function mergedPath(group: readonly OpenedFile[]): string {
  return blockPath({
    first: Math.min(...group.map(({ first }) => first)),
    last: Math.max(...group.map(({ last }) => last)),
    firstArrivalMs: Math.min(...group.map(({ firstArrivalMs }) => firstArrivalMs)),
    lastArrivalMs: Math.max(...group.map(({ lastArrivalMs }) => lastArrivalMs)),
    segment: group.at(-1)?.segment ?? '',
  });
}

async function deleteBlock(path: string): Promise<void> {
  await rm(path);
  try {
    await rmdir(dirname(path));
  } catch (error) {
    // Other blocks of the day are there.
    if (!['ENOTEMPTY', 'EEXIST'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}
