import { describe, expect, it } from 'vitest';
import { desired, labels } from './an-instance.ts';

const SELECTOR = {
  'app.kubernetes.io/instance': 'simplest',
  'app.kubernetes.io/component': 'all-in-one',
};

describe('the all-in-one Deployment', () => {
  it('is a restricted pod with every port of the process, from an empty spec', () => {
    expect(desired('Deployment', 'simplest')).toEqual({
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata: {
        name: 'simplest',
        namespace: 'tracing',
        labels: labels('all-in-one', 'simplest'),
      },
      spec: {
        replicas: 1,
        selector: { matchLabels: SELECTOR },
        strategy: { type: 'RollingUpdate', rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } },
        template: {
          metadata: {
            labels: labels('all-in-one', 'simplest'),
            annotations: {
              'prometheus.io/scrape': 'true',
              'prometheus.io/port': '14269',
              'linkerd.io/inject': 'disabled',
              'sidecar.istio.io/inject': 'false',
              'jaegertracing.io/config-hash': '5436bf933e83fb7b',
            },
          },
          spec: {
            serviceAccountName: 'simplest',
            automountServiceAccountToken: false,
            enableServiceLinks: false,
            securityContext: {
              runAsNonRoot: true,
              runAsUser: 65532,
              runAsGroup: 65532,
              fsGroup: 65532,
              seccompProfile: { type: 'RuntimeDefault' },
            },
            containers: [
              {
                name: 'jaeger',
                image: 'example.com/jaeger:1',
                args: [
                  'all-in-one',
                  '--sampling.strategies-file=/etc/jaeger/sampling/sampling.json',
                ],
                env: [
                  { name: 'SPAN_STORAGE_TYPE', value: 'memory' },
                  { name: 'JAEGER_LISTEN_HOST', value: '0.0.0.0' },
                ],
                ports: [
                  { name: 'zk-compact-trft', containerPort: 5775, protocol: 'UDP' },
                  { name: 'config-rest', containerPort: 5778, protocol: 'TCP' },
                  { name: 'jg-compact-trft', containerPort: 6831, protocol: 'UDP' },
                  { name: 'jg-binary-trft', containerPort: 6832, protocol: 'UDP' },
                  { name: 'zipkin', containerPort: 9411, protocol: 'TCP' },
                  { name: 'grpc', containerPort: 14250, protocol: 'TCP' },
                  { name: 'c-binary-trft', containerPort: 14268, protocol: 'TCP' },
                  { name: 'admin-http', containerPort: 14269, protocol: 'TCP' },
                  { name: 'grpc-query', containerPort: 16685, protocol: 'TCP' },
                  { name: 'query', containerPort: 16686, protocol: 'TCP' },
                  { name: 'grpc-otlp', containerPort: 4317, protocol: 'TCP' },
                  { name: 'http-otlp', containerPort: 4318, protocol: 'TCP' },
                  { name: 'health', containerPort: 13133, protocol: 'TCP' },
                ],
                livenessProbe: {
                  httpGet: { path: '/', port: 'admin-http', scheme: 'HTTP' },
                  initialDelaySeconds: 5,
                  periodSeconds: 15,
                  failureThreshold: 5,
                },
                startupProbe: {
                  httpGet: { path: '/', port: 'admin-http', scheme: 'HTTP' },
                  periodSeconds: 1,
                  failureThreshold: 120,
                },
                readinessProbe: {
                  httpGet: { path: '/', port: 'admin-http', scheme: 'HTTP' },
                  initialDelaySeconds: 1,
                  periodSeconds: 2,
                  failureThreshold: 5,
                },
                securityContext: {
                  allowPrivilegeEscalation: false,
                  readOnlyRootFilesystem: true,
                  runAsNonRoot: true,
                  seccompProfile: { type: 'RuntimeDefault' },
                  capabilities: { drop: ['ALL'] },
                },
                resources: { requests: { cpu: '100m', memory: '256Mi' } },
                volumeMounts: [
                  {
                    name: 'sampling-configuration',
                    mountPath: '/etc/jaeger/sampling',
                    readOnly: true,
                  },
                  { name: 'tmp', mountPath: '/tmp' },
                ],
              },
            ],
            volumes: [
              {
                name: 'sampling-configuration',
                configMap: {
                  name: 'simplest-sampling-configuration',
                  items: [{ key: 'sampling', path: 'sampling.json' }],
                },
              },
              { name: 'tmp', emptyDir: { sizeLimit: '64Mi' } },
            ],
          },
        },
      },
    });
  });

  it('turns options into sorted arguments, the component’s over those of the storage', () => {
    const args = containerOf({
      storage: { type: 'memory', options: { memory: { 'max-traces': 7, 'max-bytes': '1Gi' } } },
      allInOne: { options: { 'memory.max-traces': 9, collector: { tags: ['a=1', 'b=2'] } } },
    })['args'];
    expect(args).toEqual([
      'all-in-one',
      '--collector.tags=a=1,b=2',
      '--memory.max-bytes=1Gi',
      '--memory.max-traces=9',
      '--sampling.strategies-file=/etc/jaeger/sampling/sampling.json',
    ]);
  });

  it('moves a container port with its option, and not the number of the Service', () => {
    const spec = { allInOne: { options: { 'collector.otlp.grpc.host-port': ':5317' } } };
    expect(containerOf(spec)['ports']).toContainEqual({
      name: 'grpc-otlp',
      containerPort: 5317,
      protocol: 'TCP',
    });
    expect(desired('Service', 'simplest-collector', spec)['spec']).toMatchObject({
      ports: expect.arrayContaining([
        { name: 'grpc-otlp', port: 4317, targetPort: 'grpc-otlp', protocol: 'TCP' },
      ]) as unknown,
    });
  });

  it('mounts the config and the UI configuration, and rolls when one of them changes', () => {
    const spec = { allInOne: { config: { a: 1 } }, ui: { options: { b: 2 } } };
    expect(containerOf(spec)['args']).toEqual([
      'all-in-one',
      '--config=/etc/jaeger/config/config.json',
      '--query.ui-config=/etc/config/ui.json',
      '--sampling.strategies-file=/etc/jaeger/sampling/sampling.json',
    ]);
    expect(desired('ConfigMap', 'simplest-ui-configuration', spec)['data']).toEqual({
      ui: '{\n  "b": 2\n}',
    });
    const hashes = [spec, { ...spec, ui: { options: { b: 3 } } }, spec].map(hashOf);
    expect(hashes[0]).toEqual(hashes[2]);
    expect(hashes[0]).not.toEqual(hashes[1]);
  });

  it('leaves out its own sampling file when an option names one', () => {
    const spec = { allInOne: { options: { 'sampling.strategies-file': 'https://example.com/s' } } };
    expect(containerOf(spec)['args']).toEqual([
      'all-in-one',
      '--sampling.strategies-file=https://example.com/s',
    ]);
    expect(() => desired('ConfigMap', 'simplest-sampling-configuration', spec)).toThrow(
      '0 objects',
    );
  });

  it('keeps its own labels against the user’s and the selector free of both', () => {
    const deployment = desired('Deployment', 'simplest', {
      labels: { team: 'a', 'app.kubernetes.io/instance': 'mine' },
    });
    expect(deployment.metadata.labels).toEqual({ team: 'a', ...labels('all-in-one', 'simplest') });
    expect(deployment['spec']).toMatchObject({ selector: { matchLabels: SELECTOR } });
  });

  it('uses the user’s ServiceAccount and then makes none', () => {
    const spec = { serviceAccount: 'mine' };
    expect(podOf(spec)['serviceAccountName']).toBe('mine');
    expect(() => desired('ServiceAccount', 'simplest', spec)).toThrow('0 objects');
  });

  it('lets the user’s variables, probe and annotations win', () => {
    const spec = {
      env: [
        { name: 'SPAN_STORAGE_TYPE', value: 'memory' },
        { name: 'A', value: 'spec' },
      ],
      livenessProbe: { httpGet: { path: '/live', port: 1 } },
      annotations: { 'prometheus.io/scrape': 'false' },
      allInOne: { env: [{ name: 'A', value: 'component' }] },
    };
    expect(containerOf(spec)).toMatchObject({
      env: [
        { name: 'A', value: 'component' },
        { name: 'SPAN_STORAGE_TYPE', value: 'memory' },
        { name: 'JAEGER_LISTEN_HOST', value: '0.0.0.0' },
      ],
      livenessProbe: { httpGet: { path: '/live', port: 1 } },
    });
    expect(templateOf(spec)).toMatchObject({
      metadata: { annotations: { 'prometheus.io/scrape': 'false' } },
    });
  });
});

type Spec = Parameters<typeof desired>[2];
type Fields = Record<string, unknown>;

function templateOf(spec: Spec): Fields {
  const { template } = desired('Deployment', 'simplest', spec)['spec'] as { template: Fields };
  return template;
}

function podOf(spec: Spec): Fields {
  return templateOf(spec)['spec'] as Fields;
}

function containerOf(spec: Spec): Fields {
  const [container = {}] = podOf(spec)['containers'] as Fields[];
  return container;
}

function hashOf(spec: Spec): unknown {
  const { annotations } = templateOf(spec)['metadata'] as { annotations: Fields };
  return annotations['jaegertracing.io/config-hash'];
}
