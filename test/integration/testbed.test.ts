import { describe, expect, it } from 'vitest';
import { sharedCluster } from '../testbed/shared-cluster.ts';
import { testbedUnavailable } from '../testbed/testbed-unavailable.ts';

describe.skipIf(testbedUnavailable() !== undefined)('the test cluster', () => {
  it('stores an object and collects what it owns when it goes', { timeout: 120_000 }, async () => {
    const { kubectl } = await sharedCluster();
    await kubectl(['create', 'namespace', 'testbed']);
    const inNamespace = ['-n', 'testbed'];
    await kubectl([...inNamespace, 'create', 'configmap', 'owner']);
    const uid = await kubectl([
      ...inNamespace,
      'get',
      'configmap',
      'owner',
      '-o=jsonpath={.metadata.uid}',
    ]);
    const owned = {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata: {
        name: 'owned',
        ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid }],
      },
    };
    await kubectl([...inNamespace, 'apply', '-f', '-'], { stdin: JSON.stringify(owned) });
    await kubectl([...inNamespace, 'delete', 'configmap', 'owner']);
    await kubectl([...inNamespace, 'wait', '--for=delete', 'configmap/owned', '--timeout=30s']);
    const left = await kubectl([...inNamespace, 'get', 'configmap', 'owned', '--ignore-not-found']);
    expect(left).toBe('');
  });

  it('names the server version that its programs are built from', async () => {
    const { kubectl } = await sharedCluster();
    const version: unknown = JSON.parse(await kubectl(['version', '-o', 'json']));
    expect(version).toMatchObject({
      clientVersion: { gitVersion: 'v1.36.3' },
      serverVersion: { gitVersion: 'v1.36.3' },
    });
  });
});
