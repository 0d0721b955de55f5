import { once } from 'node:events';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { connect } from 'node:tls';
import type { ConnectionOptions, TLSSocket } from 'node:tls';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { beforeAll, describe, expect, it } from 'vitest';
import { openServerTls } from '../../src/runtime/tls.ts';
import type { ServerTlsConfig } from '../../src/runtime/tls-settings.ts';
import { createAuthority, writeTlsFiles } from './tls-files.ts';
import type { TestAuthority, TestIdentity } from './tls-files.ts';

describe('openServerTls', () => {
  let authority: TestAuthority;
  let first: TestIdentity;
  let second: TestIdentity;
  beforeAll(async () => {
    authority = await createAuthority('test authority');
    [first, second] = await Promise.all([authority.issue('first'), authority.issue('second')]);
  });

  it('is undefined when TLS is off', async () => {
    expect(await open({ enabled: false })).toBeUndefined();
  });

  it('refuses files without TLS', async () => {
    await expect(open({ enabled: false, key: '/a' })).rejects.toThrow(
      'x.grpc.tls.key is given without x.grpc.tls.enabled=true',
    );
  });

  it('names the flag that is missing', async () => {
    await expect(open({ cert: '' })).rejects.toThrow(
      'x.grpc.tls.cert is needed with x.grpc.tls.enabled=true',
    );
  });

  it('names a file that cannot be read', async () => {
    await expect(open({ cert: '/no/such/file', key: '/no/such/key' })).rejects.toThrow(
      'x.grpc.tls.cert: /no/such/file cannot be read',
    );
  });

  it.each([
    ['cert', 'is not a certificate in PEM'],
    ['key', 'is not a private key in PEM without a password'],
    ['clientCa', 'is not a certificate in PEM'],
  ] as const)('refuses a %s that is no PEM', async (part, complaint) => {
    await using files = await writeTlsFiles(first, { clientCa: authority.cert });
    await files.write({ [part]: 'nonsense' });
    await expect(open(files.config)).rejects.toThrow(`${files.config[part]} ${complaint}`);
  });

  it('refuses the key of another certificate', async () => {
    await using files = await writeTlsFiles({ cert: first.cert, key: second.key });
    const { cert, key } = files.config;
    await expect(open(files.config)).rejects.toThrow(
      `x.grpc.tls.key: ${key} is not the key of the certificate in ${cert}`,
    );
  });

  it('speaks no version older than the one set', async () => {
    await using files = await writeTlsFiles(first);
    await using server = await serve({ ...files.config, minVersion: '1.3' });
    await expect(shakeHands(server.port, { maxVersion: 'TLSv1.2' })).rejects.toThrow();
    const socket = await shakeHands(server.port, {});
    expect(socket.getProtocol()).toBe('TLSv1.3');
    socket.destroy();
  });

  it('lets in only clients of the given authority', async () => {
    await using files = await writeTlsFiles(first, { clientCa: authority.cert });
    await using server = await serve(files.config);
    const other = await (await createAuthority('other')).issue('client');
    const tls12 = { maxVersion: 'TLSv1.2' } as const;
    await expect(shakeHands(server.port, tls12)).rejects.toThrow();
    await expect(shakeHands(server.port, { ...tls12, ...other })).rejects.toThrow();
    const client = await shakeHands(server.port, { ...tls12, ...second });
    expect(client.getPeerCertificate().subject.CN).toBe('first');
  });

  it('shows a changed certificate to new connections and keeps the open ones', async () => {
    await using files = await writeTlsFiles(first, { reloadIntervalMs: 10 });
    await using server = await serve(files.config);
    const before = await shakeHands(server.port, {});
    expect(before.getPeerCertificate().subject.CN).toBe('first');
    await files.write(second);
    await expect.poll(() => peerName(server.port)).toBe('second');
    expect(before.destroyed).toBe(false);
  });

  it('keeps what it has when changed files cannot be used, and says so once', async () => {
    await using files = await writeTlsFiles(first, { reloadIntervalMs: 10 });
    await using server = await serve(files.config);
    await files.write({ cert: 'nonsense' });
    await expect.poll(() => server.reloads('err')).toBeGreaterThan(3);
    expect(await peerName(server.port)).toBe('first');
    expect(server.errors).toHaveLength(1);
    await files.write(second);
    await expect.poll(() => peerName(server.port)).toBe('second');
    expect(await server.reloads('ok')).toBe(2);
  });
});

function open(config: Partial<ServerTlsConfig>): ReturnType<typeof openServerTls> {
  return openServerTls(
    {
      enabled: true,
      cert: '',
      key: '',
      clientCa: '',
      minVersion: '1.2',
      reloadIntervalMs: 0,
      ...config,
    },
    { flagPrefix: 'x.grpc', logger: pino({ level: 'silent' }), metrics: new Registry() },
  );
}

interface TestServer extends AsyncDisposable {
  readonly port: number;
  readonly errors: readonly string[];
  reloads(result: string): Promise<number>;
}

async function serve(config: ServerTlsConfig): Promise<TestServer> {
  const metrics = new Registry();
  const errors: string[] = [];
  const logger = pino({ level: 'error' }, { write: (line: string) => errors.push(line) });
  const tls = await openServerTls(config, { flagPrefix: 'x.grpc', logger, metrics });
  if (tls === undefined) throw new Error('no TLS');
  const server = createServer(tls.options);
  tls.follow(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    errors,
    reloads: async (result) => {
      const metric = await metrics.getSingleMetric('jaeger_tls_reloads_total')?.get();
      return metric?.values.find(({ labels }) => labels['result'] === result)?.value ?? 0;
    },
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

async function peerName(port: number): Promise<unknown> {
  const socket = await shakeHands(port, {});
  const { CN } = socket.getPeerCertificate().subject;
  socket.destroy();
  return CN;
}

async function shakeHands(port: number, options: ConnectionOptions): Promise<TLSSocket> {
  const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false, ...options });
  await once(socket, 'secureConnect');
  return socket;
}
