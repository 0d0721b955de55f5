import { describe, expect, it } from 'vitest';
import type { JaegerInstanceSpec } from '../../../src/controller/api/spec-schema.ts';
import { desiredObjects } from '../../../src/controller/desired/desired-objects.ts';
import { jsonFields, jsonObjects } from '../../../src/runtime/json-object.ts';
import type { JsonObject } from '../../../src/runtime/json-object.ts';
import { FACTS, anInstance, desired, labels } from './an-instance.ts';

const EMBEDDED: JaegerInstanceSpec = { storage: { type: 'embedded' } };
const PRODUCTION: JaegerInstanceSpec = { strategy: 'production', ...EMBEDDED };

function namesIn(spec: JaegerInstanceSpec): readonly string[] {
  return desiredObjects(anInstance(spec), FACTS).map(
    ({ kind, metadata }) => `${kind} ${metadata.name}`,
  );
}

function podOf(kind: string, name: string, spec: JaegerInstanceSpec): JsonObject {
  return jsonFields(jsonFields(jsonFields(desired(kind, name, spec)['spec'])['template'])['spec']);
}

function containerOf(kind: string, name: string, spec: JaegerInstanceSpec): JsonObject {
  return jsonObjects(podOf(kind, name, spec)['containers'])[0] ?? {};
}

