import { createGrpcClient } from '../../drivers/grpc-client.ts';
import type { GrpcClientOptions } from '../../drivers/grpc-client.ts';
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
  const { archive, maxMessageSize } = config;
  const traces = await optionsOf({ ...config, maxMessageSize, flagPrefix: 'grpc-storage' }, deps);
  if (!archive.enabled) return createRemoteStorage(createGrpcClient(traces));
  const ofArchive = { ...archive, maxMessageSize, flagPrefix: 'grpc-storage-archive' };
  const archived = await optionsOf(ofArchive, deps);
  return createRemoteStorage(createGrpcClient(traces), createGrpcClient(archived));
}

type OneServer = Pick<RemoteStorageConfig, 'server' | 'timeoutMs' | 'maxMessageSize' | 'tls'>;

async function optionsOf(
  config: OneServer & { readonly flagPrefix: string },
  deps: Pick<TlsReloadDeps, 'logger' | 'metrics'>,
): Promise<GrpcClientOptions> {
  const { flagPrefix } = config;
  return {
    target: targetOf(config.server, flagPrefix),
    timeoutMs: config.timeoutMs,
    messageBytesMax: config.maxMessageSize,
    tls: await openClientTls(config.tls, { ...deps, flagPrefix }),
  };
}

function targetOf(server: string, flagPrefix: string): string {
  if (/^(dns|ipv4|ipv6|unix):/.test(server)) return server;
  const parsed = parseHostPort(server);
  if (parsed !== undefined && parsed.host !== '') return `dns:///${server}`;
  const given = server === '' ? 'no server is named' : `${JSON.stringify(server)} is no address`;
  throw new UsageError(`${flagPrefix}.server: ${given}; give host:port`);
}
