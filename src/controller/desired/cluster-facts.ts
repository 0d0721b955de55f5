import { VERSION } from '../../runtime/version.ts';
import type { KubeObject } from '../kube-object.ts';

/** What the desired objects depend on beside the instance; gathered before deciding. */
export interface ClusterFacts {
  readonly serverVersion: { readonly major: number; readonly minor: number };
  /** Image of every role, unless the instance names another. */
  readonly image: string;
  /** undefined: the cluster has no default, or several. */
  readonly defaultIngressClass: string | undefined;
  /** Of the instance: size of its volume, where that is smaller than the spec says. */
  readonly volumeSize?: string;
}

/** The image of this very version, for when nobody says which. */
export const DEFAULT_IMAGE = `jaeger-instance-operator:${VERSION}`;

/** Sidecar init containers (restartPolicy Always) are on without a feature gate from 1.29. */
export function hasNativeSidecars({ serverVersion }: ClusterFacts): boolean {
  const { major, minor } = serverVersion;
  return major > 1 || (major === 1 && minor >= 29);
}

const DEFAULT_CLASS_ANNOTATION = 'ingressclass.kubernetes.io/is-default-class';

/** The one IngressClass marked as default; undefined when none or several are. */
export function defaultIngressClass(classes: readonly KubeObject[]): string | undefined {
  const marked = classes.filter(
    ({ metadata }) => metadata.annotations?.[DEFAULT_CLASS_ANNOTATION] === 'true',
  );
  return marked.length === 1 ? marked[0]?.metadata.name : undefined;
}
