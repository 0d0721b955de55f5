import { describe, expect, it } from 'vitest';
import { mergeBlocks, normalize } from '../../../src/controller/api/defaults.ts';

describe('mergeBlocks', () => {
  it.each([
    [
      'maps by key',
      { labels: { a: '1' }, nodeSelector: { n: 'c' } },
      { labels: { a: '2', b: '2' }, nodeSelector: { n: 's' } },
      { labels: { a: '1', b: '2' }, nodeSelector: { n: 'c' } },
    ],
    [
      'resources by amount',
      { resources: { limits: { cpu: 1 } } },
      { resources: { limits: { cpu: 2, memory: '1Gi' }, requests: { cpu: '10m' } } },
      { resources: { limits: { cpu: 1, memory: '1Gi' }, requests: { cpu: '10m' } } },
    ],
    [
      'volumes and variables by name',
      { volumes: [{ name: 'v', emptyDir: {} }], env: [{ name: 'E', value: 'c' }] },
      {
        volumes: [
          { name: 'v', secret: {} },
          { name: 'w', secret: {} },
        ],
        env: [{ name: 'E', value: 's' }, { name: 'F' }],
      },
      {
        volumes: [
          { name: 'v', emptyDir: {} },
          { name: 'w', secret: {} },
        ],
        env: [{ name: 'E', value: 'c' }, { name: 'F' }],
      },
    ],
    [
      'mounts by path',
      { volumeMounts: [{ name: 'a', mountPath: '/x' }] },
      {
        volumeMounts: [
          { name: 'b', mountPath: '/x' },
          { name: 'b', mountPath: '/y' },
        ],
      },
      {
        volumeMounts: [
          { name: 'a', mountPath: '/x' },
          { name: 'b', mountPath: '/y' },
        ],
      },
    ],
    [
      'tolerations and pull secrets by joining them',
      { tolerations: [{ key: 'a' }], imagePullSecrets: [{ name: 's' }] },
      { tolerations: [{ key: 'b' }], imagePullSecrets: [{ name: 's' }, { name: 't' }] },
      {
        tolerations: [{ key: 'a' }, { key: 'b' }],
        imagePullSecrets: [{ name: 's' }, { name: 't' }],
      },
    ],
    [
      'anything else whole',
      { affinity: { a: 1 }, serviceAccount: 'c' },
      { affinity: { b: 1 }, serviceAccount: 's', priorityClassName: 'p' },
      { affinity: { a: 1 }, serviceAccount: 'c', priorityClassName: 'p' },
    ],
  ])('merges %s', (_, component, spec, merged) => {
    expect(mergeBlocks(component, spec)).toMatchObject(merged);
  });
});

describe('normalize', () => {
  const object = { apiVersion: 'jaegertracing.io/v1', kind: 'JaegerInstance' };

  it('fills in the defaults and leaves the spec as it is', () => {
    const spec = Object.freeze({ strategy: 'all-in-one' as const });
    const normal = normalize({ ...object, metadata: { name: 'a' }, spec });
    expect(normal).toMatchObject({
      name: 'a',
      namespace: 'default',
      spec: {
        strategy: 'allInOne',
        paused: false,
        agent: { strategy: 'Sidecar' },
        collector: { replicas: 1 },
        query: {
          replicas: 1,
          service: { serviceType: 'ClusterIP', nodePort: undefined, annotations: {} },
        },
        ingress: { enabled: true, pathType: 'Prefix' },
        storage: {
          type: 'memory',
          options: {},
          retention: undefined,
          embedded: { size: '10Gi', accessModes: ['ReadWriteOnce'], whenDeleted: 'Retain' },
        },
        ui: {},
        sampling: {},
      },
    });
    expect(spec).toEqual({ strategy: 'all-in-one' });
  });
});
