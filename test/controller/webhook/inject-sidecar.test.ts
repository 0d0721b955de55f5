import { describe, expect, it } from 'vitest';
import type { KubeObject } from '../../../src/controller/kube-object.ts';
import { injectSidecar } from '../../../src/controller/webhook/inject-sidecar.ts';
import type { AgentTags, SidecarAgent } from '../../../src/controller/webhook/inject-sidecar.ts';
import type { PatchOperation } from '../../../src/controller/webhook/json-patch.ts';

const agent = (options: Partial<SidecarAgent> = {}): SidecarAgent => ({
  instanceName: 'simplest',
  native: false,
  container: ({ tags, otlp }: { tags: AgentTags; otlp: boolean }) => ({
    name: 'jaeger-agent',
    args: [JSON.stringify(tags), `otlp=${otlp}`],
    livenessProbe: {},
    readinessProbe: {},
  }),
  imagePullSecrets: [],
  adminPort: 14271,
  otlpPorts: [4317, 4318],
  ...options,
});

const pod = (spec: Record<string, unknown>, metadata: object = {}): KubeObject => ({
  apiVersion: 'v1',
  kind: 'Pod',
  metadata: { name: 'p', ...metadata },
  spec,
});

/** Applies the few operations that injection makes. */
function apply(object: KubeObject, patch: readonly PatchOperation[]): Record<string, unknown> {
  const root = structuredClone(object) as Record<string, unknown>;
  for (const operation of patch) {
    const parts = operation.path
      .slice(1)
      .split('/')
      .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
    let node: Record<string, unknown> = root;
    for (const part of parts.slice(0, -1)) node = node[part] as Record<string, unknown>;
    const last = parts.at(-1) ?? '';
    const value = operation.op === 'remove' ? undefined : operation.value;
    if (Array.isArray(node)) node.splice(last === '-' ? node.length : Number(last), 0, value);
    else node[last] = value;
  }
  return root;
}

function injected(
  object: KubeObject,
  options: Partial<SidecarAgent> = {},
): Record<string, unknown> {
  const result = injectSidecar(object, 'shop', agent(options));
  if ('skipped' in result) throw new Error(result.skipped);
  return apply(object, result.patch);
}

const tagsOf = (spec: unknown): unknown =>
  JSON.parse((spec as { containers: { args: string[] }[] }).containers.at(-1)?.args[0] ?? '');

