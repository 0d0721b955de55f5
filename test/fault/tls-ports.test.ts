import { request } from 'node:https';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startCollectorProcess } from '../harness/collector-process.ts';
import { createAuthority, writeTlsFiles } from '../runtime/tls-files.ts';

/** The status of a GET over TLS, which the server answers in some way. */
function statusOverTls(port: number, ca: string): Promise<number> {
  return new Promise((resolve, reject) => {
    request({ host: '127.0.0.1', port, servername: 'localhost', ca, agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode ?? 0);
    })
      .on('error', reject)
      .end();
  });
}

describe('a collector with a certificate for every port', () => {
  it('speaks TLS at each of them, and to no client that does not', async () => {
    const authority = await createAuthority('test authority');
    const files = await writeTlsFiles(await authority.issue('localhost'));
    onTestFinished(() => files[Symbol.asyncDispose]());
    const { cert, key } = files.config;
    const prefixes = ['collector.http-server', 'collector.zipkin', 'collector.otlp.http'];
    const collector = await startCollectorProcess({
      flags: prefixes.flatMap((prefix) => [
        `--${prefix}.tls.enabled=true`,
        `--${prefix}.tls.cert=${cert}`,
        `--${prefix}.tls.key=${key}`,
      ]),
    });
    onTestFinished(() => collector.stop());
    for (const name of ['jaeger thrift http', 'zipkin http', 'otlp http']) {
      const port = collector.portOf(name);
      expect(await statusOverTls(port, authority.cert)).toBeGreaterThanOrEqual(200);
      await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow('fetch failed');
    }
  }, 30_000);
});
