import 'reflect-metadata';
import { webcrypto } from 'node:crypto';
import type { webcrypto as crypto } from 'node:crypto';
import { chmod, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import * as x509 from '@peculiar/x509';

/** Names of the files `<name>.crt` and `<name>.key`; the service accounts have `.key` and `.pub`. */
export type CertificateName = 'ca' | 'api-server' | 'admin' | 'front-proxy' | 'service-accounts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
const VALID_MS = 365 * 24 * 3600_000;
const CLOCK_SKEW_MS = 3600_000;

/**
 * Writes a cluster's keys and certificates: one authority, one certificate of the API server, and
 * one administrator that every component is, since nothing here is to be protected from the rest.
 */
export async function writeCertificates(
  folder: string,
  apiServerNames: { readonly ips: readonly string[]; readonly dns: readonly string[] },
): Promise<void> {
  x509.cryptoProvider.set(webcrypto);
  const authority = await newKeys();
  const issuer = 'CN=test-bed-ca';
  const validity = {
    notBefore: new Date(Date.now() - CLOCK_SKEW_MS),
    notAfter: new Date(Date.now() + VALID_MS),
  };
  const ca = await x509.X509CertificateGenerator.createSelfSigned({
    name: issuer,
    keys: authority,
    signingAlgorithm: ALGORITHM,
    ...validity,
    extensions: [
      new x509.BasicConstraintsExtension(true, undefined, true),
      new x509.KeyUsagesExtension(
        x509.KeyUsageFlags.keyCertSign | x509.KeyUsageFlags.cRLSign,
        true,
      ),
    ],
  });
  const issue = async (
    name: CertificateName,
    subject: string,
    extensions: x509.Extension[] = [],
  ): Promise<void> => {
    const keys = await newKeys();
    const certificate = await x509.X509CertificateGenerator.create({
      subject,
      issuer,
      signingKey: authority.privateKey,
      publicKey: keys.publicKey,
      signingAlgorithm: ALGORITHM,
      ...validity,
      extensions: [
        new x509.ExtendedKeyUsageExtension([
          x509.ExtendedKeyUsage.serverAuth,
          x509.ExtendedKeyUsage.clientAuth,
        ]),
        ...extensions,
      ],
    });
    await writePair(folder, name, { keys, certificate });
  };
  await writePair(folder, 'ca', { keys: authority, certificate: ca });
  await issue('api-server', 'CN=kube-apiserver', [
    new x509.SubjectAlternativeNameExtension([
      ...apiServerNames.ips.map((value) => ({ type: 'ip' as const, value })),
      ...apiServerNames.dns.map((value) => ({ type: 'dns' as const, value })),
    ]),
  ]);
  await issue('admin', 'O=system:masters, CN=admin');
  await issue('front-proxy', 'CN=front-proxy');
  await writePair(folder, 'service-accounts', { keys: await newKeys() });
}

function newKeys(): Promise<crypto.CryptoKeyPair> {
  return webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
}

async function writePair(
  folder: string,
  name: CertificateName,
  pair: { readonly keys: crypto.CryptoKeyPair; readonly certificate?: x509.X509Certificate },
): Promise<void> {
  const key = await webcrypto.subtle.exportKey('pkcs8', pair.keys.privateKey);
  const keyFile = join(folder, `${name}.key`);
  await writeFile(keyFile, `${x509.PemConverter.encode(key, 'PRIVATE KEY')}\n`);
  await chmod(keyFile, 0o600);
  if (pair.certificate === undefined) {
    const publicKey = await webcrypto.subtle.exportKey('spki', pair.keys.publicKey);
    const pem = x509.PemConverter.encode(publicKey, 'PUBLIC KEY');
    await writeFile(join(folder, `${name}.pub`), `${pem}\n`);
    return;
  }
  await writeFile(join(folder, `${name}.crt`), `${pair.certificate.toString('pem')}\n`);
}
