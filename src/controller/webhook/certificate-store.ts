import { X509Certificate, createPrivateKey } from 'node:crypto';
import type { KubeApi } from '../kube/kube-api.ts';
import { KubeApiError } from '../kube/kube-api.ts';
import { ownedBy } from '../kube-object.ts';
import type {
  KubeObject,
  ObjectKey,
  ObjectMeta,
  OwnerReference,
  ResourceKind,
} from '../kube-object.ts';
import { renewCertificates } from './certificates.ts';
import type { KeyPair, Lifetimes, WebhookCertificates } from './certificates.ts';
import { isJsonObject } from '../../runtime/json-object.ts';

const SECRET: ResourceKind = {
  apiVersion: 'v1',
  kind: 'Secret',
  plural: 'secrets',
  namespaced: true,
};

export interface CertificateStoreOptions {
  readonly api: KubeApi;
  readonly secret: ObjectKey;
  readonly dnsNames: readonly string[];
  readonly lifetimes: Lifetimes;
  readonly now: () => number;
  /** The Secret goes with it. */
  readonly owner?: OwnerReference | undefined;
}

/** Tries of a replica that finds the Secret changed by another one. */
const ATTEMPTS_MAX = 5;

/**
 * The certificates all replicas share, kept in one Secret: what is there while it is good, else
 * made anew and written. When two replicas write at once, one wins and the other takes its result.
 */
export async function ensureCertificates(
  options: CertificateStoreOptions,
  signal: AbortSignal,
): Promise<WebhookCertificates> {
  const { api, secret, dnsNames, lifetimes } = options;
  for (let attempt = 1; ; attempt += 1) {
    const stored = await api.get(SECRET, secret, signal);
    const current = stored === undefined ? undefined : readSecret(stored);
    const next = await renewCertificates(current, dnsNames, options.now(), lifetimes);
    const before = stored?.metadata ?? { name: secret.name, namespace: secret.namespace };
    const metadata = ownedBy(options.owner, before);
    if (next === current && metadata === before) return next;
    try {
      const object = secretObject(metadata, next);
      await (stored === undefined
        ? api.create(SECRET, object, signal)
        : api.update(SECRET, object, signal));
      return next;
    } catch (error) {
      const lostRace = error instanceof KubeApiError && error.status === 409;
      if (!lostRace || attempt >= ATTEMPTS_MAX) throw error;
    }
  }
}

function secretObject(
  metadata: ObjectMeta,
  { ca, caBundle, server }: WebhookCertificates,
): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'Secret',
    type: 'kubernetes.io/tls',
    metadata,
    data: {
      'ca.crt': base64(caBundle),
      'ca-signing.crt': base64(ca.certificate),
      'ca-signing.key': base64(ca.key),
      'tls.crt': base64(server.certificate),
      'tls.key': base64(server.key),
    },
  };
}

/** undefined when a part of the Secret is missing or damaged: it is then filled anew. */
function readSecret(secret: KubeObject): WebhookCertificates | undefined {
  const data = secret['data'];
  const read = (name: string): string => {
    const value: unknown = isJsonObject(data) ? data[name] : undefined;
    return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : '';
  };
  const certificates = {
    ca: { certificate: read('ca-signing.crt'), key: read('ca-signing.key') },
    caBundle: read('ca.crt'),
    server: { certificate: read('tls.crt'), key: read('tls.key') },
  };
  const { ca, caBundle, server } = certificates;
  const whole = isPair(ca) && isPair(server) && caBundle.includes(ca.certificate.trim());
  return whole ? certificates : undefined;
}

function isPair({ certificate, key }: KeyPair): boolean {
  try {
    return new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key));
  } catch {
    // Not PEM, or not of this kind: the same as not being there.
    return false;
  }
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
