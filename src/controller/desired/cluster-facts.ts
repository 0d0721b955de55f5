/** What the desired objects depend on beside the instance; gathered before deciding. */
export interface ClusterFacts {
  readonly serverVersion: { readonly major: number; readonly minor: number };
  /** Image of every role, unless the instance names another. */
  readonly image: string;
  /** undefined: the cluster has no default, or several. */
  readonly defaultIngressClass: string | undefined;
}

/** Sidecar init containers (restartPolicy Always) are on without a feature gate from 1.29. */
export function hasNativeSidecars({ serverVersion }: ClusterFacts): boolean {
  const { major, minor } = serverVersion;
  return major > 1 || (major === 1 && minor >= 29);
}
