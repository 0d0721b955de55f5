import type { TenantFolders } from './store-folder.ts';
import type { Tenant } from './tenant.ts';

/** The tenants of a storage, each opened once: those that are there at first, others at a write. */
export interface Tenants {
  readonly open: ReadonlyMap<string, Tenant>;
  /** undefined when there are too many, or its name is too long. */
  forWriting(name: string): Promise<Tenant> | undefined;
  close(): Promise<void>;
}

export interface TenantsOptions {
  readonly folder: TenantFolders;
  readonly tenantsMax: number;
  readonly openTenant: (folder: string) => Promise<Tenant>;
}

export async function openTenants(options: TenantsOptions): Promise<Tenants> {
  const open = new Map<string, Tenant>();
  const opening = new Map<string, Promise<Tenant>>();
  const openOne = async (name: string, path: string): Promise<Tenant> => {
    try {
      const tenant = await options.openTenant(path);
      open.set(name, tenant);
      return tenant;
    } finally {
      opening.delete(name);
    }
  };
  const close = async (): Promise<void> => {
    await Promise.allSettled(opening.values());
    const closed = await Promise.allSettled([...open.values()].map((tenant) => tenant.close()));
    open.clear();
    for (const result of closed) if (result.status === 'rejected') throw result.reason;
  };
  const forWriting = (name: string): Promise<Tenant> | undefined => {
    const known = open.get(name);
    if (known !== undefined) return Promise.resolve(known);
    const coming = opening.get(name);
    if (coming !== undefined) return coming;
    const path = options.folder.folderOf(name);
    if (path === undefined || open.size + opening.size >= options.tenantsMax) return undefined;
    const tenant = openOne(name, path);
    opening.set(name, tenant);
    return tenant;
  };
  try {
    for (const name of await options.folder.tenants()) {
      const path = options.folder.folderOf(name);
      if (path !== undefined) await openOne(name, path);
    }
  } catch (error) {
    await close();
    throw error;
  }
  return { open, forWriting, close };
}
