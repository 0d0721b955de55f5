import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { ENDPOINTS } from '../../src/query/api/endpoints.ts';
import { tempoEndpoints } from '../../src/query/tempo/tempo-endpoints.ts';
import { createMemoryStorage } from '../../src/storage/memory/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { aBatch, aSpan } from '../harness/a-span.ts';
import { openTestStorage } from '../harness/embedded-storage.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

const TEMPO = tempoEndpoints({ basePath: '/tempo', maxTracesRead: 100 });
const SECRET = 'only the other tenant sees this';

/** What people try on other systems: SQL, shells, templates, regular expressions, JSON, paths, headers. */
const SEEDS = [
  "' OR '1'='1",
  "'; DROP TABLE spans; --",
  '" UNION SELECT * FROM traces --',
  '$(cat /etc/passwd)',
  '`id`',
  '; ls /',
  '| cat /etc/passwd',
  '${7*7}',
  '{{7*7}}',
  '<script>alert(1)</script>',
  '"><img src=x onerror=alert(1)>',
  '../../../../etc/passwd',
  '..\\..\\windows\\win.ini',
  '/etc/passwd',
  'file:///etc/passwd',
  '(a+)+$',
  '.*',
  '[',
  '__proto__',
  'constructor',
  '{"__proto__":{"admin":true}}',
  '{"$gt":""}',
  '{"a":',
  '[[[[[[[[[[',
  'null',
  'NaN',
  '-1',
  '1e309',
  '99999999999999999999999999',
  '0x10',
  '\u0000',
  'a\r\nset-cookie: x=1',
  '\u202egnp.exe',
  '\ud83d\ude00',
  '%00',
  '%2e%2e%2f',
  '%252e%252e%252f',
  '*)(uid=*',
  '{ span.a =~ "(a+)+$" }',
  '*'.repeat(2000),
];
/** Each as it is, and inside of what looks right. */
const PAYLOADS = SEEDS.flatMap((seed) => [
  seed,
  `a:${seed}`,
  `{"a":"${seed}"}`,
  `a="${seed}"`,
  `${seed}s`,
]);

interface Answer {
  readonly status: number;
  readonly headers: string;
  readonly body: string;
}

/** A request whose path is sent as it is written. */
function send(query: TestQuery, method: string, path: string, body: string): Promise<Answer> {
  const { hostname, port } = new URL(query.url);
  return new Promise((resolve, reject) => {
    const asked = request({ hostname, port, path, method }, (response) => {
      text(response).then((found) => {
        const headers = JSON.stringify(response.headers);
        resolve({ status: response.statusCode ?? 0, headers, body: found });
      }, reject);
    });
    asked.once('error', reject);
    asked.end(body);
  });
}

/** Every way in which a payload reaches an endpoint. */
function targetsOf(payload: string): readonly { method: string; path: string }[] {
  const value = encodeURIComponent(payload.toWellFormed());
  return [...ENDPOINTS, ...TEMPO].flatMap(({ doc, method }) => {
    if (doc === undefined) return [];
    const required = doc.parameters
      .filter((one) => one.in === 'query' && one.isRequired === true)
      .map(({ name }) => `${name}=${name.includes('ime') ? '2024-01-01T00:00:00Z' : 'a'}`);
    const names = doc.parameters.filter((one) => one.in === 'query').map(({ name }) => name);
    const path = doc.path.replace(/\{[^}]+\}/, value);
    // The trace that is there may be archived: that is asked of one that is not.
    const plain = doc.path.replace(/\{[^}]+\}/, method === 'POST' ? 'ff' : '1');
    const all = names.map((name) => `${name}=${value}`).join('&');
    return [
      { method, path },
      { method, path: `${plain}?${all}` },
      ...names.map((name) => ({
        method,
        path: `${plain}?${[...required, `${name}=${value}`].join('&')}`,
      })),
    ];
  });
}

async function everything(storage: Storage): Promise<string> {
  const { signal } = new AbortController();
  const all: string[] = [];
  for (const tenant of ['', 'other']) {
    const times = { startTimeMinNano: 0n, startTimeMaxNano: 2n ** 62n };
    const found = storage.reader.findTraces(
      tenant,
      { attributes: [], limit: 100, ...times },
      signal,
    );
    for await (const { otlp, traceId } of found) {
      all.push(`${tenant} ${traceId} ${Buffer.from(otlp).toString('hex')}`);
    }
  }
  return all.join('\n');
}

describe.each(['memory', 'embedded'])('on a storage that is %s', (kind) => {
  it(
    'no payload in any parameter or path changes or leaks something',
    { timeout: 120_000 },
    async () => {
      expect(PAYLOADS.length).toBeGreaterThanOrEqual(200);
      const folder = await mkdtemp(join(tmpdir(), 'hostile-'));
      const storage: Storage =
        kind === 'embedded'
          ? await openTestStorage(folder, { retentionMs: 1e15 })
          : createMemoryStorage({ maxTraces: 10, maxBytes: 1_000_000, metrics: new Registry() });
      const { signal } = new AbortController();
      await storage.writer.write(aBatch([aSpan({ serviceName: 'a' })]), signal);
      const other = aBatch([aSpan({ serviceName: SECRET })], { tenant: 'other' });
      await storage.writer.write(other, signal);
      const before = await everything(storage);
      const files = (await readdir(folder)).sort();
      const query = await startTestQuery(storage);
      let sent = 0;
      const seen = new Set<number>();
      for (const payload of PAYLOADS) {
        const answers = await Promise.all(
          targetsOf(payload)
            .filter((_, index) => (index + sent) % (kind === 'memory' ? 2 : 4) === 0)
            .map(({ method, path }) => send(query, method, path, payload)),
        );
        sent += answers.length;
        for (const { body, headers, status } of answers) {
          seen.add(status);
          expect(body).not.toContain(SECRET);
          expect(body).not.toMatch(/root:.*:0:0:/);
          // No error tells where the program is, or how it is made.
          expect(body).not.toMatch(/node_modules|\.ts:\d|\bat \w+ \(/);
          if (status === 500) expect(body).toContain('archive span storage was not configured');
          expect(headers).not.toContain('set-cookie');
          if (headers.includes('text/html')) expect(body).not.toContain('<script>alert');
        }
      }
      expect(sent).toBeGreaterThan(kind === 'memory' ? 10_000 : 5000);
      // A deployment without an archive or metrics says 500 and 501, as Jaeger does; 431 is for what is too long.
      for (const status of seen) expect([200, 400, 404, 431, 500, 501]).toContain(status);
      expect(await everything(storage)).toBe(before);
      expect((await readdir(folder)).sort()).toEqual(files);
      expect(Object.keys(Object.prototype)).toEqual([]);
      await query.stop();
      await storage.close();
      await rm(folder, { recursive: true });
    },
  );
});
