import { describe, expect, it } from 'vitest';
import { JAEGER_INSTANCE } from '../../src/controller/api/jaeger-instance.ts';
import { CLAIM } from '../../src/controller/claims.ts';
import { OWNED_KINDS } from '../../src/controller/desired/desired-objects.ts';
import { POD } from '../../src/controller/instance-controller.ts';
import type { ResourceKind } from '../../src/controller/kube-object.ts';
import { NAMESPACE, WORKLOAD_KINDS } from '../../src/controller/sidecar-controller.ts';
import { helmForTests, renderChart } from './render-chart.ts';
import type { Manifest, Rule } from './render-chart.ts';

const helm = await helmForTests();
const NAME = 'jaeger-jaeger-instance-operator';

/** Per `group/resource` of a role's rules without names: its verbs, sorted. */
function rightsOf(rules: readonly Rule[]): ReadonlyMap<string, readonly string[]> {
  const rights = new Map<string, readonly string[]>();
  for (const { apiGroups, resources, verbs } of rules.filter((rule) => !rule.resourceNames)) {
    for (const group of apiGroups) {
      for (const resource of resources) {
        const key = `${group}/${resource}`;
        rights.set(key, [...(rights.get(key) ?? []), ...verbs].toSorted());
      }
    }
  }
  return rights;
}

function keyOf({ apiVersion, plural }: ResourceKind): string {
  const group = apiVersion.includes('/') ? apiVersion.replace(/\/.*/, '') : '';
  return `${group}/${plural}`;
}

function rulesOf(manifests: readonly Manifest[], kind: string, name: string): readonly Rule[] {
  const role = manifests.find((one) => one.kind === kind && one.metadata.name === name);
  if (role?.rules === undefined) throw new Error(`no ${kind} ${name}`);
  return role.rules;
}

/** Every role of the operator in every kind of install, not those for people. */
async function operatorRules(): Promise<readonly Rule[]> {
  const installs = [
    {},
    { watchNamespaces: ['shop'] },
    { watchNamespaces: ['shop'], webhook: { clusterRole: true } },
    { webhook: { enabled: false } },
  ];
  const rendered = await Promise.all(installs.map((values) => renderChart(helm, values)));
  return rendered.flat().flatMap((manifest) => manifest.rules ?? []);
}

