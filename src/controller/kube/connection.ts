import type { RequestOptions } from 'node:https';
import { createHash } from 'node:crypto';
import type { KubeConfig } from '@kubernetes/client-node';
import { HttpMethod, RequestContext } from '@kubernetes/client-node';
import { Agent, ProxyAgent } from 'undici';
import type { Dispatcher } from 'undici';
import type { Clock } from '../../runtime/clock.ts';

/** How to reach the API server right now. */
export interface Connection {
  readonly dispatcher: Dispatcher;
  /** Authorization and impersonation. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface ConnectionSource {
  /** `https://host:port`, perhaps with a path. */
  readonly server: string;
  /** Credentials are read again when they are older than a few seconds, so rotation is seen. */
  current(): Promise<Connection>;
  /** The server refused the credentials (401): read them again at the next use. */
  distrust(): void;
  close(): Promise<void>;
}

/** Credential files and exec plugins are asked again after this; tokens rotate hourly. */
const REREAD_AFTER_MS = 10_000;
/** Bounds sockets: watches, plus what the rate limiter lets run at the same time. */
const CONNECTIONS_MAX = 256;
/** Short, because a path that heals carries a new connection at once, an old attempt late or never. */
const CONNECT_TIMEOUT_MS = 5_000;

/**
 * Client-node decides who we are and what to trust (kubeconfig, exec plugin, token file, OIDC); the
 * sockets are kept here, because its own `applySecurityAuthentication` makes a new pool, and so a
 * new TLS handshake, for every request. HTTP/1.1 on purpose: a watch then has a socket of its own,
 * and giving up on a stalled one gives up its connection too.
 */
export function createConnectionSource(config: KubeConfig, clock: Clock): ConnectionSource {
  const cluster = config.getCurrentCluster();
  if (cluster === null) throw new Error('the kubeconfig names no current cluster');
  let pool: { readonly identity: string; readonly dispatcher: Dispatcher } | undefined;
  let known: { readonly connection: Connection; readonly readAt: number } | undefined;
  let reading: Promise<Connection> | undefined;

  const read = async (): Promise<Connection> => {
    const options: RequestOptions = {};
    await config.applyToHTTPSOptions(options);
    const tls = tlsOptions(options);
    const identity = tlsIdentity(tls);
    if (pool?.identity !== identity) {
      // Requests in flight on the old pool finish there; it closes after the last.
      void pool?.dispatcher.close();
      pool = { identity, dispatcher: await createDispatcher(config, tls) };
    }
    const connection = { dispatcher: pool.dispatcher, headers: authHeaders(options) };
    known = { connection, readAt: clock.monotonic() };
    return connection;
  };
  return {
    server: cluster.server.replace(/\/+$/, ''),
    current: () => {
      if (known !== undefined && clock.monotonic() - known.readAt < REREAD_AFTER_MS) {
        return Promise.resolve(known.connection);
      }
      reading ??= read().finally(() => {
        reading = undefined;
      });
      return reading;
    },
    distrust: () => {
      known = undefined;
    },
    close: async () => {
      await pool?.dispatcher.destroy();
    },
  };
}

type TlsOptions = Pick<RequestOptions, (typeof TLS_FIELDS)[number]>;
const TLS_FIELDS = [
  'ca',
  'cert',
  'key',
  'pfx',
  'passphrase',
  'servername',
  'rejectUnauthorized',
] as const;

function tlsOptions(options: RequestOptions): TlsOptions {
  const given = TLS_FIELDS.filter((field) => options[field] !== undefined);
  return Object.fromEntries(given.map((field) => [field, options[field]]));
}

async function createDispatcher(config: KubeConfig, tls: TlsOptions): Promise<Dispatcher> {
  const limits = { allowH2: false, connections: CONNECTIONS_MAX, keepAliveTimeout: 30_000 };
  // Half of the idle time after which cloud load balancers forget a connection.
  const tcp = { timeout: CONNECT_TIMEOUT_MS, keepAlive: true, keepAliveInitialDelay: 30_000 };
  const route = config.createDispatcherOptions(config.getCurrentCluster(), {});
  switch (route.type) {
    case 'none':
    case 'agent':
      return new Agent({ ...limits, connect: { ...tls, ...tcp } });
    case 'proxy':
      return new ProxyAgent({ ...limits, uri: route.uri, requestTls: tls, connect: tcp });
    case 'socks': {
      // Its SOCKS connector is private to client-node: take the dispatcher it builds.
      const context = new RequestContext('http://unused', HttpMethod.GET);
      await config.applySecurityAuthentication(context);
      return context.getDispatcher() ?? new Agent(limits);
    }
  }
}

function authHeaders(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = {};
  if (typeof options.auth === 'string') {
    headers['authorization'] = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  for (const [name, value] of Object.entries(options.headers ?? {})) {
    if (value !== undefined) headers[name.toLowerCase()] = String(value).trim();
  }
  return headers;
}

function tlsIdentity(tls: TlsOptions): string {
  const hash = createHash('sha256');
  for (const field of TLS_FIELDS) {
    const value = tls[field];
    hash.update(`${field}=`);
    hash.update(Buffer.isBuffer(value) ? value : JSON.stringify(value ?? null));
  }
  return hash.digest('hex');
}
