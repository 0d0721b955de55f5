import { loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { findHelm } from '../../scripts/gen-manifests.ts';
import { runCommand } from '../testbed/run-command.ts';

const CHART = 'charts/jaeger-instance-operator';
const helm = findHelm();

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly verbs: readonly string[];
  readonly resourceNames?: readonly string[];
}
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly annotations?: Record<string, string> };
  readonly rules?: readonly Rule[];
  readonly spec?: { readonly template?: { readonly spec: PodSpec } };
}
interface PodSpec {
  readonly containers: readonly { readonly image: string; readonly args: readonly string[] }[];
}

async function template(...sets: readonly string[]): Promise<readonly Manifest[]> {
  const args = ['template', 'jaeger', CHART, '-n', 'observability'];
  const text = await runCommand(helm ?? '', [...args, ...sets.flatMap((set) => ['--set', set])]);
  return (loadAll(text) as (Manifest | null)[]).filter((manifest) => manifest !== null);
}

function names(manifests: readonly Manifest[]): readonly string[] {
  return manifests.map(({ kind, metadata }) => `${kind}/${metadata.name}`).sort();
}

function operator(manifests: readonly Manifest[]): PodSpec['containers'][number] | undefined {
  const deployment = manifests.find(({ kind }) => kind === 'Deployment');
  return deployment?.spec?.template?.spec.containers[0];
}

describe.skipIf(helm === undefined)('the chart', () => {
  it('installs these objects by default', async () => {
    expect(names(await template())).toEqual([
      'ClusterRole/jaeger-jaeger-instance-operator',
      'ClusterRoleBinding/jaeger-jaeger-instance-operator',
      'CustomResourceDefinition/jaegerinstances.jaegertracing.io',
      'Deployment/jaeger-jaeger-instance-operator',
      'MutatingWebhookConfiguration/jaeger-jaeger-instance-operator-jaegerinstance',
      'MutatingWebhookConfiguration/jaeger-jaeger-instance-operator-pod',
      'Role/jaeger-jaeger-instance-operator',
      'RoleBinding/jaeger-jaeger-instance-operator',
      'Service/jaeger-jaeger-instance-operator-metrics',
      'Service/jaeger-jaeger-instance-operator-webhook',
      'ServiceAccount/jaeger-jaeger-instance-operator',
      'ValidatingWebhookConfiguration/jaeger-jaeger-instance-operator-jaegerinstance',
    ]);
  });

  it('grants nothing by wildcard, and Secrets in the operator’s namespace alone', async () => {
    const manifests = await template();
    const rules = manifests.flatMap((manifest) => manifest.rules ?? []);
    const words = rules.flatMap(({ apiGroups, resources, verbs }) => [
      ...apiGroups,
      ...resources,
      ...verbs,
    ]);
    expect(words).not.toContain('*');
    const clusterWide = manifests.find(({ kind }) => kind === 'ClusterRole')?.rules ?? [];
    expect(clusterWide.flatMap(({ resources }) => resources)).not.toContain('secrets');
  });

  it('needs no cluster-wide right for a namespaced install', async () => {
    const manifests = await template('rbac.namespaced=true', 'watchNamespaces={shop,bank}');
    const kinds = manifests.map(({ kind }) => kind);
    expect(kinds.filter((kind) => /^Cluster|Webhook/.test(kind))).toEqual([]);
    expect(names(manifests).filter((name) => name.endsWith('-instances'))).toHaveLength(4);
    expect(operator(manifests)?.args).toContain('--watch-namespaces=shop,bank');
  });

  it('runs and deploys the image of the digest when one is given', async () => {
    const digest = `sha256:${'a'.repeat(64)}`;
    const container = operator(
      await template(`image.digest=${digest}`, 'image.registry=r.example'),
    );
    const image = `r.example/jaeger-instance-operator@${digest}`;
    expect(container?.image).toBe(image);
    expect(container?.args).toContain(`--image=${image}`);
  });

  it('keeps the CRD on uninstall unless told otherwise', async () => {
    const kept = async (set: string): Promise<string | undefined> =>
      (await template(set)).find(({ kind }) => kind === 'CustomResourceDefinition')?.metadata
        .annotations?.['helm.sh/resource-policy'];
    expect(await kept('crds.keep=true')).toBe('keep');
    expect(await kept('crds.keep=false')).toBeUndefined();
  });

  it('refuses a value it does not know', async () => {
    await expect(template('replica=2')).rejects.toThrow('replica');
  });

  it('passes helm lint', async () => {
    const said = await runCommand(helm ?? '', ['lint', '--strict', CHART]);
    expect(said).toContain('0 chart(s) failed');
  });
});
