import 'reflect-metadata';
import {
  BasicConstraintsExtension,
  ExtendedKeyUsage,
  ExtendedKeyUsageExtension,
  KeyUsageFlags,
  KeyUsagesExtension,
  PemConverter,
  SubjectAlternativeNameExtension,
  X509Certificate,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { createPrivateKey, randomBytes, webcrypto } from 'node:crypto';

/** A certificate and its key, both PEM. */
export interface KeyPair {
  readonly certificate: string;
  readonly key: string;
}

/** Everything the webhook server and the API server need to trust each other. */
export interface WebhookCertificates {
  /** Signs server certificates. */
  readonly ca: KeyPair;
  /** CAs the API server should trust: the current one and, through a rotation, the one before. */
  readonly caBundle: string;
  readonly server: KeyPair;
}

export interface Lifetimes {
  readonly caMs: number;
  readonly serverMs: number;
}

const ALGORITHM = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' } as const;
/** Clocks of nodes differ a little: a certificate is valid from before it was made. */
const BACKDATE_MS = 5 * 60_000;

/**
 * The certificates to use from now on: the current ones while they are young and name the right
 * hosts, else with whatever is due made anew. Both are renewed after two thirds of their life; a
 * new CA keeps the old one in the bundle until that expires, so nothing breaks in between.
 * The same object comes back when nothing was due.
 */
export async function renewCertificates(
  current: WebhookCertificates | undefined,
  dnsNames: readonly string[],
  nowMs: number,
  lifetimes: Lifetimes,
): Promise<WebhookCertificates> {
  const caDue = current === undefined || isDue(current.ca.certificate, nowMs);
  const ca = caDue ? await issueCa(nowMs, lifetimes.caMs) : current.ca;
  const serverDue =
    caDue || isDue(current.server.certificate, nowMs) || !names(current.server, dnsNames);
  if (!serverDue) return current;
  const server = await issueServer(ca, dnsNames, { nowMs, lifetimeMs: lifetimes.serverMs });
  const kept = current === undefined ? [] : stillValid(current.caBundle, nowMs);
  const bundle = [ca.certificate.trim(), ...kept.filter((pem) => pem !== ca.certificate.trim())];
  return { ca, server, caBundle: `${bundle.join('\n')}\n` };
}

function isDue(certificate: string, nowMs: number): boolean {
  return nowMs >= dueAt(certificate);
}

/** Milliseconds until something is due. */
export function msUntilRenewal({ ca, server }: WebhookCertificates, nowMs: number): number {
  const due = [ca, server].map(({ certificate }) => dueAt(certificate));
  return Math.max(0, Math.min(...due) - nowMs);
}

/** Two thirds of the life from when it was made: what it was dated back is no part of that. */
function dueAt(certificate: string): number {
  const { notBefore, notAfter } = new X509Certificate(certificate);
  const madeAt = notBefore.getTime() + BACKDATE_MS;
  return madeAt + ((notAfter.getTime() - madeAt) * 2) / 3;
}

function names({ certificate }: KeyPair, dnsNames: readonly string[]): boolean {
  const extension = new X509Certificate(certificate).getExtension(SubjectAlternativeNameExtension);
  const present = new Set(extension?.names.items.map(({ value }) => value) ?? []);
  return dnsNames.every((name) => present.has(name));
}

function stillValid(bundle: string, nowMs: number): readonly string[] {
  return PemConverter.decode(bundle)
    .map((raw) => new X509Certificate(raw))
    .filter(({ notAfter }) => notAfter.getTime() > nowMs)
    .map((certificate) => certificate.toString('pem').trim());
}

async function issueCa(nowMs: number, lifetimeMs: number): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const serialNumber = randomBytes(16).toString('hex');
  const certificate = await X509CertificateGenerator.createSelfSigned({
    serialNumber,
    // Verifiers find the issuer in the bundle by its name, and some try the first match alone.
    name: `CN=jaeger-instance-operator webhook CA ${serialNumber.slice(0, 8)}`,
    notBefore: new Date(nowMs - BACKDATE_MS),
    notAfter: new Date(nowMs + lifetimeMs),
    signingAlgorithm: ALGORITHM,
    keys,
    extensions: [
      new BasicConstraintsExtension(true, 0, true),
      new KeyUsagesExtension(KeyUsageFlags.keyCertSign | KeyUsageFlags.cRLSign, true),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

async function issueServer(
  ca: KeyPair,
  dnsNames: readonly string[],
  { nowMs, lifetimeMs }: { readonly nowMs: number; readonly lifetimeMs: number },
): Promise<KeyPair> {
  const keys = await webcrypto.subtle.generateKey(ALGORITHM, true, ['sign', 'verify']);
  const issuer = new X509Certificate(ca.certificate);
  const certificate = await X509CertificateGenerator.create({
    serialNumber: randomBytes(16).toString('hex'),
    subject: `CN=${dnsNames[0] ?? 'webhook'}`.slice(0, 67),
    issuer: issuer.subject,
    notBefore: new Date(nowMs - BACKDATE_MS),
    notAfter: new Date(Math.min(nowMs + lifetimeMs, issuer.notAfter.getTime())),
    signingAlgorithm: ALGORITHM,
    publicKey: keys.publicKey,
    signingKey: await importKey(ca.key),
    extensions: [
      new BasicConstraintsExtension(false, undefined, true),
      new KeyUsagesExtension(KeyUsageFlags.digitalSignature, true),
      new ExtendedKeyUsageExtension([ExtendedKeyUsage.serverAuth]),
      new SubjectAlternativeNameExtension(dnsNames.map((value) => ({ type: 'dns', value }))),
    ],
  });
  return { certificate: `${certificate.toString('pem')}\n`, key: await exportKey(keys.privateKey) };
}

async function exportKey(key: webcrypto.CryptoKey): Promise<string> {
  const der = await webcrypto.subtle.exportKey('pkcs8', key);
  return `${PemConverter.encode(der, 'PRIVATE KEY')}\n`;
}

function importKey(pem: string): Promise<webcrypto.CryptoKey> {
  const der = createPrivateKey(pem).export({ format: 'der', type: 'pkcs8' });
  return webcrypto.subtle.importKey('pkcs8', der, ALGORITHM, false, ['sign']);
}
