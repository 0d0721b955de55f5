import { readFile } from 'node:fs/promises';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join } from 'node:path';
import { SECURITY_HEADERS } from '../../src/query/security-headers.ts';

/** Another build than the usual one can be tested with UI_DIST. */
export const BUILT_UI = process.env['UI_DIST'] ?? join(import.meta.dirname, '../../dist/ui');
const BASE = '/tracing/';
const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.map': 'application/json',
};

/** The built UI below a base path, under the query service's own headers, with fixed API answers and a UI configuration. */
export async function startFixtureServer(
  answers: Readonly<Record<string, unknown>>,
  config: unknown = {},
  capabilities: unknown = {},
): Promise<{ server: Server; url: string }> {
  const server = createServer((request, response) => {
    for (const [name, value] of Object.entries(SECURITY_HEADERS)) response.setHeader(name, value);
    const { pathname } = new URL(request.url ?? '/', 'http://localhost');
    const path = decodeURIComponent(pathname).replace(BASE, '');
    if (path.startsWith('api/')) {
      response.statusCode = path in answers ? 200 : 404;
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answers[path] ?? { errors: [{ code: 404, msg: 'not found' }] }));
      return;
    }
    void sendFile(path, configScript(config, capabilities)).then(({ type, body }) => {
      response.setHeader('content-type', type);
      response.end(body);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { server, url: `http://127.0.0.1:${port}${BASE}` };
}

/** Addresses of pages get index.html with the base path and the configuration in it, as the query service does. */
async function sendFile(path: string, script: string): Promise<{ type: string; body: string }> {
  const file = extname(path) in TYPES ? path : 'index.html';
  const body = await readFile(join(BUILT_UI, file), 'utf8');
  return {
    type: TYPES[extname(file)] ?? 'application/octet-stream',
    body: body
      .replace('<base href="/"', `<base href="${BASE}"`)
      .replace('</head>', () => `${script}</head>`),
  };
}

function configScript(config: unknown, capabilities: unknown): string {
  const json = JSON.stringify({ config, capabilities, version: { gitVersion: 'v1.2.3' } });
  return `<script type="application/json" id="jaeger-config">${json}</script>`;
}
