/** Any Kubernetes object, as JSON. Fields beyond these are read with the guards of its user. */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: ObjectMeta;
  readonly [field: string]: unknown;
}

export interface ObjectMeta {
  readonly name: string;
  readonly namespace?: string;
  readonly uid?: string;
  readonly resourceVersion?: string;
  readonly generation?: number;
  readonly creationTimestamp?: string;
  readonly deletionTimestamp?: string;
  readonly labels?: Readonly<Record<string, string>>;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly ownerReferences?: readonly OwnerReference[];
  readonly finalizers?: readonly string[];
  readonly generateName?: string;
}

export interface OwnerReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
}

/** A kind as the API server's paths name it. */
export interface ResourceKind {
  /** `v1`, `apps/v1`. */
  readonly apiVersion: string;
  readonly kind: string;
  /** `deployments`. */
  readonly plural: string;
  readonly namespaced: boolean;
}

export interface ObjectKey {
  readonly namespace: string;
  readonly name: string;
}

/** With this owner instead of another one, or of one that was deleted and made anew. */
export function ownedBy(owner: OwnerReference | undefined, metadata: ObjectMeta): ObjectMeta {
  const owned = metadata.ownerReferences?.some(({ uid }) => uid === owner?.uid) === true;
  return owner === undefined || owned ? metadata : { ...metadata, ownerReferences: [owner] };
}
