import type { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { createGrpcClient } from '../../drivers/grpc-client.ts';
import type { GrpcClient, GrpcClientOptions } from '../../drivers/grpc-client.ts';
import { UsageError } from '../../runtime/errors.ts';
import { parseHostPort } from '../../runtime/setting.ts';
import type { Storage } from '../storage.ts';
import type { RemoteStorageConfig } from './config.ts';
import { createRemoteStorage } from './remote-storage.ts';

/** @throws UsageError for a server that is no host:port, and for TLS files that cannot be used */
export async function openRemoteStorage(config: RemoteStorageConfig): Promise<Storage> {
  const tls = await readTls(config.tls);
  const { serverName } = config.tls;
  const options = {
    target: targetOf(config.server),
    timeoutMs: config.timeoutMs,
    messageBytesMax: config.maxMessageSize,
    ...(tls === undefined ? {} : { tls }),
    ...(serverName === '' ? {} : { serverName }),
  };
  return createRemoteStorage(openClient(options));
}

function openClient(options: GrpcClientOptions): GrpcClient {
  try {
    return createGrpcClient(options);
  } catch (error) {
    throw new UsageError('the files of grpc-storage.tls cannot be used together', { cause: error });
  }
}

function targetOf(server: string): string {
  if (/^(dns|ipv4|ipv6|unix):/.test(server)) return server;
  const parsed = parseHostPort(server);
  if (parsed !== undefined && parsed.host !== '') return `dns:///${server}`;
  const given = server === '' ? 'no server is named' : `${JSON.stringify(server)} is no address`;
  throw new UsageError(`grpc-storage.server: ${given}; give host:port`);
}

async function readTls(
  config: RemoteStorageConfig['tls'],
): Promise<GrpcClientOptions['tls'] | undefined> {
  const files = [
    ['ca', config.ca],
    ['cert', config.cert],
    ['key', config.key],
  ] as const;
  if (!config.enabled) {
    const set = files.find(([, path]) => path !== '');
    if (set === undefined) return undefined;
    throw new UsageError(
      `grpc-storage.tls.${set[0]} is given without grpc-storage.tls.enabled=true`,
    );
  }
  const read = await Promise.all(files.map(([name, path]) => readPem(name, path)));
  const [ca, cert, key] = read;
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}

async function readPem(name: string, path: string): Promise<Buffer | undefined> {
  if (path === '') return undefined;
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`grpc-storage.tls.${name}: ${path} cannot be read`, { cause: error });
  }
}
