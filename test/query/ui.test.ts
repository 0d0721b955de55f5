import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/runtime/clock.ts';
import { createMemoryStorage } from '../../src/storage/memory/memory-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

let folder: string;
let storage: Storage;
let query: TestQuery | undefined;
let nowMs = 0;
const clock = { ...systemClock, monotonic: () => nowMs };

beforeEach(async () => {
  nowMs = 0;
  folder = await mkdtemp(join(tmpdir(), 'query-ui-'));
  await mkdir(join(folder, 'static'));
  await writeFile(
    join(folder, 'index.html'),
    '<html><head><base href="/"></head><body>own</body></html>',
  );
  await writeFile(join(folder, 'static', 'app-12345678.js'), 'export {};');
  storage = createMemoryStorage({ maxTraces: 1, maxBytes: 1_000_000, metrics: new Registry() });
});

afterEach(async () => {
  await query?.stop();
  query = undefined;
  await storage.close();
  await rm(folder, { recursive: true });
});

/** What the page tells the browser app. */
async function pageConfig(): Promise<unknown> {
  const { body } = await (query ?? (await startUi())).ask('/');
  const json = /<script type="application\/json" id="jaeger-config">(.*?)<\/script>/.exec(
    body,
  )?.[1];
  return JSON.parse(json ?? 'null');
}

async function startUi(flags: Readonly<Record<string, string>> = {}): Promise<TestQuery> {
  query = await startTestQuery(storage, { 'query.static-files': folder, ...flags }, { clock });
  return query;
}

describe('the folder of query.static-files', () => {
  it('is served, with index.html for every path of the browser app', async () => {
    const ui = await startUi({ 'query.base-path': '/jaeger' });
    for (const path of ['/jaeger/', '/jaeger/trace/1', '/jaeger/index.html']) {
      const page = await ui.ask(path);
      expect([path, page.status, page.type]).toEqual([path, 200, 'text/html; charset=utf-8']);
      expect(page.body).toContain('<base href="/jaeger/">');
    }
    const script = await fetch(`${ui.url}/jaeger/static/app-12345678.js`);
    expect([script.headers.get('cache-control'), await script.text()]).toEqual([
      'public, max-age=31536000, immutable',
      'export {};',
    ]);
    expect((await ui.ask('/jaeger/static/missing.js')).status).toBe(404);
  });

  it('is refused when it has no index.html or does not exist', async () => {
    const start = (path: string): Promise<TestQuery> =>
      startTestQuery(storage, { 'query.static-files': path });
    await expect(start(join(folder, 'static'))).rejects.toThrow('has no index.html');
    await expect(start(join(folder, 'none'))).rejects.toThrow('cannot be read');
  });
});

describe('the page', () => {
  it('says what the storage can do', async () => {
    const reader = {
      ...storage.reader,
      capabilities: { ...storage.reader.capabilities, withoutService: false },
    };
    const { dependencies } = storage;
    query = await startTestQuery({ reader, dependencies }, { 'query.static-files': folder });
    expect(await pageConfig()).toMatchObject({
      capabilities: {
        archiveStorage: false,
        metricsStorage: false,
        searchWithoutServiceName: false,
        searchFilters: true,
      },
    });
    const range = 'query.startTimeMin=2024-01-01T00:00:00Z&query.startTimeMax=2024-01-02T00:00:00Z';
    const refused = await query.ask(`/api/v3/traces?${range}`);
    expect([refused.status, refused.body]).toEqual([
      400,
      '{"error":{"httpCode":400,"message":"query.serviceName is required: this storage finds traces by service"}}\n',
    ]);
  });

  it('can be asked without a service where the storage can', async () => {
    await startUi();
    expect(await pageConfig()).toMatchObject({ capabilities: { searchWithoutServiceName: true } });
  });
});

describe('the file of query.ui-config', () => {
  it('is read again after 10 seconds, and the last good one stays', async () => {
    const file = join(folder, 'config.json');
    await writeFile(file, '{"menu":["</script>"]}');
    await startUi({ 'query.ui-config': file });
    expect(await pageConfig()).toMatchObject({ config: { menu: ['</script>'] } });
    await writeFile(file, '{"menu":["second"]}');
    nowMs = 9999;
    expect(await pageConfig()).toMatchObject({ config: { menu: ['</script>'] } });
    nowMs = 10_000;
    expect(await pageConfig()).toMatchObject({ config: { menu: ['second'] } });
    for (const bad of ['{', '[]']) {
      await writeFile(file, bad);
      nowMs += 10_000;
      expect(await pageConfig()).toMatchObject({ config: { menu: ['second'] } });
    }
  });

  it('is refused at the start when it is a script, no JSON or no object', async () => {
    const start = (path: string): Promise<TestQuery> =>
      startTestQuery(storage, { 'query.ui-config': path });
    await expect(start('/etc/ui.js')).rejects.toThrow(
      'query.ui-config: /etc/ui.js is a script; only JSON is allowed',
    );
    const file = join(folder, 'config.json');
    await writeFile(file, '{');
    await expect(start(file)).rejects.toThrow('cannot be read as JSON');
    await writeFile(file, '[]');
    await expect(start(file)).rejects.toThrow('is not a JSON object');
  });
});

describe('a service on the loopback interface', () => {
  it('answers nobody who calls it by a foreign name', async () => {
    const ui = await startUi({ 'query.allowed-hosts': 'Jaeger.example.com' });
    const statuses = await Promise.all(
      [
        'localhost:16686',
        '127.0.0.1:16686',
        '[::1]:16686',
        'demo.localhost',
        'jaeger.example.com:443',
        'evil.example',
        'localhost.evil.example:16686',
        '127.0.0.1.evil.example',
      ].map((host) => ui.statusAs(host)),
    );
    expect(statuses).toEqual([200, 200, 200, 200, 200, 403, 403, 403]);
  });

  it('answers everybody when query.allowed-hosts is * or it listens elsewhere', async () => {
    const open = await startUi({ 'query.allowed-hosts': '*' });
    expect(await open.statusAs('evil.example')).toBe(200);
    await open.stop();
    query = await startTestQuery(storage, {}, { listenHost: '0.0.0.0' });
    expect(await query.statusAs('jaeger-query.observability.svc:16686')).toBe(200);
  });
});
