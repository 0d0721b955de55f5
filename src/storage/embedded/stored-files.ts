import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { parseSegmentPath } from '../../record-log/segment-file.ts';
import { systemErrorCode } from '../../runtime/errors.ts';
import { parseBlockPath, segmentId } from './block-name.ts';
import type { BlockName } from './block-name.ts';
import { tenantFolders } from './store-folder.ts';
import type { TenantFolders } from './store-folder.ts';

export interface StoredBlockFile extends BlockName {
  readonly path: string;
}

/** The files of one tenant, or of what is in its archive. */
export interface StoredTenant {
  readonly name: string;
  readonly isArchive: boolean;
  /** Of its blocks. */
  readonly folder: string;
  /** In the order they were made. */
  readonly blocks: readonly StoredBlockFile[];
  /** Paths of the segments of the log that are not in blocks, oldest first. */
  readonly segments: readonly string[];
}

/** What a storage has, without opening or changing anything; whoever has it may change it meanwhile. */
export async function listStoredTenants(folder: string): Promise<readonly StoredTenant[]> {
  const { traces, archive } = tenantFolders(folder);
  return [...(await tenantsIn(traces, false)), ...(await tenantsIn(archive, true))];
}

async function tenantsIn(
  folders: TenantFolders,
  isArchive: boolean,
): Promise<readonly StoredTenant[]> {
  const tenants: StoredTenant[] = [];
  for (const name of await folders.tenants()) {
    const path = folders.folderOf(name);
    if (path !== undefined) tenants.push({ name, isArchive, ...(await filesOf(path)) });
  }
  return tenants;
}

type TenantFiles = Pick<StoredTenant, 'folder' | 'blocks' | 'segments'>;

async function filesOf(path: string): Promise<TenantFiles> {
  const folder = join(path, 'blocks');
  // Segments first: one that becomes a block meanwhile is in both lists, and not in neither.
  const segments = await segmentsIn(join(path, 'log'));
  const files = await blocksIn(folder);
  const inBlocks = new Set(files.map(({ segment }) => segment));
  const covered = segments.findLastIndex((segment) => inBlocks.has(segmentId(segment)));
  return { folder, blocks: withoutParts(files), segments: segments.slice(covered + 1) };
}

async function segmentsIn(folder: string): Promise<readonly string[]> {
  return (await namesIn(folder))
    .flatMap((name) => parseSegmentPath(join(folder, name)) ?? [])
    .toSorted((a, b) => a.number - b.number)
    .map(({ path }) => path);
}

async function blocksIn(folder: string): Promise<readonly StoredBlockFile[]> {
  const paths: string[] = [];
  for (const day of await namesIn(folder)) {
    for (const name of await namesIn(join(folder, day))) paths.push(join(folder, day, name));
  }
  return paths.flatMap((path) => {
    const name = parseBlockPath(path);
    return name === undefined ? [] : [{ path, ...name }];
  });
}

/** Leaves out blocks that a merged one has taken the place of. */
function withoutParts(files: readonly StoredBlockFile[]): readonly StoredBlockFile[] {
  let upTo = 0;
  return files
    .toSorted((a, b) => a.first - b.first || b.last - a.last)
    .filter(({ last }) => {
      const isPart = last <= upTo;
      upTo = Math.max(upTo, last);
      return !isPart;
    });
}

/** None when the folder is not there, or is a file. */
async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) return [];
    throw error;
  }
}
