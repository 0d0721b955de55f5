import { request } from 'node:https';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { openServerTls } from '../../src/runtime/tls.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan } from '../harness/a-span.ts';
import { createAuthority, writeTlsFiles } from '../runtime/tls-files.ts';
import { startHttpReceiver } from './otlp-receiver.ts';

function postOverTls(port: number, ca: string, body: Uint8Array): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { 'content-type': 'application/x-protobuf', 'content-length': body.length };
    const target = { host: '127.0.0.1', port, path: '/v1/traces', servername: 'localhost' };
    request({ ...target, method: 'POST', ca, headers, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end(body);
  });
}

describe('OTLP over HTTPS', () => {
  it('takes spans from clients that speak TLS, and from no others', async () => {
    const authority = await createAuthority('test authority');
    await using files = await writeTlsFiles(await authority.issue('localhost'));
    const tls = await openServerTls(files.config, {
      flagPrefix: 'collector.otlp.http',
      logger: pino({ level: 'silent' }),
      metrics: new Registry(),
    });
    await using receiver = await startHttpReceiver({ http: { tls } });
    const body = encodeSpans([aSpan()]);
    expect(await postOverTls(receiver.port, authority.cert, body)).toBe(200);
    expect(receiver.spans).toHaveLength(1);
    const plain = fetch(`http://127.0.0.1:${receiver.port}/v1/traces`, { method: 'POST' });
    await expect(plain).rejects.toThrow('fetch failed');
  });
});
