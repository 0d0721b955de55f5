import type { Role } from '../runtime/role.ts';
import { startAllInOne } from './all-in-one.ts';
import { allInOneSettings } from './config.ts';

/** Receives, keeps and shows traces in one process. */
export const allInOneRole: Role<typeof allInOneSettings> = {
  name: 'all-in-one',
  settings: allInOneSettings,
  adminHostPort: ({ admin }) => admin,
  start: startAllInOne,
};
