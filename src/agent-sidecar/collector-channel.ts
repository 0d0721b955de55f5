import type { Buffer } from 'node:buffer';
import { readFile } from 'node:fs/promises';
import { isIP } from 'node:net';
import { checkServerIdentity } from 'node:tls';
import { credentials } from '@grpc/grpc-js';
import type { ChannelCredentials, ChannelOptions } from '@grpc/grpc-js';
import { UsageError } from '../runtime/errors.ts';
import { formatHostPort } from '../runtime/setting.ts';
import type { CollectorTarget } from './collector-target.ts';
import type { ReporterConfig } from './config.ts';

/** How to connect to a collector over gRPC, as `reporter.grpc.tls` has it. */
export interface CollectorChannels {
  credentialsOf(target: CollectorTarget): ChannelCredentials;
  /** Options that go with them. */
  optionsOf(target: CollectorTarget): ChannelOptions;
}

/** Told to a collector that is only known by its address: TLS has no server names that are one. */
const NO_NAME = 'collector.invalid';

/**
 * Reads the files of the settings. The name of the target is checked against the certificate, not an
 * address found for it.
 * @throws UsageError for files that cannot be read or used, or are given without TLS
 */
export async function openCollectorChannels(
  tls: ReporterConfig['tls'],
): Promise<CollectorChannels> {
  const credentialsOf = await readCredentials(tls);
  return { credentialsOf, optionsOf: (target) => namesOf(target, tls.serverName) };
}

function namesOf({ host, port }: CollectorTarget, serverName: string): ChannelOptions {
  const name = serverName || host;
  return {
    'grpc.ssl_target_name_override': isIP(name) === 0 ? name : NO_NAME,
    'grpc.default_authority': serverName === '' ? formatHostPort({ host, port }) : serverName,
  };
}

async function readCredentials(
  tls: ReporterConfig['tls'],
): Promise<CollectorChannels['credentialsOf']> {
  const files = [
    ['ca', tls.ca],
    ['key', tls.key],
    ['cert', tls.cert],
  ] as const;
  if (!tls.enabled) {
    const set = files.find(([, path]) => path !== '');
    if (set === undefined) return () => credentials.createInsecure();
    throw new UsageError(
      `reporter.grpc.tls.${set[0]} is given without reporter.grpc.tls.enabled=true`,
    );
  }
  const [ca, key, cert] = await Promise.all(files.map(([name, path]) => readPem(name, path)));
  const credentialsOf = (target: Pick<CollectorTarget, 'host'>): ChannelCredentials =>
    credentials.createSsl(ca ?? null, key ?? null, cert ?? null, {
      rejectUnauthorized: !tls.skipHostVerify,
      checkServerIdentity: (_name, certificate) =>
        checkServerIdentity(tls.serverName || target.host, certificate),
    });
  try {
    credentialsOf({ host: NO_NAME });
  } catch (error) {
    throw new UsageError('the files of reporter.grpc.tls cannot be used together', {
      cause: error,
    });
  }
  return credentialsOf;
}

async function readPem(name: string, path: string): Promise<Buffer | null> {
  if (path === '') return null;
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`reporter.grpc.tls.${name}: ${path} cannot be read`, { cause: error });
  }
}
