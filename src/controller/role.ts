import type { Role } from '../runtime/role.ts';
import { controllerSettings } from './config.ts';
import { startController } from './controller.ts';

/** The operator. */
export const controllerRole: Role<typeof controllerSettings> = {
  name: 'controller',
  settings: controllerSettings,
  adminHostPort: () => undefined,
  start: startController,
};
