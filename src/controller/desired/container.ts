/** A container as this operator writes it; fields of users are kept as they are. */
export interface Container {
  readonly name: string;
  readonly image: string;
  readonly args: readonly string[];
  readonly env: readonly object[];
  readonly ports: readonly ContainerPort[];
  readonly [field: string]: unknown;
}

export interface ContainerPort {
  readonly name: string;
  readonly containerPort: number;
  readonly protocol: 'TCP' | 'UDP';
  readonly hostPort?: number;
}

/** What a managed container may do; a user's fields within the restricted standard win. */
const RESTRICTED = {
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  runAsNonRoot: true,
} as const;

export function containerSecurity(user: {
  readonly capabilities?: { readonly add?: readonly string[] | undefined } | undefined;
  readonly [field: string]: unknown;
}): object {
  const add = user.capabilities?.add ?? [];
  return {
    ...RESTRICTED,
    seccompProfile: { type: 'RuntimeDefault' },
    ...user,
    capabilities: { drop: ['ALL'], ...(add.length > 0 ? { add } : {}) },
  };
}

/** Probes of a role's admin port, as Jaeger's operator set them. */
export function probes(port: string | number, livenessProbe: object | undefined): object {
  const httpGet = { path: '/', port, scheme: 'HTTP' };
  return {
    livenessProbe: livenessProbe ?? {
      httpGet,
      initialDelaySeconds: 5,
      periodSeconds: 15,
      failureThreshold: 5,
    },
    readinessProbe: { httpGet, initialDelaySeconds: 1, periodSeconds: 2, failureThreshold: 5 },
  };
}

/**
 * Asks every second until the role first answers, so that a pod is ready as soon as it works; the
 * other probes begin then. Not for a sidecar: a pod must start even when its agent cannot.
 */
export function startupProbe(port: string | number, seconds = 120): object {
  const httpGet = { path: '/', port, scheme: 'HTTP' };
  return { startupProbe: { httpGet, periodSeconds: 1, failureThreshold: seconds } };
}