describe('an all-in-one with embedded storage', () => {
  it('is a StatefulSet of one pod with a volume of 10Gi, from the type alone', () => {
    const { spec } = desired('StatefulSet', 'simplest', EMBEDDED);
    expect(spec).toMatchObject({
      replicas: 1,
      serviceName: 'simplest-collector-headless',
      podManagementPolicy: 'Parallel',
      updateStrategy: { type: 'RollingUpdate' },
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Retain', whenScaled: 'Retain' },
      volumeClaimTemplates: [
        {
          apiVersion: 'v1',
          kind: 'PersistentVolumeClaim',
          metadata: { name: 'data', labels: labels('all-in-one', 'simplest') },
          spec: { accessModes: ['ReadWriteOnce'], resources: { requests: { storage: '10Gi' } } },
        },
      ],
    });
    expect(namesIn(EMBEDDED)).toEqual([
      'ServiceAccount simplest',
      'ConfigMap simplest-sampling-configuration',
      'Service simplest-collector-headless',
      'Service simplest-collector',
      'Service simplest-query',
      'Service simplest-agent',
      'PodDisruptionBudget simplest',
      'StatefulSet simplest',
      'Ingress simplest-query',
    ]);
  });

  it('keeps its store on the volume, bounded below its size, and has time to close it', () => {
    expect(containerOf('StatefulSet', 'simplest', EMBEDDED)).toMatchObject({
      args: [
        'all-in-one',
        '--embedded.directory=/var/lib/jaeger/store',
        '--embedded.max-bytes=8864Mi',
        '--sampling.strategies-file=/etc/jaeger/sampling/sampling.json',
        '--shutdown-timeout=50s',
      ],
      env: [
        { name: 'SPAN_STORAGE_TYPE', value: 'embedded' },
        { name: 'JAEGER_LISTEN_HOST', value: '0.0.0.0' },
      ],
      startupProbe: { failureThreshold: 600 },
    });
    const mounts = containerOf('StatefulSet', 'simplest', EMBEDDED)['volumeMounts'];
    expect(mounts).toContainEqual({ name: 'data', mountPath: '/var/lib/jaeger' });
    expect(podOf('StatefulSet', 'simplest', EMBEDDED)).toMatchObject({
      terminationGracePeriodSeconds: 60,
      securityContext: {
        runAsNonRoot: true,
        fsGroup: 65532,
        fsGroupChangePolicy: 'OnRootMismatch',
      },
    });
  });

  it('takes size, class, modes, retention and what becomes of the volume from the spec', () => {
    const spec: JaegerInstanceSpec = {
      storage: {
        type: 'badger',
        retention: '24h',
        embedded: {
          size: '1Ti',
          storageClassName: 'fast',
          accessModes: ['ReadWriteOncePod'],
          whenDeleted: 'Delete',
        },
      },
    };
    expect(desired('StatefulSet', 'simplest', spec)['spec']).toMatchObject({
      persistentVolumeClaimRetentionPolicy: { whenDeleted: 'Delete', whenScaled: 'Retain' },
      volumeClaimTemplates: [
        {
          spec: {
            accessModes: ['ReadWriteOncePod'],
            storageClassName: 'fast',
            resources: { requests: { storage: '1Ti' } },
          },
        },
      ],
    });
    const container = containerOf('StatefulSet', 'simplest', spec);
    expect(container['args']).toContain('--embedded.retention=24h');
    expect(container['env']).toContainEqual({ name: 'SPAN_STORAGE_TYPE', value: 'embedded' });
  });

  it('bounds the store by what there is while the volume has not grown', () => {
    const spec: JaegerInstanceSpec = { storage: { type: 'embedded', embedded: { size: '20Gi' } } };
    const objects = desiredObjects(anInstance(spec), { ...FACTS, volumeSize: '10Gi' });
    const text = JSON.stringify(objects.find(({ kind }) => kind === 'StatefulSet'));
    expect(text).toContain('--embedded.max-bytes=8864Mi');
    expect(text).toContain('"storage":"20Gi"');
  });

  it('lets options win, and waits longer for a process that may take longer to stop', () => {
    const spec: JaegerInstanceSpec = {
      storage: { type: 'embedded', options: { embedded: { 'max-bytes': '1Gi' } } },
      allInOne: { options: { 'shutdown-timeout': '2m' } },
    };
    const { args } = containerOf('StatefulSet', 'simplest', spec);
    expect(args).toContain('--embedded.max-bytes=1Gi');
    expect(args).toContain('--shutdown-timeout=2m');
    expect(podOf('StatefulSet', 'simplest', spec)['terminationGracePeriodSeconds']).toBe(130);
  });

  it('fits spans on their way to a block and cached pages to its memory limit', () => {
    const resources = { limits: { memory: '256Mi' } };
    expect(containerOf('StatefulSet', 'simplest', { ...EMBEDDED, resources })['env']).toEqual([
      { name: 'SPAN_STORAGE_TYPE', value: 'embedded' },
      { name: 'JAEGER_LISTEN_HOST', value: '0.0.0.0' },
      { name: 'EMBEDDED_MAX_HEAD_BYTES', value: '32Mi' },
      { name: 'EMBEDDED_CACHE_BYTES', value: '32Mi' },
      { name: 'COLLECTOR_MAX_BYTES_IN_FLIGHT', value: '32Mi' },
    ]);
  });
});