describe('injectSidecar', () => {
  it('appends the agent, marks the pod and tells the application where the agent is', () => {
    const result = injected(
      pod(
        { containers: [{ name: 'web' }] },
        { labels: { app: 'cart', 'pod-template-hash': 'x1' } },
      ),
    );
    expect(result).toEqual({
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: {
        name: 'p',
        labels: {
          app: 'cart',
          'pod-template-hash': 'x1',
          'sidecar.jaegertracing.io/injected': 'simplest',
        },
        annotations: { 'prometheus.io/scrape': 'true', 'prometheus.io/port': '14271' },
      },
      spec: {
        containers: [
          {
            name: 'web',
            env: [
              { name: 'JAEGER_PROPAGATION', value: 'jaeger,b3,w3c' },
              { name: 'JAEGER_AGENT_HOST', value: 'localhost' },
              { name: 'JAEGER_SERVICE_NAME', value: 'cart.shop' },
              { name: 'OTEL_SERVICE_NAME', value: 'cart' },
              { name: 'OTEL_EXPORTER_OTLP_ENDPOINT', value: 'http://localhost:4318' },
              { name: 'OTEL_EXPORTER_OTLP_PROTOCOL', value: 'http/protobuf' },
            ],
          },
          expect.objectContaining({ name: 'jaeger-agent' }),
        ],
      },
    });
  });

  it('tags spans with the deployment, the namespace and the only container', () => {
    const owner = { apiVersion: 'apps/v1', kind: 'ReplicaSet', name: 'cart-x1', uid: 'u' };
    const { spec } = injected(
      pod(
        { containers: [{ name: 'web' }] },
        {
          labels: { 'pod-template-hash': 'x1' },
          ownerReferences: [{ ...owner, controller: true }],
        },
      ),
    );
    expect(tagsOf(spec)).toEqual({
      cluster: 'undefined',
      'container.name': 'web',
      'deployment.name': 'cart',
      'host.ip': '${HOST_IP:}',
      'pod.name': '${POD_NAME:}',
      'pod.namespace': 'shop',
    });
  });

  it('does not name a container when there are several', () => {
    const { spec } = injected(pod({ containers: [{ name: 'a' }, { name: 'b' }] }));
    expect(tagsOf(spec)).not.toHaveProperty(['container.name']);
  });

  it('starts a native sidecar before every other init container', () => {
    const { spec } = injected(
      pod({ initContainers: [{ name: 'migrate' }], containers: [{ name: 'web' }] }),
      { native: true },
    );
    expect(spec).toMatchObject({
      initContainers: [{ name: 'jaeger-agent', restartPolicy: 'Always' }, { name: 'migrate' }],
      containers: [{ name: 'web' }],
    });
  });

  it('makes the list of init containers when the pod has none', () => {
    const { spec } = injected(pod({ containers: [{ name: 'web' }] }), { native: true });
    expect(spec).toMatchObject({ initContainers: [{ name: 'jaeger-agent' }] });
  });

  it('leaves variables that a container sets itself', () => {
    const env = [
      { name: 'JAEGER_SERVICE_NAME', value: 'mine' },
      { name: 'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT', value: 'http://elsewhere' },
    ];
    const { spec } = injected(
      pod({ containers: [{ name: 'web', env }] }, { labels: { app: 'c' } }),
    );
    const names = (
      spec as { containers: { env: { name: string; value: string }[] }[] }
    ).containers[0]?.env.map(({ name, value }) => `${name}=${value}`);
    expect(names).toEqual([
      'JAEGER_SERVICE_NAME=mine',
      'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT=http://elsewhere',
      'JAEGER_PROPAGATION=jaeger,b3,w3c',
      'JAEGER_AGENT_HOST=localhost',
      'OTEL_SERVICE_NAME=c',
    ]);
  });

  it('adds no variable to a container with envFrom, whose names it cannot know', () => {
    const web = { name: 'web', envFrom: [{ configMapRef: { name: 'c' } }] };
    const { spec } = injected(pod({ containers: [web] }));
    expect((spec as { containers: unknown[] }).containers[0]).toEqual(web);
  });

  it('gives the agent no probes when the application has its admin port', () => {
    const web = { name: 'web', ports: [{ containerPort: 14271 }] };
    const { spec } = injected(pod({ containers: [web] }));
    expect((spec as { containers: object[] }).containers[1]).not.toHaveProperty('livenessProbe');
  });

  it('leaves the ports of OTLP to an application that takes it itself', () => {
    const web = { name: 'web', ports: [{ containerPort: 4317 }] };
    const { spec } = injected(pod({ containers: [web] }));
    const [application, sidecar] = (spec as { containers: { env?: object[]; args?: string[] }[] })
      .containers;
    expect(sidecar?.args).toContain('otlp=false');
    expect(application?.env?.map((variable) => (variable as { name: string }).name)).toEqual([
      'JAEGER_PROPAGATION',
      'JAEGER_AGENT_HOST',
    ]);
  });

  it('leaves scrape annotations of the pod alone', () => {
    const annotations = { 'prometheus.io/port': '9090' };
    const { metadata } = injected(pod({ containers: [{ name: 'web' }] }, { annotations }));
    expect(metadata).toHaveProperty('annotations', annotations);
  });

  it('adds pull secrets of the agent that the pod lacks', () => {
    const { spec } = injected(
      pod({ containers: [{ name: 'web' }], imagePullSecrets: [{ name: 'a' }] }),
      { imagePullSecrets: [{ name: 'a' }, { name: 'b' }] },
    );
    expect(spec).toHaveProperty('imagePullSecrets', [{ name: 'a' }, { name: 'b' }]);
  });

  it.each([
    ['an agent already', pod({ containers: [{ name: 'jaeger-agent' }] })],
    ['an agent among its init containers', pod({ initContainers: [{ name: 'jaeger-agent' }] })],
    ['the label of a tracing component', pod({ containers: [] }, { labels: { app: 'jaeger' } })],
  ])('skips a pod with %s', (_, object) => {
    expect(injectSidecar(object, 'shop', agent())).toHaveProperty('skipped');
  });

  it('injects into the query component, which traces itself', () => {
    const labels = { app: 'jaeger', 'app.kubernetes.io/component': 'query' };
    const query = pod({ containers: [{ name: 'q' }] }, { labels });
    expect(injectSidecar(query, 'shop', agent())).toHaveProperty('patch');
  });

  it('changes nothing the second time', () => {
    const once = injected(pod({ containers: [{ name: 'web' }] }));
    expect(injectSidecar(once as KubeObject, 'shop', agent())).toHaveProperty('skipped');
  });
});
