import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createSecureContext } from 'node:tls';
import type { Server as TlsServer, TlsOptions } from 'node:tls';
import { Counter, Gauge } from 'prom-client';
import type { Registry } from 'prom-client';
import { UsageError, errorText } from './errors.ts';
import type { Logger } from './logger.ts';
import type { ServerTlsConfig } from './tls-settings.ts';

/** TLS of one listening address, kept up with its files. */
export interface ServerTls {
  /** For `https.createServer` and `http2.createSecureServer`. */
  readonly options: TlsOptions;
  /**
   * Hands changed files to the server until it closes: new connections get them, open ones stay as
   * they are. Files that cannot be used are reported once and the ones before them kept.
   */
  follow(server: TlsServer): void;
}

export interface ServerTlsDeps {
  /** What the server's flags begin with: `collector.otlp.grpc`. */
  readonly flagPrefix: string;
  readonly logger: Logger;
  readonly metrics: Registry;
}

/** A client that does not finish its handshake takes a socket for so long. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * undefined when TLS is off.
 * @throws UsageError that names the flag and the file, for a setting that is missing, a file that
 * cannot be read or used, and a key that is not that of the certificate
 */
export async function openServerTls(
  config: ServerTlsConfig,
  deps: ServerTlsDeps,
): Promise<ServerTls | undefined> {
  const flag = (name: string): string => `${deps.flagPrefix}.tls.${name}`;
  if (!config.enabled) {
    refuseFilesWithoutTls(config, flag);
    return undefined;
  }
  const instruments = tlsInstruments(deps);
  const first = await loadIdentity(config, flag);
  instruments.loaded(first);
  const reload = async (server: TlsServer, before: Identity): Promise<Identity> => {
    const found = await loadIdentity(config, flag);
    if (sameFiles(found, before)) return before;
    server.setSecureContext(contextOptions(found, config));
    instruments.loaded(found);
    deps.logger.info({ notAfter: found.notAfter }, `${flag('cert')}: new certificate in use`);
    return found;
  };
  return {
    options: {
      ...contextOptions(first, config),
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      requestCert: first.clientCa !== undefined,
      rejectUnauthorized: first.clientCa !== undefined,
    },
    follow: (server) => {
      if (config.reloadIntervalMs === 0) return;
      let current = first;
      let reported = '';
      const timer = setInterval(() => {
        reload(server, current).then(
          (now) => {
            current = now;
            reported = '';
          },
          (error: unknown) => {
            instruments.failed();
            const text = errorText(error);
            if (text !== reported) deps.logger.error(`${text}; the files before it stay in use`);
            reported = text;
          },
        );
      }, config.reloadIntervalMs).unref();
      server.once('close', () => {
        clearInterval(timer);
      });
    },
  };
}

type FlagName = (name: string) => string;

/** What a server shows and whom it trusts, checked. */
interface Identity {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly clientCa?: Buffer;
  readonly notAfter: Date;
}

function refuseFilesWithoutTls(config: ServerTlsConfig, flag: FlagName): void {
  const files = { cert: config.cert, key: config.key, 'client-ca': config.clientCa };
  for (const [name, path] of Object.entries(files)) {
    if (path === '') continue;
    throw new UsageError(`${flag(name)} is given without ${flag('enabled')}=true`);
  }
}

async function loadIdentity(config: ServerTlsConfig, flag: FlagName): Promise<Identity> {
  const cert = await readPem(flag('cert'), config.cert, flag('enabled'));
  const key = await readPem(flag('key'), config.key, flag('enabled'));
  const certificate = usable(
    () => new X509Certificate(cert),
    `${flag('cert')}: ${config.cert} is not a certificate in PEM`,
  );
  const privateKey: KeyObject = usable(
    () => createPrivateKey(key),
    `${flag('key')}: ${config.key} is not a private key in PEM without a password`,
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new UsageError(
      `${flag('key')}: ${config.key} is not the key of the certificate in ${config.cert}`,
    );
  }
  const identity: Identity = { cert, key, notAfter: new Date(certificate.validTo) };
  const complete =
    config.clientCa === ''
      ? identity
      : { ...identity, clientCa: await readAuthorities(flag('client-ca'), config.clientCa) };
  usable(
    () => createSecureContext(contextOptions(complete, config)),
    `${flag('cert')}: ${config.cert} and ${flag('key')}: ${config.key} cannot be used`,
  );
  return complete;
}

async function readAuthorities(flag: string, path: string): Promise<Buffer> {
  const pem = await readPem(flag, path, flag);
  // Node takes a file without any certificate in it for an empty list.
  usable(() => new X509Certificate(pem), `${flag}: ${path} is not a certificate in PEM`);
  return pem;
}

async function readPem(flag: string, path: string, wanting: string): Promise<Buffer> {
  if (path === '') throw new UsageError(`${flag} is needed with ${wanting}=true`);
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`${flag}: ${path} cannot be read`, { cause: error });
  }
}

function usable<T>(make: () => T, complaint: string): T {
  try {
    return make();
  } catch (error) {
    throw new UsageError(complaint, { cause: error });
  }
}

function contextOptions(identity: Identity, config: ServerTlsConfig): TlsOptions {
  const { cert, key, clientCa } = identity;
  return {
    cert,
    key,
    minVersion: config.minVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
    ...(clientCa === undefined ? {} : { ca: clientCa }),
  };
}

function sameFiles(a: Identity, b: Identity): boolean {
  const sameCa =
    a.clientCa === b.clientCa ||
    (a.clientCa !== undefined && b.clientCa !== undefined && a.clientCa.equals(b.clientCa));
  return sameCa && a.cert.equals(b.cert) && a.key.equals(b.key);
}

interface TlsInstruments {
  loaded(identity: Identity): void;
  failed(): void;
}

/** One set of metrics for all servers of a process, told apart by the name of their flags. */
function tlsInstruments({ metrics, flagPrefix }: ServerTlsDeps): TlsInstruments {
  const registers = [metrics];
  const expiryName = 'jaeger_tls_certificate_expiry_timestamp_seconds';
  const reloadsName = 'jaeger_tls_reloads_total';
  const knownExpiry = metrics.getSingleMetric(expiryName);
  const knownReloads = metrics.getSingleMetric(reloadsName);
  const expiry =
    knownExpiry instanceof Gauge
      ? knownExpiry
      : new Gauge({
          name: expiryName,
          help: 'When the certificate that is shown ends to be valid.',
          labelNames: ['server'],
          registers,
        });
  const reloads =
    knownReloads instanceof Counter
      ? knownReloads
      : new Counter({
          name: reloadsName,
          help: 'Times that TLS files were taken over (ok) or could not be (err).',
          labelNames: ['server', 'result'],
          registers,
        });
  return {
    loaded: ({ notAfter }) => {
      expiry.set({ server: flagPrefix }, notAfter.getTime() / 1000);
      reloads.inc({ server: flagPrefix, result: 'ok' });
    },
    failed: () => {
      reloads.inc({ server: flagPrefix, result: 'err' });
    },
  };
}
