import { dump } from 'js-yaml';
import { readFile } from 'node:fs/promises';
import { describe, expect, it } from 'vitest';
import { manifestFiles } from '../../scripts/gen-manifests.ts';
import { controllerRole } from '../../src/controller/role.ts';
import { resolveTree } from '../../src/runtime/resolve-config.ts';
import { settingsOfRole } from '../../src/runtime/run-role.ts';
import { VERSION } from '../../src/runtime/version.ts';
import { fields, podViolations, usesHost } from '../harness/restricted-pod.ts';
import { runCommand } from '../testbed/run-command.ts';
import { CHART, helmForTests, objectNames, operatorPod, renderChart } from './render-chart.ts';
import type { Manifest, Webhook } from './render-chart.ts';

const helm = await helmForTests();
const NAME = 'jaeger-jaeger-instance-operator';
const NO_CRD = { crds: { install: false } };
const DIGEST = `sha256:${'a'.repeat(64)}`;

/** What people install, by the name of its golden file in test/fixtures/charts. */
const INSTALLS: Readonly<Record<string, object>> = {
  default: {},
  'high-availability': {
    replicas: 2,
    networkPolicy: { enabled: true },
    metrics: { serviceMonitor: { enabled: true, labels: { release: 'prometheus' } } },
  },
  namespaced: { watchNamespaces: ['shop', 'bank'] },
  'namespaced-webhook': { watchNamespaces: ['shop'], webhook: { clusterRole: true } },
  'webhook-off': { webhook: { enabled: false } },
  digest: {
    image: { registry: 'registry.example', digest: DIGEST },
    imagePullSecrets: [{ name: 'pull' }],
    serviceAccount: { name: 'tracing', annotations: { 'example.com/role': 'a' } },
    fullnameOverride: 'tracing-operator',
    extraArgs: ['--workers=8'],
    extraEnv: [{ name: 'LOG_FORMAT', value: 'json' }],
    podLabels: { team: 'a' },
    extraObjects: ['{kind: ConfigMap, apiVersion: v1, metadata: {name: "{{ .Release.Name }}-x"}}'],
  },
};

function webhooks(manifests: readonly Manifest[]): ReadonlyMap<string, Webhook> {
  const all = manifests.flatMap((manifest) => manifest.webhooks ?? []);
  return new Map(all.map((webhook) => [webhook.name, webhook]));
}

