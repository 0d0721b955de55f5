import { Buffer } from 'node:buffer';
import { connect } from 'node:net';
import { deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SinkOverloadedError } from '../../src/pipeline/sink.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan, spanId, traceId } from '../harness/a-span.ts';
import { decodeWithProtobufjs } from '../wire/otlp/otlp-proto.ts';
import { startHttpReceiver } from './otlp-receiver.ts';
import type { StartedReceiver } from './otlp-receiver.ts';

const PROTOBUF = 'application/x-protobuf';
const GOOD = encodeSpans([aSpan()]);
const ONE_BAD = encodeSpans([aSpan(), aSpan({ spanId: spanId(2), traceId: '' })]);
const JSON_BODY = JSON.stringify({
  resourceSpans: [
    { scopeSpans: [{ spans: [{ traceId: traceId(9), spanId: spanId(9), name: 'j' }] }] },
  ],
});

function post(
  { port }: StartedReceiver,
  body: Uint8Array | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': PROTOBUF, ...headers },
    body: typeof body === 'string' ? body : Buffer.from(body),
  });
}

async function protobufOf(
  response: Response,
  message: 'ExportTraceServiceResponse' | 'RpcStatus',
): Promise<unknown> {
  expect(response.headers.get('content-type')).toBe(PROTOBUF);
  return decodeWithProtobufjs(message, new Uint8Array(await response.arrayBuffer()));
}

async function counted(receiver: StartedReceiver, name: string): Promise<unknown[]> {
  const metric = await receiver.metrics.getSingleMetric(`jaeger_collector_${name}`)?.get();
  return (metric?.values ?? []).map(({ labels, value }) => ({ ...labels, value }));
}

