import { X509Certificate } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { msUntilRenewal, renewCertificates } from '../../../src/controller/webhook/certificates.ts';
import type { WebhookCertificates } from '../../../src/controller/webhook/certificates.ts';

const DAY = 86_400_000;
const LIFETIMES = { caMs: 300 * DAY, serverMs: 90 * DAY };
const NAMES = ['hook.ns.svc', 'hook.ns.svc.cluster.local'];
const NOW = Date.parse('2026-06-01T00:00:00Z');

function trusts(bundle: string, server: string): boolean {
  const leaf = new X509Certificate(server);
  return bundle
    .split(/(?<=-----END CERTIFICATE-----)/)
    .filter((pem) => pem.includes('BEGIN'))
    .some((pem) => leaf.verify(new X509Certificate(pem).publicKey));
}

describe('renewCertificates', () => {
  let first: WebhookCertificates;

  beforeAll(async () => {
    first = await renewCertificates(undefined, NAMES, NOW, LIFETIMES);
  });

  it('issues a server certificate for every name, signed by a CA of its own', () => {
    const leaf = new X509Certificate(first.server.certificate);
    expect(NAMES.map((name) => leaf.checkHost(name))).toEqual(NAMES);
    expect(leaf.ca).toBe(false);
    expect(new X509Certificate(first.ca.certificate).ca).toBe(true);
    expect(trusts(first.caBundle, first.server.certificate)).toBe(true);
  });

  it('is valid a little before it was made, for clocks that differ', () => {
    const { validFromDate } = new X509Certificate(first.server.certificate);
    expect(NOW - validFromDate.getTime()).toBe(300_000);
  });

  it('keeps what is young', async () => {
    expect(await renewCertificates(first, NAMES, NOW + 30 * DAY, LIFETIMES)).toBe(first);
  });

  it('renews the server certificate after two thirds of its life, under the same CA', async () => {
    const next = await renewCertificates(first, NAMES, NOW + 61 * DAY, LIFETIMES);
    expect(next.server).not.toEqual(first.server);
    expect(next.ca).toEqual(first.ca);
    expect(next.caBundle).toBe(first.caBundle);
  });

  it('renews the CA after two thirds of its life and trusts both until the old one expires', async () => {
    const next = await renewCertificates(first, NAMES, NOW + 201 * DAY, LIFETIMES);
    expect(next.ca).not.toEqual(first.ca);
    expect(trusts(next.caBundle, first.server.certificate)).toBe(true);
    expect(trusts(next.caBundle, next.server.certificate)).toBe(true);
    const later = await renewCertificates(next, NAMES, NOW + 402 * DAY, LIFETIMES);
    expect(trusts(later.caBundle, first.server.certificate)).toBe(false);
    expect(trusts(later.caBundle, next.server.certificate)).toBe(true);
  });

  it('names every CA differently, so that a verifier finds the right one in the bundle', async () => {
    const next = await renewCertificates(first, NAMES, NOW + 201 * DAY, LIFETIMES);
    const subjectOf = (pem: string): string => new X509Certificate(pem).subject;
    expect(subjectOf(next.ca.certificate)).not.toBe(subjectOf(first.ca.certificate));
    expect(new X509Certificate(next.server.certificate).issuer).toBe(
      subjectOf(next.ca.certificate),
    );
  });

  it('does not take short lives for over because certificates are dated back', async () => {
    const short = { caMs: 20_000, serverMs: 20_000 };
    const made = await renewCertificates(undefined, NAMES, NOW, short);
    expect(await renewCertificates(made, NAMES, NOW + 13_000, short)).toBe(made);
    expect(await renewCertificates(made, NAMES, NOW + 13_400, short)).not.toBe(made);
  });

  it('issues anew when a name is missing', async () => {
    const next = await renewCertificates(first, [...NAMES, 'other.svc'], NOW, LIFETIMES);
    expect(new X509Certificate(next.server.certificate).checkHost('other.svc')).toBe('other.svc');
  });

  it('says how long nothing is due', () => {
    expect(msUntilRenewal(first, NOW)).toBe(60 * DAY);
  });
});