describe.skipIf(helm === undefined)('the rights of the operator', () => {
  it.each([
    ['the whole cluster', {}, 'ClusterRole', NAME],
    ['one namespace', { watchNamespaces: ['shop'] }, 'Role', `${NAME}-instances`],
  ])('cover what it does with each kind it owns, in %s', async (_where, values, kind, name) => {
    const rights = rightsOf(rulesOf(await renderChart(helm, values), kind, name));
    // Read and watch; apply (patch, and create where absent); prune.
    const needed = ['create', 'delete', 'get', 'list', 'patch', 'watch'];
    const found = OWNED_KINDS.map((owned) => [owned.kind, rights.get(keyOf(owned))]);
    expect(found).toEqual(OWNED_KINDS.map((owned) => [owned.kind, needed]));
    expect(rights.get(keyOf(JAEGER_INSTANCE))).toEqual(['list', 'watch']);
    expect(rights.get(`${keyOf(JAEGER_INSTANCE)}/status`)).toEqual(['patch']);
    expect(rights.get(keyOf(POD))).toEqual(['list', 'watch']);
    expect(rights.get('events.k8s.io/events')).toEqual(['create', 'list', 'patch']);
    // It grows volumes, and neither makes nor deletes one.
    expect(rights.get(keyOf(CLAIM))).toEqual(['list', 'patch', 'watch']);
  });

  it('cover the workloads it gives agents to, while the webhooks are on', async () => {
    const on = rightsOf(rulesOf(await renderChart(helm), 'ClusterRole', NAME));
    for (const kind of WORKLOAD_KINDS) {
      expect(on.get(keyOf(kind))).toEqual(
        expect.arrayContaining(['get', 'list', 'patch', 'watch']),
      );
    }
    expect(on.get(keyOf(NAMESPACE))).toEqual(['list', 'watch']);
    const webhookOff = await renderChart(helm, { webhook: { enabled: false } });
    const off = rightsOf(rulesOf(webhookOff, 'ClusterRole', NAME));
    expect(off.has(keyOf(NAMESPACE))).toBe(false);
  });

  it('hold no wildcard', async () => {
    const rules = await operatorRules();
    const words = rules.flatMap(({ apiGroups, resources, verbs, resourceNames = [] }) => [
      ...apiGroups,
      ...resources,
      ...verbs,
      ...resourceNames,
    ]);
    expect(words.filter((word) => word.includes('*'))).toEqual([]);
    expect(words).not.toContain('impersonate');
    expect(words).not.toContain('escalate');
    expect(words).not.toContain('bind');
  });

  it('reach one Secret by name, and let it make Secrets in its own namespace alone', async () => {
    const rendered = await renderChart(helm);
    const withSecrets = rendered.filter(({ rules = [] }) =>
      rules.some(({ resources }) => resources.includes('secrets')),
    );
    expect(withSecrets.map(({ kind, metadata }) => [kind, metadata.namespace])).toEqual([
      ['Role', 'observability'],
    ]);
    const rules = rulesOf(rendered, 'Role', NAME);
    expect(rules.filter(({ resources }) => resources.includes('secrets'))).toEqual([
      { apiGroups: [''], resources: ['secrets'], verbs: ['create'] },
      {
        apiGroups: [''],
        resources: ['secrets'],
        resourceNames: [`${NAME}-webhook-certs`],
        verbs: ['get', 'update', 'delete'],
      },
    ]);
  });

  it('reach webhook configurations by name, and no other object of the cluster', async () => {
    const values = { watchNamespaces: ['shop'], webhook: { clusterRole: true } };
    const rendered = await renderChart(helm, values);
    const clusterRoles = rendered.filter(({ kind }) => kind === 'ClusterRole');
    expect(clusterRoles.map(({ rules }) => rules)).toEqual([
      [
        {
          apiGroups: ['admissionregistration.k8s.io'],
          resources: ['mutatingwebhookconfigurations', 'validatingwebhookconfigurations'],
          resourceNames: [`${NAME}-jaegerinstance`, `${NAME}-pod`],
          verbs: ['get', 'update'],
        },
      ],
    ]);
    const configurations = rendered.filter(({ webhooks }) => webhooks !== undefined);
    const named = new Set(configurations.map(({ metadata }) => metadata.name));
    expect([...named].toSorted()).toEqual(clusterRoles[0]?.rules?.[0]?.resourceNames);
  });

  it('are bound to the ServiceAccount that it runs as, role by role', async () => {
    const rendered = await renderChart(helm, { watchNamespaces: ['shop', 'bank'] });
    const where = (kind: string): readonly string[] =>
      rendered
        .filter((manifest) => manifest.kind === kind)
        .map(({ metadata }) => `${metadata.namespace ?? ''}/${metadata.name}`)
        .toSorted();
    expect(where('RoleBinding')).toEqual(where('Role'));
    for (const { kind, metadata, roleRef } of rendered) {
      if (kind === 'RoleBinding') expect(roleRef?.name).toBe(metadata.name);
    }
  });

  it('pass on to those who may view or edit in a namespace, for JaegerInstances', async () => {
    const rendered = await renderChart(helm);
    const roles = rendered.filter(({ kind }) => kind === 'ClusterRole').slice(1);
    const aggregated = roles.map(({ metadata: { labels = {} }, rules = [] }) => [
      Object.keys(labels).filter((label) => label.includes('aggregate-to-')).length,
      rules.flatMap(({ verbs }) => verbs),
    ]);
    expect(aggregated).toEqual([
      [3, ['get', 'list', 'watch']],
      [2, ['create', 'update', 'patch', 'delete', 'deletecollection']],
    ]);
    const without = await renderChart(helm, { rbac: { aggregate: false } });
    expect(without.filter(({ kind }) => kind === 'ClusterRole')).toHaveLength(1);
  });
});
