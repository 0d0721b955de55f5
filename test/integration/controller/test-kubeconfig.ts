/** The cluster these tests use, or undefined (after saying why) when there is none. */
export function testKubeconfig(): Promise<string | undefined> {
  const path = process.env['TEST_KUBECONFIG'];
  if (path === undefined || path === '') {
    process.stderr.write('\nSKIPPED: the engine tests need TEST_KUBECONFIG\n\n');
    return Promise.resolve(undefined);
  }
  return Promise.resolve(path);
}
