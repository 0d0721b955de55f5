import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ClusterClient } from '../../testbed/cluster-client.ts';
import { sharedCluster } from '../../testbed/shared-cluster.ts';
import { testbedUnavailable } from '../../testbed/testbed-unavailable.ts';
import { otlpPod } from '../application.ts';
import { eventually } from '../eventually.ts';
import { installOperator, loadImage } from '../install-operator.ts';

const OPERATOR = { namespace: 'observability', release: 'jaeger' };
const NS = 'kept';

/** Traces on a volume, in a namespace that admits only restricted pods. */
describe.skipIf(testbedUnavailable({ nodes: true }) !== undefined)('embedded storage', () => {
  let cluster: ClusterClient;

  const kubectl = (args: readonly string[], stdin?: object): Promise<string> =>
    cluster.kubectl(
      ['-n', NS, ...args],
      stdin === undefined ? {} : { stdin: JSON.stringify(stdin) },
    );
  const apply = (name: string, spec: object): Promise<string> => {
    const head = { apiVersion: 'jaegertracing.io/v1', kind: 'JaegerInstance' };
    return kubectl(['apply', '-f', '-'], { ...head, metadata: { name, namespace: NS }, spec });
  };
  const jsonPath = (what: string, path: string): Promise<string> =>
    kubectl(['get', what, '-o', `jsonpath=${path}`]);
  const ready = (name: string): Promise<string> =>
    kubectl(['wait', '--for=condition=Ready', `jaegerinstance/${name}`, '--timeout=120s']);
  const storageSays = (name: string): Promise<string> =>
    jsonPath(`jaegerinstance/${name}`, '{.status.conditions[?(@.type=="StorageReady")].message}');
  const traceIds = async (name: string): Promise<readonly string[]> => {
    const address = await jsonPath(`service/${name}-query`, '{.spec.clusterIP}');
    const url = `http://${address}:16686/api/traces?service=otlp-client`;
    const response = await fetch(url, { signal: AbortSignal.timeout(3000) });
    const { data } = (await response.json()) as { data: readonly { traceID: string }[] | null };
    if (data === null || data.length === 0) throw new Error('no trace yet');
    return data.map(({ traceID }) => traceID);
  };
  /** A pod that sends one trace; resolves to the ids of what can be found then. */
  const send = async (name: string): Promise<readonly string[]> => {
    await kubectl(['delete', 'pod/otlp-client', '--ignore-not-found', '--wait=true']);
    await kubectl(['apply', '-f', '-'], otlpPod(`http://${name}-collector.${NS}.svc:4318`));
    return eventually(() => traceIds(name));
  };

  beforeAll(async () => {
    cluster = await sharedCluster();
    await loadImage(cluster);
    const labels = { 'pod-security.kubernetes.io/enforce': 'restricted' };
    const object = { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NS, labels } };
    await cluster.kubectl(['apply', '-f', '-'], { stdin: JSON.stringify(object) });
    const expandable = JSON.stringify({ allowVolumeExpansion: true });
    await cluster.kubectl(['patch', 'storageclass', 'hostpath', '-p', expandable]);
    await installOperator(cluster, OPERATOR);
  });

  afterAll(async () => {
    await cluster.kubectl(['delete', 'namespace', NS, '--wait=true']);
    await cluster.helm(['uninstall', OPERATOR.release, '-n', OPERATOR.namespace, '--wait']);
    await cluster.kubectl(['delete', 'crd', 'jaegerinstances.jaegertracing.io', '--wait=true']);
  });

  it('keeps the traces of an all-in-one when its pod goes', async () => {
    await eventually(() => apply('simplest', { storage: { type: 'embedded' } }));
    await ready('simplest');
    expect(await storageSays('simplest')).toBe('traces are on volume data-simplest-0 (10Gi)');
    const sent = await send('simplest');
    const pod = await jsonPath('pod/simplest-0', '{.metadata.uid}');
    await kubectl(['delete', 'pod/simplest-0', '--wait=true']);
    await eventually(async () => {
      expect(await jsonPath('pod/simplest-0', '{.metadata.uid}')).not.toBe(pod);
    });
    await kubectl(['wait', '--for=condition=Ready', 'pod/simplest-0', '--timeout=60s']);
    expect(await eventually(() => traceIds('simplest'))).toEqual(sent);
  });

  it('grows the volume with the spec, under the running pod', async () => {
    const pod = await jsonPath('pod/simplest-0', '{.metadata.uid}');
    await apply('simplest', { storage: { type: 'embedded', embedded: { size: '20Gi' } } });
    const path = '{.spec.resources.requests.storage}';
    await eventually(async () => {
      expect(await jsonPath('pvc/data-simplest-0', path)).toBe('20Gi');
    });
    await eventually(async () => {
      const claimed = '{.spec.volumeClaimTemplates[0].spec.resources.requests.storage}';
      expect(await jsonPath('statefulset/simplest', claimed)).toBe('20Gi');
    });
    // The hostpath volume never gets larger; one that does rolls the pod once, for its new bound.
    expect(await storageSays('simplest')).toContain('(10Gi, growing to 20Gi)');
    await ready('simplest');
    expect(await jsonPath('pod/simplest-0', '{.metadata.uid}')).toBe(pod);
    expect(await eventually(() => traceIds('simplest'))).toHaveLength(1);
    const small = { storage: { type: 'embedded', embedded: { size: '5Gi' } } };
    await expect(apply('simplest', small)).rejects.toThrow('a volume cannot shrink');
  });

  it('leaves the volume behind, and takes it up again', async () => {
    const before = await traceIds('simplest');
    await kubectl(['delete', 'jaegerinstance/simplest', '--wait=true']);
    await kubectl(['wait', '--for=delete', 'pod/simplest-0', '--timeout=90s']);
    await apply('simplest', { storage: { type: 'embedded', embedded: { size: '20Gi' } } });
    await ready('simplest');
    expect(await eventually(() => traceIds('simplest'))).toEqual(before);
    await kubectl(['delete', 'jaegerinstance/simplest', '--wait=true']);
  });

  it('serves collectors and queries in pods of their own', async () => {
    const embedded = { size: '1Gi', whenDeleted: 'Delete' };
    await apply('shop', { strategy: 'production', storage: { type: 'badger', embedded } });
    await ready('shop');
    const sent = await send('shop');
    await kubectl(['delete', 'pod/shop-storage-0', '--wait=true']);
    await eventually(() => kubectl(['get', 'pod/shop-storage-0']));
    await kubectl(['wait', '--for=condition=Ready', 'pod/shop-storage-0', '--timeout=60s']);
    expect(await eventually(() => traceIds('shop'))).toEqual(sent);
    await kubectl(['delete', 'jaegerinstance/shop', '--wait=true']);
    await eventually(async () => {
      const claims = await kubectl(['get', 'pvc', '-o', 'name']);
      expect(claims.trim().split('\n')).toEqual(['persistentvolumeclaim/data-simplest-0']);
    }, 90_000);
  });
});