describe('OTLP over HTTP', () => {
  it('takes protobuf and answers with an empty response', async () => {
    await using receiver = await startHttpReceiver();
    const response = await post(receiver, GOOD);
    expect(response.status).toBe(200);
    expect(await protobufOf(response, 'ExportTraceServiceResponse')).toEqual({});
    expect(receiver.spans.map(({ name }) => name)).toEqual(['GET /']);
  });

  it('takes JSON and answers in JSON', async () => {
    await using receiver = await startHttpReceiver();
    const response = await post(receiver, JSON_BODY, {
      'content-type': 'application/json; charset=utf-8',
    });
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({});
    expect(receiver.spans[0]?.traceId).toBe(traceId(9));
  });

  it.each([
    ['gzip', gzipSync(GOOD)],
    ['deflate', deflateSync(GOOD)],
    ['zstd', zstdCompressSync(GOOD)],
  ])('inflates %s', async (encoding, body) => {
    await using receiver = await startHttpReceiver();
    const response = await post(receiver, body, { 'content-encoding': encoding });
    expect(response.status).toBe(200);
    expect(receiver.spans).toHaveLength(1);
  });

  it('says in protobuf which spans it did not keep', async () => {
    await using receiver = await startHttpReceiver();
    const response = await post(receiver, ONE_BAD);
    expect(response.status).toBe(200);
    expect(await protobufOf(response, 'ExportTraceServiceResponse')).toEqual({
      partialSuccess: {
        rejectedSpans: '1',
        errorMessage: 'span 1 "GET /": the trace id is missing',
      },
    });
    expect(receiver.spans).toHaveLength(1);
    expect(await counted(receiver, 'spans_rejected_total')).toEqual([
      { format: 'otlp', transport: 'http', reason: 'invalid_trace_id', value: 1 },
    ]);
  });

  it('says in JSON which spans it did not keep', async () => {
    await using receiver = await startHttpReceiver();
    const body = JSON_BODY.replace(traceId(9), traceId(0));
    const response = await post(receiver, body, { 'content-type': 'application/json' });
    expect(await response.json()).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: 'span 0 "j": the trace id is zero' },
    });
  });

  it.each([
    {
      what: 'damaged protobuf',
      status: 400,
      body: Buffer.from('0aff01', 'hex'),
      encoding: 'identity',
    },
    { what: 'damaged gzip', status: 400, body: Buffer.from('not gzip'), encoding: 'gzip' },
    { what: 'an encoding nobody knows', status: 415, body: Buffer.from(GOOD), encoding: 'lzma' },
  ])('refuses $what for good', async ({ status, body, encoding }) => {
    await using receiver = await startHttpReceiver();
    const response = await post(receiver, body, { 'content-encoding': encoding });
    expect(response.status).toBe(status);
    expect(response.headers.get('retry-after')).toBeNull();
    expect(await protobufOf(response, 'RpcStatus')).toMatchObject({ code: 3 });
  });

  it('refuses damaged JSON in JSON, with the place', async () => {
    await using receiver = await startHttpReceiver();
    const response = await post(receiver, '{"resourceSpans":5}', {
      'content-type': 'application/json',
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toEqual({
      code: 3,
      message: 'json: resourceSpans must be an array',
    });
    expect(await counted(receiver, 'requests_refused_total')).toEqual([
      { transport: 'http', reason: 'malformed', value: 1 },
    ]);
  });

  it('refuses other types, methods and paths', async () => {
    await using receiver = await startHttpReceiver();
    expect((await post(receiver, GOOD, { 'content-type': 'text/plain' })).status).toBe(415);
    const url = `http://127.0.0.1:${receiver.port}`;
    const wrongMethod = await fetch(`${url}/v1/traces`);
    expect([wrongMethod.status, wrongMethod.headers.get('allow')]).toEqual([405, 'POST']);
    expect((await fetch(`${url}/v1/metrics`, { method: 'POST' })).status).toBe(404);
  });

  it('refuses a body that is too large, declared or not', async () => {
    await using receiver = await startHttpReceiver({ bodyBytesMax: 1000 });
    expect((await post(receiver, Buffer.alloc(1001))).status).toBe(413);
    const chunked = await fetch(`http://127.0.0.1:${receiver.port}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': PROTOBUF },
      body: new Blob([Buffer.alloc(5000)]).stream(),
      duplex: 'half',
    });
    expect(chunked.status).toBe(413);
    expect(receiver.spans).toEqual([]);
  });

  it.each([
    ['gzip', (zeros: Buffer) => gzipSync(zeros, { level: 1 })],
    ['deflate', (zeros: Buffer) => deflateSync(zeros, { level: 1 })],
    ['zstd', (zeros: Buffer) => zstdCompressSync(zeros)],
  ])(
    'refuses a %s bomb of half a gigabyte without inflating it',
    async (encoding, compress) => {
      await using receiver = await startHttpReceiver({ bodyBytesMax: 16 * 2 ** 20 });
      const bomb = compress(Buffer.alloc(512 * 2 ** 20));
      const before = process.memoryUsage().rss;
      const started = performance.now();
      const response = await post(receiver, bomb, { 'content-encoding': encoding });
      expect(response.status).toBe(413);
      expect(performance.now() - started).toBeLessThan(2000);
      expect(process.memoryUsage().rss - before).toBeLessThan(100 * 2 ** 20);
    },
    60_000,
  );

  it('asks to wait when the bytes in flight are at their limit', async () => {
    const { promise: held, resolve } = Promise.withResolvers<undefined>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<undefined>();
    await using receiver = await startHttpReceiver({
      bytesMax: GOOD.length + 10,
      sink: async ({ scan }) => {
        arrive(undefined);
        await held;
        return { accepted: scan.count, refused: [], dropped: [] };
      },
    });
    const first = post(receiver, GOOD);
    await arrived;
    const second = await post(receiver, GOOD);
    expect([second.status, second.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await protobufOf(second, 'RpcStatus')).toMatchObject({ code: 14 });
    resolve(undefined);
    expect((await first).status).toBe(200);
    expect((await post(receiver, GOOD)).status).toBe(200);
  });

  it('lets nobody reserve bytes by announcing them', async () => {
    await using receiver = await startHttpReceiver({ bytesMax: 10_000 });
    const sockets = Array.from({ length: 5 }, () => connect(receiver.port, '127.0.0.1'));
    const head = 'POST /v1/traces HTTP/1.1\r\nhost: a\r\ncontent-type: application/x-protobuf\r\n';
    await Promise.all(
      sockets.map(
        (socket) =>
          new Promise((resolve) => {
            socket.write(`${head}content-length: 9000\r\n\r\nx`, resolve);
          }),
      ),
    );
    expect((await post(receiver, GOOD)).status).toBe(200);
    for (const socket of sockets) socket.destroy();
  });

  it('asks to wait as long as the sink says', async () => {
    await using receiver = await startHttpReceiver({
      sink: () => Promise.reject(new SinkOverloadedError('full', 2500)),
    });
    const response = await post(receiver, GOOD);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '3']);
    expect(await counted(receiver, 'spans_rejected_total')).toEqual([
      { format: 'otlp', transport: 'http', reason: 'queue_full', value: 1 },
    ]);
  });

  it('keeps CORS off unless origins are allowed', async () => {
    const preflight = (receiver: StartedReceiver, origin: string): Promise<Response> =>
      fetch(`http://127.0.0.1:${receiver.port}/v1/traces`, {
        method: 'OPTIONS',
        headers: { origin, 'access-control-request-method': 'POST' },
      });
    await using off = await startHttpReceiver();
    expect((await preflight(off, 'http://a')).status).toBe(405);
    await using on = await startHttpReceiver({
      http: { cors: { allowedOrigins: ['http://a'], allowedHeaders: ['x-trace'] } },
    });
    const allowed = await preflight(on, 'http://a');
    expect(allowed.status).toBe(204);
    expect(allowed.headers.get('access-control-allow-origin')).toBe('http://a');
    expect(allowed.headers.get('access-control-allow-headers')).toBe('content-type, x-trace');
    expect((await preflight(on, 'http://b')).status).toBe(403);
    expect((await post(on, GOOD, { origin: 'http://a' })).headers.get('vary')).toBe('origin');
  });

  it('cuts off a client that never finishes its headers', async () => {
    await using receiver = await startHttpReceiver({
      http: {
        limits: {
          headersTimeoutMs: 100,
          requestTimeoutMs: 200,
          idleTimeoutMs: 1000,
          connectionsMax: 10,
        },
      },
    });
    const socket = connect(receiver.port, '127.0.0.1');
    socket.write('POST /v1/traces HTTP/1.1\r\nhost: a\r\n');
    const answer = await new Promise<string>((resolve) => {
      let text = '';
      socket.on('data', (chunk) => (text += chunk.toString()));
      socket.on('close', () => {
        resolve(text);
      });
    });
    expect(answer).toContain('408');
  });

  it('finishes requests under way when it stops, and refuses new ones', async () => {
    const { promise: held, resolve } = Promise.withResolvers<undefined>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<undefined>();
    const receiver = await startHttpReceiver({
      sink: async ({ scan }) => {
        arrive(undefined);
        await held;
        return { accepted: scan.count, refused: [], dropped: [] };
      },
    });
    const running = post(receiver, GOOD);
    await arrived;
    const stopped = receiver.running.stop();
    await expect.poll(() => isListening(receiver)).toBe(false);
    await expect(post(receiver, GOOD)).rejects.toThrow('fetch failed');
    resolve(undefined);
    expect((await running).status).toBe(200);
    await stopped;
  });
});

/** Whether new connections are taken; the one it tries is closed again. */
function isListening({ port }: StartedReceiver): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => {
      resolve(false);
    });
  });
}
