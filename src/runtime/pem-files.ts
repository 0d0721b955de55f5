import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { KeyObject } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { UsageError } from './errors.ts';

/** The flag of one TLS setting by its last part: `cert` to `query.http.tls.cert`. */
export type FlagName = (name: string) => string;

/** A certificate to show and its key, in PEM. */
export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
  readonly notAfter: Date;
}

/** @throws UsageError that names a flag whose file is given while TLS is off */
export function refuseFilesWithoutTls(
  files: Readonly<Record<string, string>>,
  flag: FlagName,
): void {
  for (const [name, path] of Object.entries(files)) {
    if (path === '') continue;
    throw new UsageError(`${flag(name)} is given without ${flag('enabled')}=true`);
  }
}

/** @throws UsageError for files that cannot be read or used, and a key of another certificate */
export async function readKeyPair(
  files: { readonly cert: string; readonly key: string },
  flag: FlagName,
): Promise<KeyPair> {
  const cert = await readPem(flag('cert'), files.cert);
  const key = await readPem(flag('key'), files.key);
  const certificate = usable(
    () => new X509Certificate(cert),
    `${flag('cert')}: ${files.cert} is not a certificate in PEM`,
  );
  const privateKey: KeyObject = usable(
    () => createPrivateKey(key),
    `${flag('key')}: ${files.key} is not a private key in PEM without a password`,
  );
  if (!certificate.checkPrivateKey(privateKey)) {
    throw new UsageError(
      `${flag('key')}: ${files.key} is not the key of the certificate in ${files.cert}`,
    );
  }
  return { cert, key, notAfter: new Date(certificate.validTo) };
}

/** @throws UsageError for a file that cannot be read or has no certificate in it */
export async function readAuthorities(flag: string, path: string): Promise<Buffer> {
  const pem = await readPem(flag, path);
  // Node takes a file without any certificate in it for an empty list.
  usable(() => new X509Certificate(pem), `${flag}: ${path} is not a certificate in PEM`);
  return pem;
}

/** @throws UsageError with the complaint when it cannot be made */
export function usable<T>(make: () => T, complaint: string): T {
  try {
    return make();
  } catch (error) {
    throw new UsageError(complaint, { cause: error });
  }
}

async function readPem(flag: string, path: string): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch (error) {
    throw new UsageError(`${flag}: ${path} cannot be read`, { cause: error });
  }
}
