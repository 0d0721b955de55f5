import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { errorText, systemErrorCode } from '../../runtime/errors.ts';
import { isJsonObject } from '../../runtime/json-object.ts';
import { lockFolder } from '../../record-log/folder-lock.ts';
import { tenantFolder, tenantOfFolder } from './tenant-folder.ts';
import { StoreOpenError } from './storage-error.ts';

/**
 * The folder of a storage:
 *
 *     store.json                 format version
 *     lock.…                     the process that has it
 *     tenants/<name>/log/        what is not in blocks yet; see `record-log`
 *     tenants/<name>/blocks/<day of arrival>/<numbers>.<arrivals>.<segment>.block
 */
export interface StoreFolder {
  /** Tenants that have a folder. */
  tenants(): Promise<readonly string[]>;
  /** undefined when the name is too long for a folder. */
  folderOf(tenant: string): string | undefined;
  release(): Promise<void>;
}

const FORMAT = 1;

/** @throws StoreOpenError for a folder that another process has, or of a later version */
export async function openStoreFolder(folder: string): Promise<StoreFolder> {
  const tenants = join(folder, 'tenants');
  await attempt(folder, () => mkdir(tenants, { recursive: true }));
  const lock = await attempt(folder, () => lockFolder(folder));
  try {
    await checkFormat(folder);
  } catch (error) {
    await lock.release();
    throw error;
  }
  return {
    tenants: async () => (await readdir(tenants)).flatMap((name) => tenantOfFolder(name) ?? []),
    folderOf: (tenant) => {
      const name = tenantFolder(tenant);
      return name === undefined ? undefined : join(tenants, name);
    },
    release: () => lock.release(),
  };
}

async function checkFormat(folder: string): Promise<void> {
  const path = join(folder, 'store.json');
  const format = await readFormat(path);
  if (format === undefined) {
    await writeFile(path, `${JSON.stringify({ format: FORMAT })}\n`);
  } else if (format > FORMAT) {
    throw new StoreOpenError(
      `${folder} has format version ${format}; this program reads up to ${FORMAT}`,
    );
  }
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
