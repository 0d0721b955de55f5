import { join } from 'node:path';
import { runToEnd } from '../../model/in-turns.ts';
import { openBlock } from './block/block.ts';
import type { Block } from './block/block.ts';
import { openBlockFile } from './block/block-file.ts';
import { BlockError } from './block/block-format.ts';
import { mergeBlocks } from './block/merge-blocks.ts';
import { PageCache } from './block/page-cache.ts';
import { blockPath } from './block-name.ts';
import type { BlockName } from './block-name.ts';
import type { MadeBlock } from './make-block.ts';
import { writeBlockFile } from './write-block-file.ts';

/** Blocks to make one of. */
export interface MergeJob {
  /** Of blocks. */
  readonly folder: string;
  /** Paths. */
  readonly parts: readonly string[];
  /** Of the merged block. */
  readonly name: BlockName;
}

const CACHE_BYTES = 8 * 2 ** 20;

/**
 * Makes the file of a merged block; there is either all of it under its name or nothing. The parts
 * stay: whoever opens a storage with both knows by their names which have been merged.
 * @throws BlockError when a part cannot be read wholly: what it still has would be all there is
 */
export function mergeFiles({ folder, parts, name }: MergeJob): MadeBlock {
  const before = process.threadCpuUsage();
  const cache = new PageCache(CACHE_BYTES);
  const blocks: Block[] = [];
  try {
    for (const path of parts) blocks.push(openBlock(openBlockFile(path), cache));
    const { bytes, spanCount, repeatedSpanCount } = runToEnd(mergeBlocks(blocks));
    const damaged = blocks.findIndex(({ damagedPages }) => damagedPages > 0);
    if (damaged >= 0) throw new BlockError(`a page of ${parts[damaged] ?? ''} is damaged`);
    const path = join(folder, blockPath(name));
    writeBlockFile(path, bytes);
    const { user, system } = process.threadCpuUsage(before);
    return { path, spanCount, repeatedSpanCount, cpuSeconds: (user + system) / 1e6 };
  } finally {
    for (const block of blocks) block.close();
  }
}
