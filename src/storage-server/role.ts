import type { Role } from '../runtime/role.ts';
import { storageServerSettings } from './config.ts';
import { startStorageServer } from './storage-server.ts';

/** Keeps traces for collectors and queries in other processes. */
export const storageServerRole: Role<typeof storageServerSettings> = {
  name: 'storage-server',
  settings: storageServerSettings,
  adminHostPort: ({ admin }) => admin,
  start: startStorageServer,
};
