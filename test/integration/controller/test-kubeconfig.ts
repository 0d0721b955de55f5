import { sharedCluster } from '../../testbed/shared-cluster.ts';
import { testbedUnavailable } from '../../testbed/testbed-unavailable.ts';

/**
 * The cluster these tests use: the one TEST_KUBECONFIG names, or the shared one of this run.
 * undefined (after saying why) when there can be none.
 */
export async function testKubeconfig(): Promise<string | undefined> {
  const path = process.env['TEST_KUBECONFIG'];
  if (path !== undefined && path !== '') return path;
  if (testbedUnavailable() !== undefined) return undefined;
  return (await sharedCluster()).kubeconfig;
}
