import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateInstance } from '../../../src/controller/api/validate.ts';
import { desiredObjects } from '../../../src/controller/desired/desired-objects.ts';
import { FACTS, anInstance } from './an-instance.ts';

type Fields = Readonly<Record<string, unknown>>;

const fields = (value: unknown): Fields => (value ?? {}) as Fields;
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
function violations(pod: Fields): readonly string[] {
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

function hostAccess(pod: Fields): boolean {
  const ports = list(pod['containers']).flatMap((container) => list(container['ports']));
  return pod['hostNetwork'] === true || ports.some((port) => port['hostPort'] !== undefined);
}

/** Mostly what is allowed, so that whole specs often are, and sometimes what must be refused. */
function mostly<T, U>(allowed: fc.Arbitrary<T>, refused: fc.Arbitrary<U>): fc.Arbitrary<T | U> {
  return fc.oneof({ weight: 15, arbitrary: allowed }, { weight: 1, arbitrary: refused });
}

const sometimes = (refused: unknown): fc.Arbitrary<unknown> =>
  mostly(fc.constant(undefined), fc.constant(refused));

const userFields = {
  runAsNonRoot: mostly(fc.constantFrom(true, undefined), fc.constant(false)),
  runAsUser: mostly(fc.constantFrom(1000, undefined), fc.constant(0)),
  seccompProfile: mostly(
    fc.constantFrom({ type: 'RuntimeDefault' }, { type: 'Localhost', localhostProfile: 'a' }),
    fc.constant({ type: 'Unconfined' }),
  ),
};

const anySecurityContext = fc.record(
  {
    ...userFields,
    privileged: mostly(fc.constant(false), fc.constant(true)),
    allowPrivilegeEscalation: mostly(fc.constant(false), fc.constant(true)),
    readOnlyRootFilesystem: fc.boolean(),
    capabilities: mostly(
      fc.constantFrom({}, { add: ['NET_BIND_SERVICE'] }, { drop: ['ALL'] }, { drop: [] }),
      fc.constant({ add: ['SYS_ADMIN'] }),
    ),
    procMount: sometimes('Unmasked'),
  },
  { requiredKeys: [] },
);

const anyBlock = {
  containerSecurityContext: anySecurityContext,
  securityContext: fc.record(
    { ...userFields, sysctls: sometimes([{ name: 'kernel.shm', value: '1' }]) },
    { requiredKeys: [] },
  ),
  volumes: fc.array(
    fc.record({
      name: fc.constantFrom('a', 'b'),
      emptyDir: fc.constant({}),
      hostPath: sometimes({ path: '/' }),
      nfs: sometimes({ server: 'x', path: '/' }),
    }),
    { maxLength: 2 },
  ),
};

const anySpec = fc
  .record(
    {
      ...anyBlock,
      allInOne: fc.record(anyBlock, { requiredKeys: [] }),
      hostPID: sometimes(true),
      agent: fc.record(
        {
          ...anyBlock,
          strategy: fc.constantFrom('Sidecar', 'DaemonSet'),
          hostNetwork: fc.boolean(),
          sidecarSecurityContext: anySecurityContext,
        },
        { requiredKeys: [] },
      ),
    },
    { requiredKeys: [] },
  )
  .map(withoutUndefined);

/** As JSON would carry it: what is undefined is not there. */
function withoutUndefined(spec: object): Fields {
  return JSON.parse(JSON.stringify(spec)) as Fields;
}

function podsOf(
  spec: Fields,
): readonly { readonly kind: string; readonly pod: Fields }[] | undefined {
  const checked = validateInstance({ ...anInstance(), spec });
  if (!checked.valid) return undefined;
  return desiredObjects(checked.instance, FACTS).flatMap((object) => {
    const template = fields(fields(object['spec'])['template']);
    return template['spec'] === undefined
      ? []
      : [{ kind: object.kind, pod: fields(template['spec']) }];
  });
}

describe('the pods of an instance', () => {
  it('pass the restricted standard, whatever valid spec asks for them', () => {
    let valid = 0;
    fc.assert(
      fc.property(anySpec, (spec) => {
        const pods = podsOf(spec);
        if (pods === undefined) return;
        valid += 1;
        for (const { kind, pod } of pods) {
          expect(violations(pod)).toEqual([]);
          expect(pod['automountServiceAccountToken']).toBe(false);
          expect(hostAccess(pod)).toBe(kind === 'DaemonSet');
        }
      }),
      { numRuns: 1500, seed: 1 },
    );
    expect(valid).toBeGreaterThan(200);
  });

  it.each([
    ['containerSecurityContext', { privileged: true }],
    ['containerSecurityContext', { allowPrivilegeEscalation: true }],
    ['containerSecurityContext', { runAsUser: 0 }],
    ['containerSecurityContext', { runAsNonRoot: false }],
    ['containerSecurityContext', { capabilities: { add: ['SYS_ADMIN'] } }],
    ['containerSecurityContext', { seccompProfile: { type: 'Unconfined' } }],
    ['containerSecurityContext', { procMount: 'Unmasked' }],
    ['securityContext', { sysctls: [{ name: 'a', value: 'b' }] }],
    ['securityContext', { runAsUser: 0 }],
    ['volumes', [{ name: 'a', hostPath: { path: '/' } }]],
    ['volumes', [{ name: 'a', nfs: { server: 'b', path: '/' } }]],
    ['hostNetwork', true],
    ['hostPID', true],
    ['automountServiceAccountToken', true],
  ])('are refused %s: %j', (field, value) => {
    expect(podsOf({ [field]: value })).toBeUndefined();
    expect(podsOf({ allInOne: { [field]: value } })).toBeUndefined();
  });

  it('can be caught by this very check', () => {
    const bad = {
      hostPID: true,
      securityContext: { sysctls: [], runAsUser: 0 },
      volumes: [{ name: 'a', hostPath: {} }],
      containers: [{ securityContext: { privileged: true, capabilities: { add: ['X'] } } }],
    };
    expect(violations(bad)).toEqual([
      'host namespaces',
      'sysctls',
      'volume a of hostPath',
      'privileged',
      'allowPrivilegeEscalation',
      'runAsNonRoot',
      'runAsUser',
      'seccompProfile',
      'capabilities.drop',
      'capabilities.add',
    ]);
  });
});
