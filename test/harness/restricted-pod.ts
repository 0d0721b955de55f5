export type Fields = Readonly<Record<string, unknown>>;

export const fields = (value: unknown): Fields => (value ?? {}) as Fields;
const list = (value: unknown): readonly Fields[] => (value ?? []) as Fields[];

const VOLUME_KINDS = [
  'configMap',
  'csi',
  'downwardAPI',
  'emptyDir',
  'ephemeral',
  'persistentVolumeClaim',
  'projected',
  'secret',
];

/**
 * What the restricted Pod Security Standard refuses in a pod, beside host networking and host ports.
 * https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
 */
export function podViolations(pod: Fields): readonly string[] {
  const security = fields(pod['securityContext']);
  const found: string[] = [];
  if (pod['hostPID'] === true || pod['hostIPC'] === true) found.push('host namespaces');
  if (security['sysctls'] !== undefined) found.push('sysctls');
  for (const { name, ...sources } of list(pod['volumes'])) {
    const bad = Object.keys(sources).filter((kind) => !VOLUME_KINDS.includes(kind));
    found.push(...bad.map((kind) => `volume ${String(name)} of ${kind}`));
  }
  const containers = [...list(pod['containers']), ...list(pod['initContainers'])];
  return [...found, ...containers.flatMap((one) => containerViolations(one, security))];
}

function containerViolations(container: Fields, podSecurity: Fields): readonly string[] {
  const own = fields(container['securityContext']);
  const effective = { ...podSecurity, ...own };
  const capabilities = fields(own['capabilities']);
  const added = (capabilities['add'] ?? []) as string[];
  const dropped = (capabilities['drop'] ?? []) as string[];
  const seccomp = String(fields(effective['seccompProfile'])['type']);
  const rules: Readonly<Record<string, boolean>> = {
    privileged: own['privileged'] !== true,
    allowPrivilegeEscalation: own['allowPrivilegeEscalation'] === false,
    runAsNonRoot: effective['runAsNonRoot'] === true,
    runAsUser: effective['runAsUser'] !== 0,
    seccompProfile: ['RuntimeDefault', 'Localhost'].includes(seccomp),
    'capabilities.drop': dropped.includes('ALL'),
    'capabilities.add': added.every((name) => name === 'NET_BIND_SERVICE'),
    procMount: own['procMount'] === undefined,
  };
  return Object.entries(rules).flatMap(([rule, holds]) => (holds ? [] : [rule]));
}

/** Whether the pod shares the node's network or takes a port of it. */
export function usesHost(pod: Fields): boolean {
  const ports = list(pod['containers']).flatMap((container) => list(container['ports']));
  return pod['hostNetwork'] === true || ports.some((port) => port['hostPort'] !== undefined);
}
