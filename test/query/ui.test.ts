import { createHash } from 'node:crypto';
import { type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { text } from 'node:stream/consumers';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { systemClock } from '../../src/runtime/clock.ts';
import { VERSION } from '../../src/runtime/version.ts';
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

/** A GET whose answer is left as it was sent: `fetch` would unpack it. */
async function rawGet(
  { url }: TestQuery,
  path: string,
  headers: Readonly<Record<string, string>>,
): Promise<{ status: number; headers: IncomingHttpHeaders; body: string }> {
  const asked = request(url + path, { headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    asked.once('response', resolve).once('error', reject);
  });
  asked.end();
  const answer = await answered;
  return { status: answer.statusCode ?? 0, headers: answer.headers, body: await text(answer) };
}

async function startUi(flags: Readonly<Record<string, string>> = {}): Promise<TestQuery> {
  query = await startTestQuery(storage, { 'query.static-files': folder, ...flags }, { clock });
  return query;
}

/** The places of a page of Jaeger's UI, as it is built. */
const JAEGER_PAGE = `<!doctype html><html><head><base href="/" data-inject-target="BASE_URL" />
<script>
// JAEGER_CONFIG_JS

function getJaegerUiConfig() {
  if (typeof window.UIConfig === 'function') return UIConfig();
  const DEFAULT_CONFIG = null;
  const JAEGER_CONFIG = DEFAULT_CONFIG;
  return JAEGER_CONFIG;
}
function getJaegerBackendCapabilities() {
  const DEFAULT_BACKEND_CAPABILITIES = {};
  const JAEGER_BACKEND_CAPABILITIES = DEFAULT_BACKEND_CAPABILITIES;
  return JAEGER_BACKEND_CAPABILITIES;
}
function getJaegerStorageCapabilities() {
  const DEFAULT_STORAGE_CAPABILITIES = {};
  const JAEGER_STORAGE_CAPABILITIES = DEFAULT_STORAGE_CAPABILITIES;
  return JAEGER_STORAGE_CAPABILITIES;
}
function getJaegerVersion() {
  const DEFAULT_VERSION = {};
  const JAEGER_VERSION = DEFAULT_VERSION;
  return JAEGER_VERSION;
}
</script><script type="module" src="./static/app.js"></script></head></html>`;

describe('a build of Jaeger’s UI in query.static-files', () => {
  /** What its functions return, as a browser would run them. */
  async function told(flags: Readonly<Record<string, string>>): Promise<readonly unknown[]> {
    await writeFile(join(folder, 'index.html'), JAEGER_PAGE);
    const ui = await startUi(flags);
    const { body } = await ui.ask('/jaeger/search');
    expect(body).toContain('<base href="/jaeger/" data-inject-target');
    const [, source = ''] = /<script>([\s\S]*?)<\/script>/.exec(body) ?? [];
    const { headers } = await rawGet(ui, '/jaeger/', {});
    const hash = createHash('sha256').update(source).digest('base64');
    expect(headers['content-security-policy']).toContain(`; script-src 'self' 'sha256-${hash}'; `);
    const answers =
      '[getJaegerUiConfig(), getJaegerVersion(), getJaegerBackendCapabilities(), getJaegerStorageCapabilities()]';
    const json: unknown = runInNewContext(
      `var window = this; ${source}; JSON.stringify(${answers})`,
    );
    return JSON.parse(String(json)) as readonly unknown[];
  }

  const capabilities = {
    ...{ archiveStorage: true, metricsStorage: false, searchWithoutServiceName: true },
    ...{ searchFilters: true, aiAssistant: false },
  };

  it('is told its configuration, the version and what the storage can do', async () => {
    const file = join(folder, 'config.json');
    await writeFile(file, '{"menu":["</script>"]}');
    expect(await told({ 'query.base-path': '/jaeger', 'query.ui-config': file })).toEqual([
      { menu: ['</script>'] },
      { gitCommit: '', gitVersion: `v${VERSION}`, buildDate: '' },
      capabilities,
      capabilities,
    ]);
  });

  it('has a script for configuration in its page', async () => {
    const file = join(folder, 'config.js');
    await writeFile(file, 'function UIConfig() { return { menu: [1] }; }');
    const [config] = await told({ 'query.base-path': '/jaeger', 'query.ui-config': file });
    expect(config).toEqual({ menu: [1] });
  });

  it('keeps its own defaults without one, and a policy that is set by hand', async () => {
    const [config] = await told({ 'query.base-path': '/jaeger' });
    expect(config).toBeNull();
    await query?.stop();
    const policy = "default-src 'none'";
    const ui = await startUi({
      'query.additional-headers': `Content-Security-Policy: ${policy}`,
    });
    const { headers } = await rawGet(ui, '/', {});
    expect(headers['content-security-policy']).toBe(policy);
  });
});

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

  it('is sent packed to whom can unpack it, from the forms that lie beside a file', async () => {
    await writeFile(join(folder, 'static', 'app-12345678.js.br'), 'as brotli');
    await writeFile(join(folder, 'static', 'app-12345678.js.gz'), 'as gzip');
    await writeFile(join(folder, 'static', 'alone.gz'), 'no packed form of another');
    const ui = await startUi();
    const raw = async (accepted: string): Promise<unknown> => {
      const headers = { 'accept-encoding': accepted };
      const answer = await rawGet(ui, '/static/app-12345678.js', headers);
      return [answer.headers['content-encoding'], answer.headers.vary, answer.body];
    };
    expect(await raw('gzip, deflate, br, zstd')).toEqual(['br', 'accept-encoding', 'as brotli']);
    expect(await raw('gzip;q=1.0, br;q=0')).toEqual(['gzip', 'accept-encoding', 'as gzip']);
    expect(await raw('identity')).toEqual([undefined, 'accept-encoding', 'export {};']);
    expect((await ui.ask('/static/app-12345678.js.br')).status).toBe(404);
    expect((await ui.ask('/static/alone.gz')).status).toBe(200);
  });

  it('is not sent again to a browser that has it', async () => {
    const ui = await startUi();
    const first = await rawGet(ui, '/search', {});
    const { etag = '' } = first.headers;
    expect(first.headers['cache-control']).toBe('no-cache');
    for (const tag of [etag, `W/${etag}`, `"other", ${etag}`]) {
      const again = await rawGet(ui, '/search', { 'if-none-match': tag });
      expect([again.status, again.body]).toEqual([304, '']);
    }
    expect((await rawGet(ui, '/search', { 'if-none-match': '"other"' })).status).toBe(200);
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

  it('may be a script, which the page loads from this service', async () => {
    const file = join(folder, 'config.js');
    const source = 'function UIConfig() { return { menu: [] }; }\n';
    await writeFile(file, source);
    const ui = await startUi({ 'query.ui-config': file, 'query.base-path': '/jaeger' });
    const page = await ui.ask('/jaeger/');
    expect(page.body).toContain('<script src="static/ui-config.js"></script></head>');
    const script = await fetch(`${ui.url}/jaeger/static/ui-config.js`);
    expect([
      script.headers.get('content-type'),
      script.headers.get('cache-control'),
      await script.text(),
    ]).toEqual(['text/javascript; charset=utf-8', 'no-cache', source]);
    await writeFile(file, source.replace('[]', '[1]'));
    nowMs += 10_000;
    const changed = await ui.ask('/jaeger/static/ui-config.js');
    expect(changed.body).toContain('[1]');
  });

  it('names no script where it is none', async () => {
    const ui = await startUi();
    expect((await ui.ask('/')).body).not.toContain('ui-config.js');
    expect((await ui.ask('/static/ui-config.js')).status).toBe(404);
  });

  it('is refused at the start when it is no JSON, no object or a script without UIConfig', async () => {
    const start = (path: string): Promise<TestQuery> =>
      startTestQuery(storage, { 'query.ui-config': path });
    await expect(start(join(folder, 'none.js'))).rejects.toThrow('none.js cannot be read');
    const script = join(folder, 'config.js');
    await writeFile(script, 'export const menu = [];');
    await expect(start(script)).rejects.toThrow(
      `query.ui-config: ${script} has no function UIConfig() that returns the configuration`,
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

it('tells the browser app what the storage can do now, not what it could when the query started', async () => {
  const { reader } = storage;
  let filters = false;
  storage = {
    ...storage,
    reader: {
      ...reader,
      get capabilities() {
        return { ...reader.capabilities, filters };
      },
    },
  };
  expect(await pageConfig()).toMatchObject({ capabilities: { searchFilters: false } });
  filters = true;
  expect(await pageConfig()).toMatchObject({ capabilities: { searchFilters: true } });
});
