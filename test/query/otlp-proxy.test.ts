import { Buffer } from 'node:buffer';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingHttpHeaders, RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Storage } from '../../src/storage/storage.ts';
import { openQueryStorage } from './query-storages.ts';
import { startTestQuery } from './start-test-query.ts';
import type { TestQuery } from './start-test-query.ts';

const TRACES = '/api/otlp/v1/traces';
const PROTOBUF = 'application/x-protobuf';

interface Received {
  readonly method: string | undefined;
  readonly url: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

describe('what is posted to /api/otlp/v1', () => {
  const started = { stack: new AsyncDisposableStack() };
  let storage: Storage;
  let received: Received[];

  beforeEach(async () => {
    started.stack = new AsyncDisposableStack();
    received = [];
    storage = await openQueryStorage('memory', 1_000_000);
    started.stack.defer(() => storage.close());
  });
  afterEach(() => started.stack.disposeAsync());

  /** An OTLP server, and its address. */
  async function listen(answer: RequestListener): Promise<string> {
    const server = createServer(answer).listen(0, '127.0.0.1');
    await once(server, 'listening');
    started.stack.defer(() => {
      server.closeAllConnections();
      server.close();
    });
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const takeAll: RequestListener = (request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const { headers, method, url } = request;
      received.push({ method, url, headers, body: Buffer.concat(pieces) });
      response.setHeader('set-cookie', 'a=b');
      response.writeHead(200, { 'content-type': PROTOBUF }).end(Buffer.from([0xff, 0]));
    });
  };

  async function start(target: string, flags: Record<string, string> = {}): Promise<TestQuery> {
    const query = await startTestQuery(storage, { ...flags, 'query.otlp-proxy.target': target });
    started.stack.defer(() => query.stop());
    return query;
  }

  it.each(['traces', 'metrics', 'logs'])('goes to query.otlp-proxy.target: %s', async (signal) => {
    const query = await start(`${await listen(takeAll)}/base/`);
    const body = Buffer.from([0x1f, 0x8b, 0, 0xff]);
    const answer = await fetch(`${query.url}/api/otlp/v1/${signal}?a=b`, {
      method: 'POST',
      headers: { 'content-type': PROTOBUF, 'content-encoding': 'gzip', cookie: 'secret=1' },
      body,
    });
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe(PROTOBUF);
    expect(answer.headers.get('set-cookie')).toBe(null);
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from([0xff, 0]));
    expect(received).toMatchObject([
      {
        ...{ method: 'POST', url: `/base/v1/${signal}`, body },
        headers: { 'content-type': PROTOBUF, 'content-encoding': 'gzip' },
      },
    ]);
    expect(received[0]?.headers).not.toHaveProperty('cookie');
    expect(await query.metrics.metrics()).toContain(
      'jaeger_query_requests_total{operation="post_otlp",result="ok"} 1',
    );
  });

  it('goes there with its tenant, and nowhere without one', async () => {
    const query = await start(await listen(takeAll), { 'multi-tenancy.enabled': 'true' });
    expect((await query.ask(TRACES, '{}')).status).toBe(401);
    await fetch(query.url + TRACES, {
      method: 'POST',
      headers: { 'x-tenant': 'acme' },
      body: '{}',
    });
    expect(received.map(({ headers }) => headers['x-tenant'])).toEqual(['acme']);
  });

  it.each([
    ['false', undefined],
    ['true', 'Bearer t'],
  ])('keeps tokens here, unless they are passed on (%s)', async (isPassed, authorization) => {
    const flags = { 'query.bearer-token-propagation': isPassed };
    const query = await start(await listen(takeAll), flags);
    const headers = { authorization: 'Bearer t' };
    await fetch(query.url + TRACES, { method: 'POST', headers, body: '{}' });
    expect(received.map((one) => one.headers.authorization)).toEqual([authorization]);
  });

  it('is no page while there is no such server', async () => {
    expect((await (await start('')).ask(TRACES, '{}')).status).toBe(404);
  });

  it.each(['/api/otlp/v1/profiles', '/api/otlp/v1/traces/../x', '/api/otlp/', '/api/otlp/v1/'])(
    'goes nowhere else: %s',
    async (path) => {
      const query = await start(await listen(takeAll));
      expect((await query.ask(path, '{}')).status).toBe(404);
      expect((await query.ask(TRACES)).status).toBe(404);
      expect(received).toEqual([]);
    },
  );

  it('gets the refusal of that server', async () => {
    const target = await listen((request, response) => {
      request.resume();
      response.writeHead(429, { 'retry-after': '7', 'content-type': 'text/plain' }).end('later');
    });
    const query = await start(target);
    const answer = await fetch(query.url + TRACES, { method: 'POST', body: '{}' });
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([429, '7']);
    expect(await answer.text()).toBe('later');
  });

  it('is refused with 502 where that server is not there', async () => {
    const { body, status } = await (await start('http://127.0.0.1:1')).ask(TRACES, '{}');
    expect(status).toBe(502);
    expect(body).toBe(
      'query.otlp-proxy.target does not answer: connect ECONNREFUSED 127.0.0.1:1\n',
    );
  });

  it('is refused with 504 where that server takes longer than query.timeout', async () => {
    const target = await listen((request) => request.resume());
    const query = await start(target, { 'query.timeout': '50ms' });
    const { body, status } = await query.ask(TRACES, '{}');
    expect([status, body]).toEqual([504, 'query.otlp-proxy.target took longer than 50 ms\n']);
  });

  it.each(['of a length', 'in chunks'])(
    'is refused with 413 above query.max-request-size: %s',
    async (how) => {
      const query = await start(await listen(takeAll), { 'query.max-request-size': '10' });
      const bytes = new Uint8Array(20);
      const answer = await fetch(query.url + TRACES, {
        ...{ method: 'POST', duplex: 'half' },
        body: how === 'in chunks' ? new Blob([bytes]).stream() : bytes,
      });
      expect(answer.status).toBe(413);
      expect(await answer.text()).toContain('query.max-request-size (10 bytes)');
      expect(received).toEqual([]);
    },
  );

  it.each(['localhost:4318', 'ftp://a', 'http://a?b', 'http://user@a', 'x'])(
    'cannot go to %j, which is said at the start',
    async (target) => {
      await expect(start(target)).rejects.toThrow('query.otlp-proxy.target: want the address');
    },
  );
});
