import { createSecureContext } from 'node:tls';
import { UsageError } from './errors.ts';
import { readAuthorities, readKeyPair, refuseFilesWithoutTls, usable } from './pem-files.ts';
import type { FlagName, KeyPair } from './pem-files.ts';
import { reloadEvery, tlsInstruments } from './tls-reload.ts';
import type { TlsReloadDeps } from './tls-reload.ts';
import type { ClientTlsConfig } from './tls-settings.ts';

/** Whom a client trusts, and what it shows. */
export interface ClientTlsFiles {
  /** Absent: the authorities of the system. */
  readonly ca?: Buffer;
  readonly keyPair?: KeyPair;
}

/** TLS of a client, kept up with its files while somebody follows. */
export interface ClientTls {
  /** Those read last that can be used. */
  readonly files: ClientTlsFiles;
  /** Name to expect in a server's certificate; '' for the host that is called. */
  readonly serverName: string;
  readonly skipHostVerify: boolean;
  /** Calls `onChange` whenever other files are in use. Returns how to stop that. */
  follow(onChange: () => void): () => void;
}

/**
 * undefined when TLS is off.
 * @throws UsageError that names the flag and the file, for files that cannot be read or used
 */
export async function openClientTls(
  config: ClientTlsConfig,
  deps: TlsReloadDeps,
): Promise<ClientTls | undefined> {
  const flag: FlagName = (name) => `${deps.flagPrefix}.tls.${name}`;
  if (!config.enabled) {
    const { ca, cert, key } = config;
    refuseFilesWithoutTls({ ca, cert, key }, flag);
    return undefined;
  }
  const instruments = tlsInstruments(deps);
  let files = await loadFiles(config, flag);
  instruments.loaded({ ...files.keyPair });
  const followers = new Set<() => void>();
  let stop: (() => void) | undefined;
  const reload = async (): Promise<void> => {
    const found = await loadFiles(config, flag);
    if (sameFiles(found, files)) return;
    files = found;
    instruments.loaded({ ...files.keyPair });
    deps.logger.info(`${deps.flagPrefix}.tls: new files in use`);
    for (const onChange of followers) onChange();
  };
  return {
    get files() {
      return files;
    },
    serverName: config.serverName,
    skipHostVerify: config.skipHostVerify,
    follow: (onChange) => {
      followers.add(onChange);
      stop ??= reloadEvery(config.reloadIntervalMs, reload, { ...deps, instruments });
      return () => {
        followers.delete(onChange);
        if (followers.size > 0) return;
        stop?.();
        stop = undefined;
      };
    },
  };
}

async function loadFiles(config: ClientTlsConfig, flag: FlagName): Promise<ClientTlsFiles> {
  const { ca, cert, key } = config;
  if ((cert === '') !== (key === '')) {
    const [given, missing] = cert === '' ? ['key', 'cert'] : ['cert', 'key'];
    throw new UsageError(`${flag(given)} is given without ${flag(missing)}`);
  }
  const files: ClientTlsFiles = {
    ...(ca === '' ? {} : { ca: await readAuthorities(flag('ca'), ca) }),
    ...(cert === '' ? {} : { keyPair: await readKeyPair(config, flag) }),
  };
  usable(
    () => createSecureContext({ ca: files.ca, ...files.keyPair }),
    `${flag('cert')}: ${cert} and ${flag('key')}: ${key} cannot be used`,
  );
  return files;
}

function sameFiles(a: ClientTlsFiles, b: ClientTlsFiles): boolean {
  const same = (one: Buffer | undefined, other: Buffer | undefined): boolean =>
    one === other || (one !== undefined && other !== undefined && one.equals(other));
  return (
    same(a.ca, b.ca) &&
    same(a.keyPair?.cert, b.keyPair?.cert) &&
    same(a.keyPair?.key, b.keyPair?.key)
  );
}
