import { get } from 'node:http';
import { text } from 'node:stream/consumers';
import { inject } from 'vitest';
import './vitest-cluster.ts';
import { clusterClient } from './cluster-client.ts';
import type { ClusterAccess, ClusterClient } from './cluster-client.ts';

/**
 * The cluster of this test run, started by the first test that asks (the very first time on a
 * machine it is built, which takes minutes). A test works in a namespace of its own.
 */
export async function sharedCluster(): Promise<ClusterClient> {
  const [status, body] = await new Promise<[number | undefined, string]>((resolve, reject) => {
    get(inject('clusterUrl'), (response) => {
      text(response).then((answer) => {
        resolve([response.statusCode, answer]);
      }, reject);
    }).on('error', reject);
  });
  if (status !== 200) throw new Error(body);
  return clusterClient(JSON.parse(body) as ClusterAccess);
}
