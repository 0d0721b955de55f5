import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { KubeConfig } from '@kubernetes/client-node';
import type { KubeObject } from '../../src/controller/kube-object.ts';

interface StoredEvent {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: KubeObject;
}

export interface Fault {
  /** 0 for no answer at all. */
  readonly status: number;
  readonly reason?: string;
  readonly retryAfterSeconds?: number;
}

/**
 * A misbehaving API server: it keeps objects of one kind under one path, lists them in pages and
 * streams changes, and fails as told. What a real server means by a write is tested on a real one.
 */
export interface FakeKubeServer {
  readonly config: KubeConfig;
  /** Every request, as `GET list`, `GET watch`, `PUT`. */
  readonly requests: { readonly what: string; readonly atMs: number }[];
  put(name: string, fields?: object): void;
  remove(name: string): void;
  /** Answers the next requests (of that sort) with these faults, in turn. */
  failNext(what: string, ...faults: readonly Fault[]): void;
  /** Ends all watches without a word (a connection reset). */
  cutWatches(): void;
  /** Watches stay open and say nothing, as when the path between is dead. */
  stallWatches(): void;
  heal(): void;
  /** Forgets the history: watches from before answer 410. */
  compact(): void;
  /** Sends an ERROR event with 410 to the open watches. */
  expireWatches(): void;
  close(): Promise<void>;
}

export async function startFakeKubeServer(plural: string): Promise<FakeKubeServer> {
  const inPath = new RegExp(`/${plural}/([^/]+)(?:/status)?$`);
  const objects = new Map<string, KubeObject>();
  let history: StoredEvent[] = [];
  let version = 100;
  let oldest = 0;
  let stalled = false;
  const watches = new Set<ServerResponse>();
  const faults = new Map<string, Fault[]>();
  const requests: { what: string; atMs: number }[] = [];

  const line = (type: string, object: unknown): string => `${JSON.stringify({ type, object })}\n`;
  const emit = (type: StoredEvent['type'], object: KubeObject): void => {
    history.push({ version, type, object });
    if (stalled) return;
    for (const watch of watches) watch.write(line(type, object));
  };
  const store = (name: string, fields: object): KubeObject => {
    const before = objects.get(name);
    const uid = before?.metadata.uid ?? `uid-${name}-${version}`;
    const metadata = { name, namespace: 'ns', uid, resourceVersion: String(++version) };
    const object = { apiVersion: 'v1', kind: 'ConfigMap', ...fields, metadata };
    objects.set(name, object);
    emit(before === undefined ? 'ADDED' : 'MODIFIED', object);
    return object;
  };
  const list = (response: ServerResponse, query: URLSearchParams): void => {
    const all = [...objects.values()];
    const from = Number(query.get('continue') ?? 0);
    const limit = Number(query.get('limit') ?? all.length);
    const next = from + limit < all.length ? String(from + limit) : '';
    const metadata = { resourceVersion: String(version), continue: next };
    send(response, 200, { metadata, items: all.slice(from, from + limit) });
  };
  const watch = (response: ServerResponse, query: URLSearchParams): void => {
    const from = Number(query.get('resourceVersion'));
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    if (from < oldest) {
      response.end(line('ERROR', { kind: 'Status', code: 410, reason: 'Expired' }));
      return;
    }
    watches.add(response);
    response.on('close', () => watches.delete(response));
    if (stalled) return;
    for (const event of history) {
      if (event.version > from) response.write(line(event.type, event.object));
    }
    response.write(line('BOOKMARK', { metadata: { resourceVersion: String(version) } }));
  };
  const write = async (
    request: IncomingMessage,
    response: ServerResponse,
    name: string,
  ): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request as AsyncIterable<Buffer>) chunks.push(chunk);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Partial<KubeObject>;
    const wanted = name === '' ? (body.metadata?.name ?? '') : name;
    const before = objects.get(wanted);
    const expected = body.metadata?.resourceVersion;
    const isMerge = request.headers['content-type'] === 'application/merge-patch+json';
    if (isMerge && before === undefined) {
      send(response, 404, { kind: 'Status', code: 404, reason: 'NotFound' });
    } else if (request.method === 'POST' && before !== undefined) {
      send(response, 409, { kind: 'Status', code: 409, reason: 'AlreadyExists' });
    } else if (expected !== undefined && expected !== before?.metadata.resourceVersion) {
      send(response, 409, { kind: 'Status', code: 409, reason: 'Conflict' });
    } else {
      send(response, 200, store(wanted, isMerge ? { ...before, ...body } : body));
    }
  };
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const url = new URL(request.url ?? '/', 'http://fake');
    const [, name = ''] = inPath.exec(url.pathname) ?? [];
    const what = sortOf(request, url, name);
    requests.push({ what, atMs: performance.now() });
    const fault = faults.get(what)?.shift();
    if (fault?.status === 0) return;
    if (fault !== undefined) {
      const after = fault.retryAfterSeconds;
      if (after !== undefined) response.setHeader('retry-after', String(after));
      send(response, fault.status, { kind: 'Status', code: fault.status, reason: fault.reason });
    } else if (what === 'GET watch') watch(response, url.searchParams);
    else if (request.method !== 'GET') await write(request, response, name);
    else if (what === 'GET list') list(response, url.searchParams);
    else {
      const object = objects.get(name);
      send(response, object === undefined ? 404 : 200, object ?? { kind: 'Status', code: 404 });
    }
  };
  const server = createServer((request, response) => {
    answer(request, response).catch((error: unknown) => {
      response.destroy(error instanceof Error ? error : new Error(String(error)));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  const config = new KubeConfig();
  config.loadFromClusterAndUser(
    { name: 'fake', server: `http://127.0.0.1:${port}`, skipTLSVerify: true },
    { name: 'test', token: 'a-token' },
  );
  return {
    config,
    requests,
    put: (name, fields = {}) => void store(name, fields),
    remove: (name) => {
      const object = objects.get(name);
      if (object === undefined || !objects.delete(name)) return;
      const metadata = { ...object.metadata, resourceVersion: String(++version) };
      emit('DELETED', { ...object, metadata });
    },
    failNext: (what, ...next) => {
      faults.set(what, [...(faults.get(what) ?? []), ...next]);
    },
    cutWatches: () => {
      for (const open of watches) open.destroy();
    },
    stallWatches: () => {
      stalled = true;
    },
    heal: () => {
      stalled = false;
    },
    compact: () => {
      history = [];
      oldest = version;
    },
    expireWatches: () => {
      for (const open of watches) open.end(line('ERROR', { code: 410, reason: 'Expired' }));
    },
    close: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
}

function sortOf({ method = '' }: IncomingMessage, url: URL, name: string): string {
  if (method !== 'GET') return method;
  return url.searchParams.has('watch') ? 'GET watch' : name === '' ? 'GET list' : 'GET get';
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(body));
}
