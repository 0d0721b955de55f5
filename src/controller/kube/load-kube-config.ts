import { KubeConfig } from '@kubernetes/client-node';
import { UsageError, errorText } from '../../runtime/errors.ts';

export interface KubeConfigSource {
  /** A kubeconfig file; when absent: $KUBECONFIG, ~/.kube/config, the pod's service account. */
  readonly path?: string;
  /** Another context than the file's current one. */
  readonly context?: string;
}

// What client-node falls back to when it finds no configuration at all.
const NOWHERE = 'http://localhost:8080';

/**
 * Where the cluster is and who we are there.
 * @throws UsageError when there is no cluster to talk to.
 */
export function loadKubeConfig(source: KubeConfigSource = {}): KubeConfig {
  const config = new KubeConfig();
  try {
    if (source.path === undefined) config.loadFromDefault();
    else config.loadFromFile(source.path);
  } catch (error) {
    const which = source.path ?? 'the default kubeconfig';
    throw new UsageError(`${which} cannot be read: ${errorText(error)}`, { cause: error });
  }
  if (source.context !== undefined) config.setCurrentContext(source.context);
  const cluster = config.getCurrentCluster();
  if (cluster === null) {
    throw new UsageError(`the kubeconfig has no context ${config.getCurrentContext()}`);
  }
  if (source.path === undefined && cluster.server === NOWHERE) {
    throw new UsageError(
      'no cluster: give --kubeconfig or KUBECONFIG, or run in a pod with a service account',
    );
  }
  return config;
}