describe('strategy production with embedded storage', () => {
  it('is a storage server with a volume, and collector and query without', () => {
    expect(namesIn(PRODUCTION)).toEqual([
      'ServiceAccount simplest',
      'ConfigMap simplest-sampling-configuration',
      'Service simplest-storage-headless',
      'Service simplest-storage',
      'Service simplest-collector-headless',
      'Service simplest-collector',
      'Service simplest-query',
      'PodDisruptionBudget simplest-storage',
      'PodDisruptionBudget simplest-collector',
      'PodDisruptionBudget simplest-query',
      'StatefulSet simplest-storage',
      'Deployment simplest-collector',
      'Deployment simplest-query',
      'Ingress simplest-query',
    ]);
    expect(desired('StatefulSet', 'simplest-storage', PRODUCTION)['spec']).toMatchObject({
      serviceName: 'simplest-storage-headless',
      volumeClaimTemplates: [{ metadata: { name: 'data' } }],
    });
    expect(containerOf('StatefulSet', 'simplest-storage', PRODUCTION)).toMatchObject({
      name: 'jaeger-storage',
      args: [
        'storage-server',
        '--embedded.directory=/var/lib/jaeger/store',
        '--embedded.max-bytes=8864Mi',
        '--shutdown-timeout=50s',
      ],
      ports: [
        { name: 'grpc-storage', containerPort: 17271 },
        { name: 'admin-http', containerPort: 17270 },
        { name: 'health', containerPort: 13133 },
      ],
    });
  });

  it('sends spans and queries to the storage server', () => {
    const server = '--grpc-storage.server=simplest-storage.tracing.svc:17271';
    const overGrpc = [
      { name: 'SPAN_STORAGE_TYPE', value: 'grpc' },
      { name: 'JAEGER_LISTEN_HOST', value: '0.0.0.0' },
    ];
    expect(containerOf('Deployment', 'simplest-collector', PRODUCTION)).toMatchObject({
      name: 'jaeger-collector',
      args: ['collector', server, '--sampling.strategies-file=/etc/jaeger/sampling/sampling.json'],
      env: overGrpc,
    });
    expect(containerOf('Deployment', 'simplest-query', PRODUCTION)).toMatchObject({
      name: 'jaeger-query',
      args: ['query', server],
      env: overGrpc,
    });
  });

  it('has Services that lead to the role they are for', () => {
    const service = (name: string): JsonObject =>
      jsonFields(desired('Service', name, PRODUCTION)['spec']);
    const role = (name: string): unknown =>
      jsonFields(service(name)['selector'])['app.kubernetes.io/component'];
    expect(role('simplest-collector')).toBe('collector');
    expect(role('simplest-collector-headless')).toBe('collector');
    expect(role('simplest-query')).toBe('query');
    expect(role('simplest-storage')).toBe('storage');
    expect(service('simplest-storage-headless')).toMatchObject({ clusterIP: 'None' });
    expect(service('simplest-storage')['ports']).toEqual([
      { name: 'grpc-storage', port: 17271, targetPort: 'grpc-storage', protocol: 'TCP' },
      { name: 'admin-http', port: 17270, targetPort: 'admin-http', protocol: 'TCP' },
    ]);
  });

  it('gives each role its own pods, over what the spec says of all', () => {
    const spec: JaegerInstanceSpec = {
      ...PRODUCTION,
      priorityClassName: 'all',
      collector: { replicas: 3, strategy: { type: 'Recreate' }, options: { 'log-level': 'debug' } },
      query: { annotations: { a: 'b' }, priorityClassName: 'query' },
      storage: {
        type: 'embedded',
        embedded: { config: { grpc: { 'queue-size': 5 } }, resources: { limits: { cpu: 1 } } },
      },
    };
    expect(desired('Deployment', 'simplest-collector', spec)['spec']).toMatchObject({
      replicas: 3,
      strategy: { type: 'Recreate' },
    });
    const { args } = containerOf('Deployment', 'simplest-collector', spec);
    expect(args).toContain('--log-level=debug');
    expect(podOf('Deployment', 'simplest-collector', spec)['priorityClassName']).toBe('all');
    expect(podOf('Deployment', 'simplest-query', spec)['priorityClassName']).toBe('query');
    expect(desired('Service', 'simplest-query', spec).metadata.annotations).toEqual({ a: 'b' });
    expect(containerOf('StatefulSet', 'simplest-storage', spec)).toMatchObject({
      args: expect.arrayContaining(['--config=/etc/jaeger/config/config.json']) as unknown,
      resources: { limits: { cpu: 1 } },
    });
    expect(desired('ConfigMap', 'simplest-storage-configuration', spec)['data']).toEqual({
      config: '{\n  "grpc": {\n    "queue-size": 5\n  }\n}',
    });
  });

  it('lets a drain take one pod of each role at a time, and a broken one always', () => {
    expect(desired('PodDisruptionBudget', 'simplest-storage', PRODUCTION)['spec']).toEqual({
      maxUnavailable: 1,
      selector: {
        matchLabels: {
          'app.kubernetes.io/instance': 'simplest',
          'app.kubernetes.io/component': 'storage',
        },
      },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });
});
