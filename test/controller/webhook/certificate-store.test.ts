import { describe, expect, it } from 'vitest';
import type { KubeApi } from '../../../src/controller/kube/kube-api.ts';
import type { KubeObject, OwnerReference } from '../../../src/controller/kube-object.ts';
import { ensureCertificates } from '../../../src/controller/webhook/certificate-store.ts';
import type { WebhookCertificates } from '../../../src/controller/webhook/certificates.ts';

const signal = new AbortController().signal;

/** An API server that holds one Secret; what the store does not call is not there. */
function oneSecret(): { readonly api: KubeApi; secret: KubeObject | undefined } {
  const never = (): never => {
    throw new Error('not asked for');
  };
  const state: { secret: KubeObject | undefined; api: KubeApi } = {
    secret: undefined,
    api: {
      get: () => Promise.resolve(state.secret),
      create: (_kind, object) => Promise.resolve((state.secret = object)),
      update: (_kind, object) => Promise.resolve((state.secret = object)),
      list: never,
      watch: never,
      patch: never,
      apply: never,
      delete: never,
      discover: never,
      serverVersion: never,
    },
  };
  return state;
}

function ensure(api: KubeApi, owner?: OwnerReference): Promise<WebhookCertificates> {
  return ensureCertificates(
    {
      api,
      secret: { namespace: 'ops', name: 'certs' },
      dnsNames: ['hook.ops.svc'],
      lifetimes: { caMs: 1e9, serverMs: 1e8 },
      now: () => Date.now(),
      owner,
    },
    signal,
  );
}

describe('ensureCertificates', () => {
  it('gives every replica what the first one stored', async () => {
    const server = oneSecret();
    expect(await ensure(server.api)).toEqual(await ensure(server.api));
  });

  it('fills a damaged Secret anew', async () => {
    const server = oneSecret();
    const first = await ensure(server.api);
    const data = server.secret?.['data'] as Record<string, string>;
    const garbage = Buffer.from('garbage').toString('base64');
    if (server.secret !== undefined) {
      server.secret = { ...server.secret, data: { ...data, 'tls.crt': garbage } };
    }
    const second = await ensure(server.api);
    expect(second.server.certificate).not.toBe(first.server.certificate);
    expect(await ensure(server.api)).toEqual(second);
  });

  it('gives the Secret to the operator’s Deployment, to a new one too, and keeps what it holds', async () => {
    const server = oneSecret();
    const first = await ensure(server.api);
    const owner = { apiVersion: 'apps/v1', kind: 'Deployment', name: 'operator', uid: '1' };
    expect(await ensure(server.api, owner)).toEqual(first);
    expect(server.secret?.metadata.ownerReferences).toEqual([owner]);
    expect(await ensure(server.api, { ...owner, uid: '2' })).toEqual(first);
    expect(server.secret?.metadata.ownerReferences).toEqual([{ ...owner, uid: '2' }]);
    const kept = server.secret;
    await ensure(server.api);
    expect(server.secret).toBe(kept);
  });
});
