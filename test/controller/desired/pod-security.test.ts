import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { validateInstance } from '../../../src/controller/api/validate.ts';
import { desiredObjects } from '../../../src/controller/desired/desired-objects.ts';
import { fields, podViolations, usesHost } from '../../harness/restricted-pod.ts';
import type { Fields } from '../../harness/restricted-pod.ts';
import { FACTS, anInstance } from './an-instance.ts';

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
          expect(podViolations(pod)).toEqual([]);
          expect(pod['automountServiceAccountToken']).toBe(false);
          expect(usesHost(pod)).toBe(kind === 'DaemonSet');
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
    expect(podViolations(bad)).toEqual([
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
