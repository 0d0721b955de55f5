import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { jsonFields } from '../src/runtime/json-object.ts';

/** A cluster with nothing in it: enough for the controller to start and show its metrics. */
export interface EmptyCluster {
  /** Path of a kubeconfig for it. */
  readonly kubeconfig: string;
  close(): Promise<void>;
}

const VERSION = { major: '1', minor: '36' };

export async function startEmptyCluster(): Promise<EmptyCluster> {
  const folder = await mkdtemp(join(tmpdir(), 'empty-cluster-'));
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = jsonFields(server.address());
  const kubeconfig = join(folder, 'kubeconfig');
  await writeFile(kubeconfig, kubeconfigOf(`http://127.0.0.1:${String(port)}`));
  return {
    kubeconfig,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      await rm(folder, { recursive: true });
    },
  };
}

async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { pathname, searchParams } = new URL(request.url ?? '/', 'http://cluster');
  const send = (status: number, body: unknown): void => {
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(JSON.stringify(body));
  };
  if (request.method !== 'GET') {
    const body: unknown = JSON.parse(await text(request));
    const { metadata, ...rest } = jsonFields(body);
    send(200, { ...rest, metadata: { ...jsonFields(metadata), resourceVersion: '1' } });
  } else if (searchParams.has('watch')) {
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
  } else if (pathname === '/version') {
    send(200, VERSION);
  } else if (/\/secrets\/[^/]+$/.test(pathname)) {
    send(404, {
      kind: 'Status',
      apiVersion: 'v1',
      status: 'Failure',
      reason: 'NotFound',
      code: 404,
    });
  } else {
    send(200, { metadata: { resourceVersion: '1' }, items: [] });
  }
}

/** JSON is YAML too. */
function kubeconfigOf(url: string): string {
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': 'empty',
    contexts: [{ name: 'empty', context: { cluster: 'empty', user: 'nobody' } }],
    clusters: [{ name: 'empty', cluster: { server: url, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'nobody', user: {} }],
  });
}
