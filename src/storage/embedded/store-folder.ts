import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText, systemErrorCode } from '../../runtime/errors.ts';
import { isJsonObject } from '../../runtime/json-object.ts';
import { lockFolder } from '../../record-log/folder-lock.ts';
import { tenantFolder, tenantOfFolder } from './tenant-folder.ts';
import { newerFormat } from './state-file.ts';
import { StoreOpenError } from './storage-error.ts';

/**
 * The folder of a storage:
 *
 *     store.json                 format version
 *     lock.…                     the process that has it
 *     tenants/<name>/log/        what is not in blocks yet; see `record-log`
 *     tenants/<name>/blocks/<day of arrival>/<numbers>.<arrivals>.<segment>.block
 *     archive/<name>/…           traces that somebody chose to keep; as below `tenants`
 *     sampling/, leases.json     see `embedded-sampling.ts`, `embedded-leases.ts`
 */
export interface StoreFolder {
  readonly traces: TenantFolders;
  readonly archive: TenantFolders;
  release(): Promise<void>;
}

/** Folders of tenants, side by side. */
export interface TenantFolders {
  /** Tenants that have a folder. */
  tenants(): Promise<readonly string[]>;
  /** undefined when the name is too long for a folder. */
  folderOf(tenant: string): string | undefined;
}

const FORMAT = 1;
const FORMAT_FILE = 'store.json';

/** @throws StoreOpenError for a folder that another process has, or of a later version */
export async function openStoreFolder(folder: string): Promise<StoreFolder> {
  await attempt(folder, () => mkdir(join(folder, 'tenants'), { recursive: true }));
  const lock = await attempt(folder, () => lockFolder(folder));
  try {
    await checkFormat(folder);
  } catch (error) {
    await lock.release();
    throw error;
  }
  return { ...tenantFolders(folder), release: () => lock.release() };
}

/** Where the tenants of a storage are, whoever has it. */
export function tenantFolders(folder: string): Pick<StoreFolder, 'traces' | 'archive'> {
  return {
    traces: foldersIn(join(folder, 'tenants')),
    archive: foldersIn(join(folder, 'archive')),
  };
}

function foldersIn(folder: string): TenantFolders {
  return {
    tenants: async () =>
      (await namesIn(folder)).flatMap((name) => tenantOfFolder(name) ?? []).toSorted(),
    folderOf: (tenant) => {
      const name = tenantFolder(tenant);
      return name === undefined ? undefined : join(folder, name);
    },
  };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return await readdir(folder);
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function checkFormat(folder: string): Promise<void> {
  if ((await readStoreFormat(folder)) !== undefined) return;
  await writeFile(join(folder, FORMAT_FILE), `${JSON.stringify({ format: FORMAT })}\n`);
}

/**
 * The format version of a storage; undefined when none was ever written, or not wholly.
 * @throws StoreOpenError for a later version
 */
export async function readStoreFormat(folder: string): Promise<number | undefined> {
  const path = join(folder, FORMAT_FILE);
  const format = await readFormat(path);
  if (format !== undefined && format > FORMAT) throw newerFormat(path, format);
  return format;
}

/** undefined when it was never written, or not wholly. */
async function readFormat(path: string): Promise<number | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isJsonObject(value) && typeof value['format'] === 'number' ? value['format'] : undefined;
  } catch (error) {
    if (error instanceof SyntaxError || systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}

async function attempt<T>(folder: string, action: () => Promise<T>): Promise<T> {
  try {
    return await action();
  } catch (error) {
    throw new StoreOpenError(`${folder} cannot be opened: ${errorText(error)}`, { cause: error });
  }
}
