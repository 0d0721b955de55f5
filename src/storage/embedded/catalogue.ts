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
  const catalogue = createCatalogue(options);
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

interface OpenableCatalogue extends Catalogue {
  skip(path: string): void;
}

function createCatalogue({ cache, logger }: CatalogueOptions): OpenableCatalogue {
  let entries: readonly Entry[] = [];
  const names = new NameCounts();
  let unreadable = 0;
  let version = 0;
  let nextNumber = 1;
  const closeUnused = (entry: Entry): void => {
    if (entry.users === 0 && entry.isGone) entry.block.close();
  };
  const open = (path: string): Entry => {
    const name = parseBlockPath(path);
    if (name === undefined) throw new BlockError(`${path} is not named like a block`);
    const file = openBlockFile(path);
    try {
      const block = openBlock(file, cache);
      const releaseNames = names.add(readNames(block, path, logger));
      return { ...name, path, block, releaseNames, users: 0, isGone: false };
    } catch (error) {
      file.close();
      throw error;
    }
  };
  return {
    get blocks() {
      return entries;
    },
    names,
    get unreadable() {
      return unreadable;
    },
    get version() {
      return version;
    },
    get nextNumber() {
      return nextNumber;
    },
    add: (path) => {
      const entry = open(path);
      entries = [...entries, entry].sort((a, b) => a.first - b.first);
      nextNumber = Math.max(nextNumber, entry.last + 1);
      version += 1;
      return entry;
    },
    skip: (path) => {
      unreadable += 1;
      nextNumber = Math.max(nextNumber, (parseBlockPath(path)?.last ?? 0) + 1);
    },
    remove: async (blocks) => {
      const gone = entries.filter((entry) => blocks.includes(entry));
      entries = entries.filter((entry) => !gone.includes(entry));
      version += 1;
      for (const entry of gone) {
        entry.isGone = true;
        entry.releaseNames();
        closeUnused(entry);
      }
      for (const { path } of gone) await deleteFile(path);
    },
    lease: () => {
      const leased = entries;
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
    },
    close: () => {
      for (const entry of entries) {
        entry.isGone = true;
        closeUnused(entry);
      }
      entries = [];
    },
  };
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