describe.skipIf(helm === undefined)('the chart', () => {
  it.each(Object.entries(INSTALLS))('renders %s as it always did', async (name, values) => {
    const manifests = await renderChart(helm, { ...values, ...NO_CRD });
    const text = manifests.map((manifest) => `---\n${dump(manifest, { noRefs: true })}`).join('');
    const golden = text.replaceAll(VERSION, 'VERSION');
    await expect(golden).toMatchFileSnapshot(`../fixtures/charts/${name}.yaml`);
  });

  it.each(Object.entries(INSTALLS))(
    'runs pods that meet the restricted standard: %s',
    async (_name, values) => {
      const pod = operatorPod(await renderChart(helm, { ...values, ...NO_CRD }));
      expect(podViolations(fields(pod))).toEqual([]);
      expect(usesHost(fields(pod))).toBe(false);
      const [container] = pod.containers;
      expect(fields(container)['securityContext']).toMatchObject({ readOnlyRootFilesystem: true });
    },
  );

  it.each(Object.entries(INSTALLS))(
    'passes the controller only flags that it has: %s',
    async (_name, values) => {
      const { args } = operatorPod(await renderChart(helm, { ...values, ...NO_CRD })).containers[0];
      const given = args.slice(1).map((arg) => arg.replace(/^--/, '').split('='));
      const flags = new Map(given.map(([flag = '', ...rest]) => [flag, rest.join('=') || 'true']));
      const settings = settingsOfRole(controllerRole);
      const sources = { env: {}, file: Object.fromEntries(flags), fileName: 'the chart' };
      expect(args[0]).toBe('controller');
      // As keys of a file, for there an unknown one is refused.
      expect(() => resolveTree(settings, { ...sources, flags: new Map() })).not.toThrow();
    },
  );

  it('has the version of the program', async () => {
    const text = await readFile(`${CHART}/Chart.yaml`, 'utf8');
    expect(text).toContain(`\nversion: ${VERSION}\n`);
    expect(text).toContain(`\nappVersion: ${VERSION}\n`);
  });

  it('is what deploy/operator.yaml holds', async () => {
    const [file] = manifestFiles();
    expect(await readFile('deploy/operator.yaml', 'utf8')).toBe(file?.content);
  });

  it('deploys the very image that it runs', async () => {
    const { image, args } = operatorPod(await renderChart(helm, INSTALLS['digest'])).containers[0];
    expect(image).toBe(`registry.example/jaeger-instance-operator@${DIGEST}`);
    expect(args).toContain(`--image=${image}`);
  });

  it('leaves the CA of its webhooks to the operator', async () => {
    const all = [...webhooks(await renderChart(helm)).values()];
    expect(all).toHaveLength(3);
    expect(all.map(({ clientConfig }) => clientConfig.caBundle)).toEqual(Array(3).fill(undefined));
  });

  it('lets no pod wait for the operator, and stores no unchecked instance without it', async () => {
    const found = webhooks(await renderChart(helm));
    const policies = [...found].map(([name, webhook]) => [
      name,
      webhook.failurePolicy,
      webhook.timeoutSeconds,
      webhook.clientConfig.service.path,
    ]);
    expect(policies).toEqual([
      ['pod.jaegertracing.io', 'Ignore', 2, '/mutate-v1-pod'],
      ['default.jaegertracing.io', 'Fail', 10, '/mutate-jaegertracing-io-v1-jaegerinstance'],
      ['validate.jaegertracing.io', 'Fail', 10, '/validate-jaegertracing-io-v1-jaegerinstance'],
    ]);
    const selector = found.get('pod.jaegertracing.io')?.namespaceSelector?.matchExpressions;
    expect(selector?.flatMap(({ values }) => values)).toEqual([
      'kube-system',
      'kube-public',
      'kube-node-lease',
      'observability',
    ]);
  });

  it('is asked about watched namespaces alone when there are such', async () => {
    const manifests = await renderChart(helm, INSTALLS['namespaced-webhook']);
    for (const { namespaceSelector } of webhooks(manifests).values()) {
      expect(namespaceSelector?.matchExpressions).toContainEqual({
        key: 'kubernetes.io/metadata.name',
        operator: 'In',
        values: ['shop'],
      });
    }
  });

  it('spreads replicas and keeps one through a drain', async () => {
    const kinds = async (replicas: number): Promise<readonly string[]> =>
      (await renderChart(helm, { replicas })).map(({ kind }) => kind);
    expect(await kinds(1)).not.toContain('PodDisruptionBudget');
    expect(await kinds(2)).toContain('PodDisruptionBudget');
    const pod = operatorPod(await renderChart(helm, { replicas: 2 }));
    expect(pod.topologySpreadConstraints).toHaveLength(1);
  });

  it('keeps the CRD on uninstall unless told otherwise', async () => {
    const kept = async (keep: boolean): Promise<string | undefined> =>
      (await renderChart(helm, { crds: { keep } })).find(
        ({ kind }) => kind === 'CustomResourceDefinition',
      )?.metadata.annotations?.['helm.sh/resource-policy'];
    expect(await kept(true)).toBe('keep');
    expect(await kept(false)).toBeUndefined();
  });

  it('needs nothing of the whole cluster for single namespaces', async () => {
    const values = { ...NO_CRD, watchNamespaces: ['shop', 'bank'] };
    expect(objectNames(await renderChart(helm, values))).toEqual([
      `Deployment/${NAME}`,
      `Role/bank/${NAME}-instances`,
      `Role/${NAME}`,
      `Role/shop/${NAME}-instances`,
      `RoleBinding/bank/${NAME}-instances`,
      `RoleBinding/${NAME}`,
      `RoleBinding/shop/${NAME}-instances`,
      `Service/${NAME}-metrics`,
      `ServiceAccount/${NAME}`,
    ]);
  });

  it.each([
    [{ replica: 2 }, "additional properties 'replica' not allowed"],
    [{ replicas: 'two' }, "at '/replicas': got string, want integer"],
    [{ image: { digest: 'sha256:1' } }, "at '/image/digest': 'sha256:1' does not match pattern"],
    [{ watchNamespaces: ['Shop'] }, "at '/watchNamespaces/0': 'Shop' does not match pattern"],
    [{ webhook: { failurePolicy: 'Maybe' } }, "at '/webhook/failurePolicy': value must be one of"],
    [{ webhook: { podTimeoutSeconds: 31 } }, "at '/webhook/podTimeoutSeconds': maximum"],
    [{ extraArgs: ['workers=8'] }, "at '/extraArgs/0': 'workers=8' does not match pattern"],
  ])('refuses %j and says why', async (values, message) => {
    await expect(renderChart(helm, values)).rejects.toThrow(message);
  });

  it('passes helm lint', async () => {
    const said = await runCommand(helm ?? '', ['lint', '--strict', CHART]);
    expect(said).toContain('1 chart(s) linted, 0 chart(s) failed');
  });

  it('says next steps that fit the install', async () => {
    const notes = async (values: object): Promise<string> => {
      const args = ['install', 'jaeger', CHART, '-n', 'observability', '--dry-run=client'];
      const stdin = JSON.stringify(values);
      return runCommand(helm ?? '', [...args, '--values', '-'], { stdin });
    };
    const all = await notes({});
    expect(all).toContain('The operator is watching all namespaces. Try:');
    expect(all).toContain(`kubectl rollout status deployment/${NAME} -n observability`);
    expect(all).toContain('sidecar.jaegertracing.io/inject=true');
    const some = await notes(INSTALLS['namespaced'] ?? {});
    expect(some).toContain('The operator is watching shop, bank. Try:');
    expect(some).toContain('kubectl apply -n shop -f -');
    expect(some).toContain('The webhooks are off, because watchNamespaces');
    expect(some).not.toContain('sidecar.jaegertracing.io');
  });
});
