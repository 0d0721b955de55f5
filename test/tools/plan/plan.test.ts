import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import { diffFields } from '../../../src/tools/plan/object-diff.ts';
import { makePlan } from '../../../src/tools/plan/plan.ts';
import { renderPlan } from '../../../src/tools/plan/render-plan.ts';

function anObject(kind: string, name: string, spec: unknown, more: object = {}): KubeObject {
  return { apiVersion: 'v1', kind, metadata: { name, ...more }, spec };
}

const INSTANCE = { name: 'a', namespace: 'b' };

describe('diffFields', () => {
  it.each([
    [{ a: 1 }, { a: 1 }, []],
    [{ a: 1 }, { a: 2, b: 3 }, ['a', 'b']],
    [{ a: { b: [1, 2] } }, { a: { b: [1, 3] } }, ['a.b[1]']],
    [
      { c: [{ name: 'x', v: 1 }] },
      { c: [{ name: 'y' }, { name: 'x', v: 2 }] },
      ['c[name=y]', 'c[name=x].v'],
    ],
    [{ a: [1] }, { a: {} }, ['a']],
    [{ gone: 1 }, {}, ['gone']],
  ])('finds what differs between %j and %j', (before, after, paths) => {
    expect(diffFields(before, after).map(({ path }) => path)).toEqual(paths);
  });
});

describe('makePlan', () => {
  it('does not count what the operator notes on an object as a change', () => {
    const noted = {
      ownerReferences: [{ kind: 'JaegerInstance', name: 'a' }],
      annotations: { mine: '1', 'jaegertracing.io/applied-hash': 'x' },
      uid: 'u',
    };
    const before = anObject('Service', 'same', 1, noted);
    const after = anObject('Service', 'same', 1, { annotations: { mine: '1' } });
    expect(makePlan([{ before, after }], [])).toEqual({ changes: [], unchanged: 1 });
  });

  it('tells new, changed, unchanged and unwanted objects apart', () => {
    const plan = makePlan(
      [
        { before: undefined, after: anObject('Service', 'new', {}) },
        { before: anObject('Service', 'same', 1), after: anObject('Service', 'same', 1) },
        {
          before: anObject('Service', 'old', { a: 1 }),
          after: anObject('Service', 'old', { a: 2 }),
        },
      ],
      [anObject('ConfigMap', 'left', {})],
    );
    expect(plan.unchanged).toBe(1);
    expect(plan.changes.map(({ action, object }) => `${action} ${object.metadata.name}`)).toEqual([
      'add new',
      'change old',
      'remove left',
    ]);
  });

  it('does not take the server’s bookkeeping for a change', () => {
    const before = anObject('Service', 'a', {}, { resourceVersion: '1', generation: 1, uid: 'x' });
    const after = { ...anObject('Service', 'a', {}, { resourceVersion: '2' }), status: { x: 1 } };
    expect(makePlan([{ before, after }], [])).toEqual({ changes: [], unchanged: 1 });
  });
});

function retaining(whenDeleted: string): object {
  return { persistentVolumeClaimRetentionPolicy: { whenDeleted, whenScaled: 'Retain' } };
}

describe('renderPlan', () => {
  const pod = (image: string, storage = 'memory'): object => {
    const env = [{ name: 'SPAN_STORAGE_TYPE', value: storage }];
    return { template: { spec: { containers: [{ name: 'jaeger', image, env }] } } };
  };

  it('shows each change on a line and says what is lost', () => {
    const plan = makePlan(
      [
        {
          before: anObject('Deployment', 'a', pod('1')),
          after: anObject('Deployment', 'a', pod('2')),
        },
        {
          before: anObject('Service', 'a-query', { type: 'ClusterIP' }),
          after: anObject('Service', 'a-query', { type: 'LoadBalancer', nodePort: 1 }),
        },
        { before: undefined, after: anObject('Ingress', 'a-query', {}) },
      ],
      [anObject('ConfigMap', 'a-ui', {})],
    );
    expect(renderPlan(plan, INSTANCE).split('\n')).toEqual([
      'JaegerInstance b/a: 2 to change, 1 to add, 1 to remove',
      '  ~ Deployment  a  → replaces its pods',
      '      spec.template.spec.containers[name=jaeger].image 1 → 2',
      '  ~ Service     a-query',
      '      spec.type ClusterIP → LoadBalancer',
      '      spec.nodePort (none) → 1',
      '  + Ingress     a-query',
      '  - ConfigMap   a-ui',
      'This loses the traces in the memory of a.',
      '',
    ]);
  });

  it.each([
    ['a Deployment that keeps traces elsewhere', 'Deployment', pod('1', 'grpc'), 'Nothing here'],
    ['a StatefulSet whose volume stays', 'StatefulSet', retaining('Retain'), 'Nothing here'],
    ['one whose volume goes too', 'StatefulSet', retaining('Delete'), 'on the volume of a.'],
    ['one in memory', 'Deployment', pod('1'), 'in the memory of a.'],
  ])('says what the removal of %s loses', (_what, kind, spec, said) => {
    expect(renderPlan(makePlan([], [anObject(kind, 'a', spec)]), INSTANCE)).toContain(said);
  });

  it('says so when nothing is lost', () => {
    const plan = makePlan([{ before: undefined, after: anObject('Service', 's', {}) }], []);
    expect(renderPlan(plan, INSTANCE)).toContain('\nNothing here loses data.\n');
  });

  it('shows a bounded part of many and of long changes', () => {
    const many = (value: string): object =>
      Object.fromEntries(Array.from({ length: 12 }, (_, at) => [`f${at}`, value.repeat(100)]));
    const plan = makePlan(
      [{ before: anObject('Service', 's', many('a')), after: anObject('Service', 's', many('b')) }],
      [],
    );
    const lines = renderPlan(plan, INSTANCE).split('\n');
    expect(lines).toContain(`      spec.f0 ${'a'.repeat(60)}… → ${'b'.repeat(60)}…`);
    expect(lines).toContain('      … and 4 more');
  });

  it('says that there is nothing to do', () => {
    expect(renderPlan({ changes: [], unchanged: 7 }, INSTANCE)).toBe(
      'JaegerInstance b/a: nothing to change (7 objects as desired)\n',
    );
  });
});
