import { mkdir, readdir, rm, rmdir } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText, systemErrorCode } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Block } from './block/block.ts';
import { openBlock } from './block/block.ts';
import { openBlockFile } from './block/block-file.ts';
import { BlockError, BlockVersionError } from './block/block-format.ts';
import type { BlockOperation } from './block/block-names.ts';
import type { PageCache } from './block/page-cache.ts';
import { parseBlockPath } from './block-name.ts';
import type { BlockName } from './block-name.ts';
import { NameCounts } from './name-counts.ts';
import { StoreOpenError } from './storage-error.ts';

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
  /** Of all blocks; theirs are in folders by day in it. */
  readonly folder: string;
  /** Oldest first. */
  readonly blocks: readonly StoredBlock[];
  readonly names: NameCounts;
  /** Files that are named like blocks and cannot be opened; they are left alone. */
  readonly unreadable: number;
  /** Grows with every change. */
  readonly version: number;
  readonly nextNumber: number;
  /**
   * Opens blocks whose files are there and takes others out, for good when their readers are done, in
   * one step with `onSwitch`. Then deletes the files of the others. One change after the other.
   * False, with nothing changed, when one that others take the place of is not here any more.
   * @throws BlockError
   */
  replace(change: PathChange, onSwitch?: () => void): Promise<boolean>;
  lease(): BlockLease;
  close(): void;
}

export interface PathChange {
  readonly added: readonly string[];
  readonly removed: readonly StoredBlock[];
}

export interface StoredChange {
  readonly added: readonly StoredBlock[];
  readonly removed: readonly StoredBlock[];
}

interface Entry extends StoredBlock {
  /** Until its names are counted: hundreds in each block, and mostly the same. */
  operations: readonly BlockOperation[];
  releaseNames: () => void;
  users: number;
  isGone: boolean;
}

export interface CatalogueOptions {
  readonly folder: string;
  readonly cache: PageCache;
  readonly logger: Logger;
  /** Gets ready for a change, before it is seen; returns what belongs to making it seen. */
  readonly prepare: (change: StoredChange) => Promise<() => void>;
}

/**
 * Opens all blocks of a folder, and removes what a crash left of others.
 * @throws StoreOpenError for a block of a later version: left out, its spans would seem to be lost
 */
export async function openCatalogue(options: CatalogueOptions): Promise<Catalogue> {
  await mkdir(options.folder, { recursive: true });
  const paths = await listBlocks(options.folder);
  const catalogue = new OpenCatalogue(options);
  for (const path of await withoutSuperseded(paths)) {
    try {
      catalogue.addFirst(path);
    } catch (error) {
      if (!(error instanceof BlockError)) throw error;
      if (error instanceof BlockVersionError) {
        catalogue.close();
        throw new StoreOpenError(`${path}: ${error.message}`, { cause: error });
      }
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
  private changing: Promise<unknown> = Promise.resolve();
  private readonly options: CatalogueOptions;

  constructor(options: CatalogueOptions) {
    this.options = options;
  }

  get folder(): string {
    return this.options.folder;
  }

  get blocks(): readonly StoredBlock[] {
    return this.entries;
  }

  /** Of what is there at first. @throws BlockError */
  addFirst(path: string): void {
    this.show([this.open(path)], []);
  }

  replace(change: PathChange, onSwitch: () => void = () => undefined): Promise<boolean> {
    const changed = this.changing.then(() => this.change(change, onSwitch));
    this.changing = changed.catch(() => undefined);
    return changed;
  }

  /** Counts a file that cannot be opened; its numbers are not used again. */
  skip(path: string): void {
    this.unreadable += 1;
    this.nextNumber = Math.max(this.nextNumber, (parseBlockPath(path)?.last ?? 0) + 1);
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

  private async change({ added, removed }: PathChange, onSwitch: () => void): Promise<boolean> {
    const gone = this.entries.filter((entry) => removed.includes(entry));
    if (added.length > 0 && gone.length < removed.length) return false;
    const come = this.openAll(added);
    try {
      const commit = await this.options.prepare({ added: come, removed: gone });
      commit();
    } catch (error) {
      for (const { block } of come) block.close();
      throw error;
    }
    this.show(come, gone);
    onSwitch();
    for (const { path } of gone) await deleteFile(path);
    return true;
  }

  private show(come: readonly Entry[], gone: readonly Entry[]): void {
    const kept = this.entries.filter((entry) => !gone.includes(entry));
    this.entries = [...kept, ...come].sort((a, b) => a.first - b.first);
    this.version += 1;
    for (const entry of come) {
      entry.releaseNames = this.names.add(entry);
      entry.operations = [];
      this.nextNumber = Math.max(this.nextNumber, entry.last + 1);
    }
    for (const entry of gone) {
      entry.isGone = true;
      entry.releaseNames();
      closeUnused(entry);
    }
  }

  private openAll(paths: readonly string[]): readonly Entry[] {
    const opened: Entry[] = [];
    try {
      for (const path of paths) opened.push(this.open(path));
      return opened;
    } catch (error) {
      for (const { block } of opened) block.close();
      throw error;
    }
  }

  private open(path: string): Entry {
    const name = parseBlockPath(path);
    if (name === undefined) throw new BlockError(`${path} is not named like a block`);
    const file = openBlockFile(path);
    try {
      const block = openBlock(file, this.options.cache);
      const operations = readOperations(block, path, this.options.logger);
      const releaseNames = (): void => undefined;
      return { ...name, path, block, operations, releaseNames, users: 0, isGone: false };
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
function readOperations(block: Block, path: string, logger: Logger): readonly BlockOperation[] {
  try {
    return block.names().operations;
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    logger.error(`the names of a block cannot be read: ${path}: ${errorText(error)}`);
    return [];
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
