import { createPrivateKey } from 'node:crypto';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import type { X509Certificate } from '@peculiar/x509';
import type { ServerTlsConfig } from '../../src/runtime/tls-settings.ts';

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };

export interface TestIdentity {
  readonly cert: string;
  readonly key: string;
}

export interface TestAuthority {
  readonly cert: string;
  /** A certificate for the host `name`. */
  issue(name: string): Promise<TestIdentity>;
}

export async function createAuthority(name: string): Promise<TestAuthority> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const authority = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: ALGORITHM,
    ...validity(),
    extensions: [new BasicConstraintsExtension(true)],
  });
  return {
    cert: authority.toString('pem'),
    issue: (subject) => issue(subject, authority, keys.privateKey),
  };
}

async function issue(
  subject: string,
  authority: X509Certificate,
  signingKey: CryptoKey,
): Promise<TestIdentity> {
  const keys = await crypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const cert = await X509CertificateGenerator.create({
    subject: `CN=${subject}`,
    issuer: authority.subject,
    publicKey: keys.publicKey,
    signingKey,
    signingAlgorithm: ALGORITHM,
    ...validity(),
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: subject }])],
  });
  const pkcs8 = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  const key = createPrivateKey(PemConverter.encode(pkcs8, 'PRIVATE KEY'));
  return {
    cert: cert.toString('pem'),
    key: key.export({ type: 'pkcs8', format: 'pem' }),
  };
}

function validity(): { notBefore: Date; notAfter: Date } {
  const now = Date.now();
  return { notBefore: new Date(now - 60_000), notAfter: new Date(now + 3_600_000) };
}

export interface TlsFiles extends AsyncDisposable {
  readonly config: ServerTlsConfig;
  write(files: Partial<Record<'cert' | 'key' | 'clientCa', string>>): Promise<void>;
}

/** Files in a folder of their own, and the settings that name them. */
export async function writeTlsFiles(
  identity: TestIdentity,
  options: { readonly clientCa?: string; readonly reloadIntervalMs?: number } = {},
): Promise<TlsFiles> {
  const folder = await mkdtemp(join(tmpdir(), 'server-tls-'));
  const paths = {
    cert: join(folder, 'tls.crt'),
    key: join(folder, 'tls.key'),
    clientCa: join(folder, 'client-ca.crt'),
  };
  const write: TlsFiles['write'] = async (files) => {
    if (files.cert !== undefined) await writeFile(paths.cert, files.cert);
    if (files.key !== undefined) await writeFile(paths.key, files.key);
    if (files.clientCa !== undefined) await writeFile(paths.clientCa, files.clientCa);
  };
  const { clientCa, reloadIntervalMs = 0 } = options;
  await write({ ...identity, ...(clientCa === undefined ? {} : { clientCa }) });
  return {
    config: {
      enabled: true,
      cert: paths.cert,
      key: paths.key,
      clientCa: clientCa === undefined ? '' : paths.clientCa,
      minVersion: '1.2',
      reloadIntervalMs,
    },
    write,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true }),
  };
}
