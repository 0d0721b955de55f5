import type { KubeObject, ResourceKind } from '../../../src/controller/kube-object.ts';
import { jsonFields, jsonText } from '../../../src/runtime/json-object.ts';
import { until } from './operator-bed.ts';
import type { OperatorBed } from './operator-bed.ts';

const STORAGE_CLASS: ResourceKind = {
  apiVersion: 'storage.k8s.io/v1',
  kind: 'StorageClass',
  plural: 'storageclasses',
  namespaced: false,
};
const VOLUME: ResourceKind = {
  apiVersion: 'v1',
  kind: 'PersistentVolume',
  plural: 'persistentvolumes',
  namespaced: false,
};
export const CLAIM: ResourceKind = {
  apiVersion: 'v1',
  kind: 'PersistentVolumeClaim',
  plural: 'persistentvolumeclaims',
  namespaced: true,
};

/** A class of volumes that a test makes by itself; expandable, or not. */
export async function newStorageClass(
  { api, signal }: OperatorBed,
  name: string,
  allowVolumeExpansion: boolean,
): Promise<void> {
  const { apiVersion, kind } = STORAGE_CLASS;
  const metadata = { name };
  const provisioner = 'example.com/by-hand';
  const object = { apiVersion, kind, metadata, provisioner, allowVolumeExpansion };
  await api.create(STORAGE_CLASS, object, signal);
}

export interface HandMadeVolume {
  readonly storageClassName: string;
  readonly size: string;
  readonly namespace: string;
  readonly claim: string;
}

/** A volume for one claim, which nobody ever mounts; resolves when the claim has it. */
export async function bindVolume(bed: OperatorBed, volume: HandMadeVolume): Promise<void> {
  const { api, signal } = bed;
  const { storageClassName, size, namespace, claim } = volume;
  const { apiVersion, kind } = VOLUME;
  const spec = {
    capacity: { storage: size },
    accessModes: ['ReadWriteOnce'],
    persistentVolumeReclaimPolicy: 'Retain',
    storageClassName,
    claimRef: { namespace, name: claim },
    hostPath: { path: '/nowhere' },
  };
  await api.create(VOLUME, { apiVersion, kind, metadata: { name: namespace }, spec }, signal);
  await until('the claim is bound', async () => {
    return jsonFields((await claimOf(bed, namespace, claim))?.['status'])['phase'] === 'Bound';
  });
}

/** Takes away what is not in a namespace. */
export async function removeVolume(
  { api, signal }: OperatorBed,
  namespace: string,
  storageClassName: string,
): Promise<void> {
  await api.delete(VOLUME, { namespace: '', name: namespace }, { signal });
  await api.delete(STORAGE_CLASS, { namespace: '', name: storageClassName }, { signal });
}

export function claimOf(
  { api, signal }: OperatorBed,
  namespace: string,
  name: string,
): Promise<KubeObject | undefined> {
  return api.get(CLAIM, { namespace, name }, signal);
}

export async function requestedSize(
  bed: OperatorBed,
  namespace: string,
  name: string,
): Promise<string | undefined> {
  const claim = await claimOf(bed, namespace, name);
  const { requests } = jsonFields(jsonFields(claim?.['spec'])['resources']);
  return jsonText(jsonFields(requests)['storage']);
}
