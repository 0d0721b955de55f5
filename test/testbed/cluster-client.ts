import { runCommand } from './run-command.ts';
import type { CommandOptions } from './run-command.ts';

/** What a process needs to use a running cluster; plain data, so it can be handed to another. */
export interface ClusterAccess {
  readonly kubeconfig: string;
  readonly apiServer: string;
  /** Address of this machine that the API server and pods reach. */
  readonly hostAddress: string;
  /** Folder of kubectl and helm. */
  readonly bin: string;
  readonly containerdSockets: readonly string[];
}

export type ClusterCommand = (
  args: readonly string[],
  options?: Pick<CommandOptions, 'stdin' | 'timeoutMs'>,
) => Promise<string>;

export interface ClusterClient extends ClusterAccess {
  /** The environment in which kubectl and helm mean this cluster. */
  readonly env: NodeJS.ProcessEnv;
  /** Resolves to what kubectl prints. @throws CommandError */
  readonly kubectl: ClusterCommand;
  /** Resolves to what helm prints. @throws CommandError */
  readonly helm: ClusterCommand;
  /** Loads an image archive into every node. */
  readonly importImage: (archive: string) => Promise<void>;
}

const IMPORT_TIMEOUT_MS = 120_000;

export function clusterClient(access: ClusterAccess): ClusterClient {
  const env = {
    ...process.env,
    PATH: `${access.bin}:${process.env['PATH'] ?? ''}`,
    KUBECONFIG: access.kubeconfig,
  };
  return {
    ...access,
    env,
    kubectl: (args, options) => runCommand('kubectl', args, { ...options, env }),
    helm: (args, options) => runCommand('helm', args, { ...options, env }),
    importImage: async (archive) => {
      for (const socket of access.containerdSockets) {
        const args = ['-a', socket, '-n', 'k8s.io', 'images', 'import', archive];
        await runCommand('ctr', args, { timeoutMs: IMPORT_TIMEOUT_MS });
      }
    },
  };
}
