import { request } from 'node:https';
import { pino } from 'pino';
import { Histogram, Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { renewCertificates } from '../../../src/controller/webhook/certificates.ts';
import type { WebhookCertificates } from '../../../src/controller/webhook/certificates.ts';
import { startWebhookServer } from '../../../src/controller/webhook/webhook-server.ts';
import type { WebhookServer } from '../../../src/controller/webhook/webhook-server.ts';
import type { AdmissionVerdict } from '../../../src/controller/webhook/admission-review.ts';

const HOST = 'hook.ns.svc';
const LIFETIMES = { caMs: 1e9, serverMs: 1e8 };

describe('webhook server', () => {
  let certificates: WebhookCertificates;
  let server: WebhookServer;
  let verdict: () => AdmissionVerdict = () => ({ allowed: true });

  beforeAll(async () => {
    certificates = await renewCertificates(undefined, [HOST], Date.now(), LIFETIMES);
    server = await startWebhookServer({
      hostPort: { host: '127.0.0.1', port: 0 },
      handlers: new Map([['/mutate', () => verdict()]]),
      certificate: certificates.server,
      logger: pino({ level: 'silent' }),
      duration: new Histogram({
        name: 'h',
        help: 'h',
        labelNames: ['webhook', 'code'],
        registers: [new Registry()],
      }),
    });
  });

  afterAll(() => server.stop());

  function post(path: string, body: string, ca: string): Promise<{ status: number; text: string }> {
    return new Promise((resolve, reject) => {
      const sent = request(
        {
          host: '127.0.0.1',
          port: server.addresses[0]?.port,
          servername: HOST,
          ca,
          path,
          method: 'POST',
          agent: false,
        },
        (response) => {
          let text = '';
          response.setEncoding('utf8');
          response.on('data', (chunk: string) => (text += chunk));
          response.on('end', () => {
            resolve({ status: response.statusCode ?? 0, text });
          });
        },
      );
      sent.on('error', reject);
      sent.end(body);
    });
  }

  const review = JSON.stringify({
    apiVersion: 'admission.k8s.io/v1',
    kind: 'AdmissionReview',
    request: {
      uid: 'u-1',
      operation: 'CREATE',
      namespace: 'shop',
      object: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' } },
    },
  });

  it('answers a patch as base64 JSON patch under the uid of the request', async () => {
    verdict = () => ({ allowed: true, patch: [{ op: 'add', path: '/a', value: 1 }] });
    const { status, text } = await post('/mutate', review, certificates.caBundle);
    expect(status).toBe(200);
    expect(JSON.parse(text)).toEqual({
      apiVersion: 'admission.k8s.io/v1',
      kind: 'AdmissionReview',
      response: {
        uid: 'u-1',
        allowed: true,
        patchType: 'JSONPatch',
        patch: Buffer.from('[{"op":"add","path":"/a","value":1}]').toString('base64'),
      },
    });
  });

  it('answers a refusal with its message and warnings', async () => {
    verdict = () => ({ allowed: false, message: 'spec.strategy: no', warnings: ['w'] });
    const { text } = await post('/mutate', review, certificates.caBundle);
    expect(JSON.parse(text)).toMatchObject({
      response: {
        uid: 'u-1',
        allowed: false,
        warnings: ['w'],
        status: { code: 422, message: 'spec.strategy: no' },
      },
    });
  });

  it('answers 400 for a body that is no AdmissionReview, 404 for another path', async () => {
    const ca = certificates.caBundle;
    expect(await post('/mutate', '{', ca)).toEqual({ status: 400, text: 'the body is not JSON\n' });
    expect((await post('/mutate', '{"kind":"Pod"}', ca)).status).toBe(400);
    expect((await post('/other', review, ca)).status).toBe(404);
  });

  it('answers 500 when the handler throws, and goes on', async () => {
    verdict = () => {
      throw new Error('bug');
    };
    expect((await post('/mutate', review, certificates.caBundle)).status).toBe(500);
    verdict = () => ({ allowed: true });
    expect((await post('/mutate', review, certificates.caBundle)).status).toBe(200);
  });

  it('serves a new certificate to new connections without a restart', async () => {
    const other = await renewCertificates(undefined, [HOST], Date.now(), LIFETIMES);
    server.useCertificate(other.server);
    await expect(post('/mutate', review, certificates.caBundle)).rejects.toThrow(/certificate/);
    expect((await post('/mutate', review, other.caBundle)).status).toBe(200);
    server.useCertificate(certificates.server);
  });
});
