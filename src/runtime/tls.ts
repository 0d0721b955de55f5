import { createSecureContext } from 'node:tls';
import type { Server as TlsServer, TlsOptions } from 'node:tls';
import { UsageError } from './errors.ts';
import { readAuthorities, readKeyPair, refuseFilesWithoutTls, usable } from './pem-files.ts';
import type { FlagName, KeyPair } from './pem-files.ts';
import { reloadEvery, tlsInstruments } from './tls-reload.ts';
import type { TlsReloadDeps } from './tls-reload.ts';
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

/** A client that does not finish its handshake takes a socket for so long. */
const HANDSHAKE_TIMEOUT_MS = 10_000;

/**
 * undefined when TLS is off.
 * @throws UsageError that names the flag and the file, for a setting that is missing, a file that
 * cannot be read or used, and a key that is not that of the certificate
 */
export async function openServerTls(
  config: ServerTlsConfig,
  deps: TlsReloadDeps,
): Promise<ServerTls | undefined> {
  const flag: FlagName = (name) => `${deps.flagPrefix}.tls.${name}`;
  if (!config.enabled) {
    const { cert, key, clientCa } = config;
    refuseFilesWithoutTls({ cert, key, 'client-ca': clientCa }, flag);
    return undefined;
  }
  const instruments = tlsInstruments(deps);
  const first = await loadIdentity(config, flag);
  instruments.loaded(first);
  return {
    options: {
      ...contextOptions(first, config),
      handshakeTimeout: HANDSHAKE_TIMEOUT_MS,
      requestCert: first.clientCa !== undefined,
      rejectUnauthorized: first.clientCa !== undefined,
    },
    follow: (server) => {
      let current = first;
      const reload = async (): Promise<void> => {
        const found = await loadIdentity(config, flag);
        if (sameFiles(found, current)) return;
        server.setSecureContext(contextOptions(found, config));
        current = found;
        instruments.loaded(found);
        deps.logger.info({ notAfter: found.notAfter }, `${flag('cert')}: new certificate in use`);
      };
      const stop = reloadEvery(config.reloadIntervalMs, reload, { ...deps, instruments });
      server.once('close', stop);
    },
  };
}

/** What a server shows and whom it trusts, checked. */
interface Identity extends KeyPair {
  readonly clientCa?: Buffer;
}

async function loadIdentity(config: ServerTlsConfig, flag: FlagName): Promise<Identity> {
  for (const name of ['cert', 'key'] as const) {
    if (config[name] !== '') continue;
    throw new UsageError(`${flag(name)} is needed with ${flag('enabled')}=true`);
  }
  const keyPair = await readKeyPair(config, flag);
  const identity: Identity =
    config.clientCa === ''
      ? keyPair
      : { ...keyPair, clientCa: await readAuthorities(flag('client-ca'), config.clientCa) };
  usable(
    () => createSecureContext(contextOptions(identity, config)),
    `${flag('cert')}: ${config.cert} and ${flag('key')}: ${config.key} cannot be used`,
  );
  return identity;
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
