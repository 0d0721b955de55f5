import { createGrpcClient } from '../../drivers/grpc-client.ts';
import { openClientTls } from '../../runtime/client-tls.ts';
import { UsageError } from '../../runtime/errors.ts';
import { parseHostPort } from '../../runtime/setting.ts';
import type { TlsReloadDeps } from '../../runtime/tls-reload.ts';
import type { Storage } from '../storage.ts';
import type { RemoteStorageConfig } from './config.ts';
import { createRemoteStorage } from './remote-storage.ts';

/** @throws UsageError for a server that is no host:port, and for TLS files that cannot be used */
export async function openRemoteStorage(
  config: RemoteStorageConfig,
  deps: Pick<TlsReloadDeps, 'logger' | 'metrics'>,
): Promise<Storage> {
  const client = createGrpcClient({
    target: targetOf(config.server),
    timeoutMs: config.timeoutMs,
    messageBytesMax: config.maxMessageSize,
    tls: await openClientTls(config.tls, { ...deps, flagPrefix: 'grpc-storage' }),
  });
  return createRemoteStorage(client);
}

function targetOf(server: string): string {
  if (/^(dns|ipv4|ipv6|unix):/.test(server)) return server;
  const parsed = parseHostPort(server);
  if (parsed !== undefined && parsed.host !== '') return `dns:///${server}`;
  const given = server === '' ? 'no server is named' : `${JSON.stringify(server)} is no address`;
  throw new UsageError(`grpc-storage.server: ${given}; give host:port`);
}
