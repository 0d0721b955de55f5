import { stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { processWithFolder } from '../../record-log/folder-lock.ts';
import { UsageError, systemErrorCode } from '../../runtime/errors.ts';
import { readStoreFormat } from '../../storage/embedded/store-folder.ts';
import { listStoredTenants } from '../../storage/embedded/stored-files.ts';
import type { StoredTenant } from '../../storage/embedded/stored-files.ts';

/** Which tenants a command is about. */
export interface TenantChoice {
  /** undefined: all of them. */
  readonly tenant: string | undefined;
  readonly isArchive: boolean;
}

/** A store as its files say, for commands that only read. */
export interface StoredStore {
  readonly directory: string;
  /** The process that has it open: what is in its logs is being written, and left alone. */
  readonly heldBy: number | undefined;
  readonly tenants: readonly StoredTenant[];
}

/**
 * Looks at the files of a store without opening it.
 * @throws UsageError when there is no store, StoreOpenError when a later version wrote it
 */
export async function lookAtStore(directory: string): Promise<StoredStore> {
  const folder = resolve(directory);
  await requireStore(folder);
  await readStoreFormat(folder);
  return {
    directory: folder,
    heldBy: await processWithFolder(folder),
    tenants: await listStoredTenants(folder),
  };
}

/** @throws UsageError for a folder that is no store */
export async function requireStore(folder: string): Promise<void> {
  try {
    await stat(join(folder, 'store.json'));
  } catch (error) {
    if (!['ENOENT', 'ENOTDIR'].includes(systemErrorCode(error) ?? '')) throw error;
    throw new UsageError(`--directory: ${folder} is no store of the embedded storage`);
  }
}

/** @throws UsageError naming the tenants there are, when the one that is asked for is none of them */
export function chosenTenants(
  { tenants }: StoredStore,
  { tenant, isArchive }: TenantChoice,
): readonly StoredTenant[] {
  const possible = tenants.filter((one) => one.isArchive === isArchive);
  if (tenant === undefined) return possible;
  const chosen = possible.filter(({ name }) => name === tenant);
  if (chosen.length > 0) return chosen;
  const names = possible.map(({ name }) => `'${name}'`).join(', ');
  throw new UsageError(`--tenant: there is no '${tenant}'; there is ${names || 'none'}`);
}

/** What a command says of a store that a process has. */
export function heldNote(pid: number): string {
  return `process ${pid} has the store: spans that are not in blocks yet are left out`;
}

/** A tenant as tables and messages show it. */
export function tenantText({ name, isArchive }: Pick<StoredTenant, 'name' | 'isArchive'>): string {
  const shown = name === '' ? '(none)' : name;
  return isArchive ? `${shown} archive` : shown;
}
