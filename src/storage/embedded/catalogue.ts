import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText, systemErrorCode } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Block } from './block/block.ts';
import { openBlock } from './block/block.ts';
import { openBlockFile } from './block/block-file.ts';
import { BlockError } from './block/block-format.ts';
import type { PageCache } from './block/page-cache.ts';
import { parseBlockPath } from './block-name.ts';
import type { BlockName } from './block-name.ts';
import { NameCounts } from './name-counts.ts';

export interface StoredBlock extends BlockName {
  readonly path: string;
  readonly block: Block;
}

/** Blocks that stay open until they are given back. */
export interface BlockLease {
  readonly blocks: readonly StoredBlock[];
  release(): void;
}

/** The blocks of one tenant, and their names. */
export interface Catalogue {
  /** Oldest first. */
  readonly blocks: readonly StoredBlock[];
  readonly names: NameCounts;
  /** Files that are named like blocks and cannot be opened; they are left alone. */
  readonly unreadable: number;
  /** Grows with every change. */
  readonly version: number;
  readonly nextNumber: number;
  /** Opens a block whose file is there. @throws BlockError */
  add(path: string): StoredBlock;
  /** Takes blocks out, for good when their readers are done, and deletes their files. */
  remove(blocks: readonly StoredBlock[]): Promise<void>;
  lease(): BlockLease;
  close(): void;
}

interface Entry extends StoredBlock {
  readonly releaseNames: () => void;
  users: number;
  isGone: boolean;
}

export interface CatalogueOptions {
  readonly folder: string;
  readonly cache: PageCache;
  readonly logger: Logger;
}

/** Opens all blocks of a folder, and removes what a crash left of others. */
export async function openCatalogue(options: CatalogueOptions): Promise<Catalogue> {
  await mkdir(options.folder, { recursive: true });
  const paths = await listBlocks(options.folder);
  const catalogue = new OpenCatalogue(options);
  for (const path of await withoutSuperseded(paths)) {
    try {
      catalogue.add(path);
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
      catalogue.skip(path);
      options.logger.error(
        `a block cannot be opened and is left out: ${path}: ${errorText(error)}`,
      );
    }
  }
  return catalogue;
}

class OpenCatalogue implements Catalogue {
  readonly names = new NameCounts();
  unreadable = 0;
  version = 0;
  nextNumber = 1;
  private entries: readonly Entry[] = [];
  private readonly options: CatalogueOptions;

  constructor(options: CatalogueOptions) {
    this.options = options;
  }

  get blocks(): readonly StoredBlock[] {
    return this.entries;
  }

  add(path: string): StoredBlock {
    const entry = this.open(path);
    this.entries = [...this.entries, entry].sort((a, b) => a.first - b.first);
    this.nextNumber = Math.max(this.nextNumber, entry.last + 1);
    this.version += 1;
    return entry;
  }

  /** Counts a file that cannot be opened; its numbers are not used again. */
  skip(path: string): void {
    this.unreadable += 1;
    this.nextNumber = Math.max(this.nextNumber, (parseBlockPath(path)?.last ?? 0) + 1);
  }

  async remove(blocks: readonly StoredBlock[]): Promise<void> {
    const gone = this.entries.filter((entry) => blocks.includes(entry));
    this.entries = this.entries.filter((entry) => !gone.includes(entry));
    this.version += 1;
    for (const entry of gone) {
      entry.isGone = true;
      entry.releaseNames();
      closeUnused(entry);
    }
    for (const { path } of gone) await deleteFile(path);
  }

  lease(): BlockLease {
    const leased = this.entries;
    for (const entry of leased) entry.users += 1;
    let isReleased = false;
    return {
      blocks: leased,
      release: () => {
        if (isReleased) return;
        isReleased = true;
        for (const entry of leased) {
          entry.users -= 1;
          closeUnused(entry);
        }
      },
    };
  }

  close(): void {
    for (const entry of this.entries) {
      entry.isGone = true;
      closeUnused(entry);
    }
    this.entries = [];
  }

  private open(path: string): Entry {
    const name = parseBlockPath(path);
    if (name === undefined) throw new BlockError(`${path} is not named like a block`);
    const file = openBlockFile(path);
    try {
      const block = openBlock(file, this.options.cache);
      const releaseNames = this.names.add(readNames(block, path, this.options.logger));
      return { ...name, path, block, releaseNames, users: 0, isGone: false };
    } catch (error) {
      file.close();
      throw error;
    }
  }
}

function closeUnused({ users, isGone, block }: Entry): void {
  if (users === 0 && isGone) block.close();
}

/** None when the page with the names is damaged: the spans are found all the same. */
function readNames(
  block: Block,
  path: string,
  logger: Logger,
): Pick<ReturnType<Block['names']>, 'operations'> {
  try {
    return block.names();
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    logger.error(`the names of a block cannot be read: ${path}: ${errorText(error)}`);
    return { operations: [] };
  }
}

async function listBlocks(folder: string): Promise<readonly string[]> {
  const paths: string[] = [];
  for (const day of await readdir(folder, { withFileTypes: true })) {
    if (!day.isDirectory()) continue;
    for (const name of await readdir(join(folder, day.name))) {
      const path = join(folder, day.name, name);
      if (name.endsWith('.tmp')) await rm(path);
      else if (parseBlockPath(path) !== undefined) paths.push(path);
    }
  }
  return paths;
}

/** Deletes blocks that a merged one has taken the place of, and leaves the others. */
async function withoutSuperseded(paths: readonly string[]): Promise<readonly string[]> {
  const named = paths
    .flatMap((path) => {
      const name = parseBlockPath(path);
      return name === undefined ? [] : [{ path, ...name }];
    })
    .sort((a, b) => a.first - b.first || b.last - a.last);
  const kept: string[] = [];
  let upTo = 0;
  for (const { path, last } of named) {
    if (last <= upTo) await deleteFile(path);
    else kept.push(path);
    upTo = Math.max(upTo, last);
  }
  return kept;
}

async function deleteFile(path: string): Promise<void> {
  await rm(path, { force: true });
  try {
    await rmdir(join(path, '..'));
  } catch (error) {
    // Other blocks of the day are there, or the folder is gone already.
    if (!['ENOTEMPTY', 'EEXIST', 'ENOENT'].includes(systemErrorCode(error) ?? '')) throw error;
  }
}
