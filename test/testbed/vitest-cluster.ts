import { createServer } from 'node:http';
import type { TestProject } from 'vitest/node';
import { startCluster } from './cluster.ts';
import type { Cluster } from './cluster.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** Address that starts the run's cluster when first asked, and answers with its `ClusterAccess`. */
    clusterUrl: string;
  }
}

/**
 * Set-up of a vitest project whose tests share one cluster. The cluster starts when the first test
 * asks for it: a run of other tests pays nothing. With nodes in project `e2e`.
 */
export async function setup(project: TestProject): Promise<() => Promise<void>> {
  const nodes = project.name === 'e2e' ? 1 : 0;
  let starting: Promise<Cluster> | undefined;
  const server = createServer((_request, response) => {
    starting ??= startCluster({ nodes, controllers: true });
    starting.then(
      (cluster) => {
        response.end(JSON.stringify(cluster.access));
      },
      (error: unknown) => {
        response.statusCode = 500;
        const cause = error instanceof Error ? error.cause : undefined;
        response.end(`${String(error)}: ${String(cause)}`);
      },
    );
  });
  // A first build takes longer than any limit on how long a request may wait.
  server.requestTimeout = 0;
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port to listen on');
  project.provide('clusterUrl', `http://127.0.0.1:${address.port}/`);
  return async () => {
    server.closeAllConnections();
    server.close();
    // One that did not start has told the tests so and has cleaned up.
    const cluster = await starting?.catch(() => undefined);
    const failed = project.vitest.state.getCountOfFailedTests() > 0;
    await cluster?.stop({ keepLogs: failed });
  };
}
