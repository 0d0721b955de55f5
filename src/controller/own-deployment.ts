import { errorText } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import type { KubeApi } from './kube/kube-api.ts';
import type { ObjectKey, OwnerReference, ResourceKind } from './kube-object.ts';

const DEPLOYMENT: ResourceKind = {
  apiVersion: 'apps/v1',
  kind: 'Deployment',
  plural: 'deployments',
  namespaced: true,
};

/**
 * Makes the operator's Deployment the owner of what the operator writes for itself, so that this
 * goes when the operator is removed. Without a name, without the Deployment or without the right to
 * read it there is no owner: those objects stay behind then, and nothing else changes.
 */
export async function ownDeployment(
  api: KubeApi,
  key: ObjectKey,
  { logger, signal }: { readonly logger: Logger; readonly signal: AbortSignal },
): Promise<OwnerReference | undefined> {
  if (key.name === '') return undefined;
  try {
    const uid = (await api.get(DEPLOYMENT, key, signal))?.metadata.uid;
    if (uid !== undefined) {
      return { apiVersion: DEPLOYMENT.apiVersion, kind: DEPLOYMENT.kind, name: key.name, uid };
    }
    logger.warn({ deployment: key }, 'own deployment not found: lease and certificates outlive it');
  } catch (error) {
    const shown = errorText(error);
    logger.warn({ deployment: key, error: shown }, 'own deployment not read; goes on without');
  }
  return undefined;
}
