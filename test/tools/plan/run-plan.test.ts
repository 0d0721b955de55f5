import { loadAll } from 'js-yaml';
import { describe, expect, it } from 'vitest';
import { KubeApiError } from '../../../src/controller/kube/kube-api.ts';
import type { KubeApi } from '../../../src/controller/kube/kube-api.ts';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import { runPlan } from '../../../src/tools/plan/run-plan.ts';

const SIMPLEST = `
apiVersion: jaegertracing.io/v1
kind: JaegerInstance
metadata: {name: simplest}
`;

interface Result {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

async function plan(text: string, api?: KubeApi, image?: string): Promise<Result> {
  let out = '';
  let err = '';
  const code = await runPlan(
    {
      text,
      fileName: 'a.yaml',
      namespace: 'tracing',
      image: image === '' ? undefined : (image ?? 'example.com/jaeger:1'),
      api,
      signal: AbortSignal.timeout(5000),
    },
    { out: (part) => (out += part), err: (part) => (err += part) },
  );
  return { code, out, err };
}

function unused(): never {
  throw new Error('a plan only reads and dry-runs');
}

/** A cluster that holds objects and takes every dry run as it is. */
function aCluster(objects: readonly KubeObject[]): KubeApi {
  return {
    list: (kind) => {
      const items = objects.filter((object) => object.kind === kind.kind);
      return Promise.resolve({ items, resourceVersion: '1', continue: '' });
    },
    get: (kind, { name, namespace }) =>
      Promise.resolve(
        objects.find(
          (object) =>
            object.kind === kind.kind &&
            object.metadata.name === name &&
            object.metadata.namespace === namespace,
        ),
      ),
    apply: (_, object, { dryRun }) => (dryRun === true ? Promise.resolve(object) : unused()),
    serverVersion: () => Promise.resolve({ major: 1, minor: 34 }),
    watch: unused,
    create: unused,
    update: unused,
    patch: unused,
    delete: unused,
    discover: unused,
  };
}

describe('runPlan', () => {
  it('prints the objects as YAML without a cluster', async () => {
    const { code, out, err } = await plan(SIMPLEST);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const objects = loadAll(out) as KubeObject[];
    expect(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      'ServiceAccount simplest',
      'ConfigMap simplest-sampling-configuration',
      'Service simplest-collector-headless',
      'Service simplest-collector',
      'Service simplest-query',
      'Service simplest-agent',
      'Deployment simplest',
      'Ingress simplest-query',
    ]);
    expect(objects.every(({ metadata }) => metadata.namespace === 'tracing')).toBe(true);
  });

  it('prints every error and fails', async () => {
    const { code, out, err } = await plan(`${SIMPLEST}spec: {strategy: streaming, paused: 1}\n`);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err.split('\n')).toEqual([
      'simplest: spec.strategy: "streaming" is not allowed; give allInOne | allinone | all-in-one | production',
      'simplest: spec.paused: must be true or false',
      '',
    ]);
  });

  it('warns of fields without effect and goes on', async () => {
    const { code, err } = await plan(`${SIMPLEST}spec: {agent: {affinity: {}}}\n`);
    expect(code).toBe(0);
    expect(err).toBe(
      'warning: spec.agent.affinity: has no effect with spec.agent.strategy: Sidecar\n',
    );
  });

  it('adds everything to an empty cluster', async () => {
    const { out } = await plan(SIMPLEST, aCluster([]));
    expect(out).toMatch(/^JaegerInstance tracing\/simplest: 0 to change, 8 to add, 0 to remove\n/);
    expect(out).toContain('\nNothing here loses data.\n');
  });

  it('finds nothing to do where everything is, and what is no longer wanted', async () => {
    const objects = loadAll((await plan(SIMPLEST)).out) as KubeObject[];
    expect((await plan(SIMPLEST, aCluster(objects))).out).toBe(
      'JaegerInstance tracing/simplest: nothing to change (8 objects as desired)\n',
    );
    const without = `${SIMPLEST}spec: {ingress: {enabled: false}}\n`;
    expect((await plan(without, aCluster(objects))).out).toContain('  - Ingress  simplest-query\n');
  });

  it('goes by the image that runs, when it is told none', async () => {
    const printed = loadAll((await plan(SIMPLEST)).out) as KubeObject[];
    const { out } = await plan(SIMPLEST, aCluster(printed), '');
    expect(out).toContain('nothing to change');
  });

  it('shows the object itself where its namespace does not exist yet', async () => {
    const api: KubeApi = {
      ...aCluster([]),
      apply: () =>
        Promise.reject(new KubeApiError('no namespace', { status: 404, reason: 'NotFound' })),
    };
    expect((await plan(SIMPLEST, api)).out).toContain('8 to add');
  });

  it('stops at any other answer of the cluster', async () => {
    const api: KubeApi = {
      ...aCluster([]),
      apply: () => Promise.reject(new KubeApiError('no', { status: 403, reason: 'Forbidden' })),
    };
    await expect(plan(SIMPLEST, api)).rejects.toThrow('no');
  });

  it.each([
    ['a: [', /^a\.yaml: /],
    ['kind: Service', /^a\.yaml: holds no JaegerInstance$/],
  ])('refuses the file %j', async (text, message) => {
    await expect(plan(text)).rejects.toThrow(message);
  });
});
