import { request } from 'node:https';
import { Registry } from 'prom-client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { createMemoryStorage } from '../../src/storage/memory/memory-storage.ts';
import { createAuthority, writeTlsFiles } from '../runtime/tls-files.ts';
import { startTestQuery } from './start-test-query.ts';

describe('a query service with a certificate', () => {
  it('serves the HTTP APIs over TLS, and nothing without it', async () => {
    const authority = await createAuthority('test authority');
    const files = await writeTlsFiles(await authority.issue('localhost'));
    onTestFinished(() => files[Symbol.asyncDispose]());
    const storage = createMemoryStorage({
      maxTraces: 10,
      maxBytes: 1e6,
      metrics: new Registry(),
    });
    onTestFinished(() => storage.close());
    const query = await startTestQuery(storage, {
      'query.http.tls.enabled': 'true',
      'query.http.tls.cert': files.config.cert,
      'query.http.tls.key': files.config.key,
    });
    onTestFinished(() => query.stop());
    const status = await new Promise<number | undefined>((resolve, reject) => {
      request(
        `https://localhost:${new URL(query.url).port}/api/services`,
        { ca: authority.cert, agent: false },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      )
        .on('error', reject)
        .end();
    });
    expect(status).toBe(200);
    await expect(query.ask('/api/services')).rejects.toThrow('fetch failed');
  });
});
