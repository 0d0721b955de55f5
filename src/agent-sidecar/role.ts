import type { Role } from '../runtime/role.ts';
import { startAgentSidecar } from './agent-sidecar.ts';
import { agentSidecarSettings } from './config.ts';

/** Takes spans next to the application and forwards them to a collector. */
export const agentSidecarRole: Role<typeof agentSidecarSettings> = {
  name: 'agent-sidecar',
  settings: agentSidecarSettings,
  adminHostPort: ({ admin }) => admin,
  start: startAgentSidecar,
};
