import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { SinkOverloadedError } from '../../src/pipeline/sink.ts';
import { startZipkinHttp } from '../../src/receivers/zipkin-http.ts';
import type { ZipkinHttpOptions } from '../../src/receivers/zipkin-http.ts';
import { createIntake, metricValue } from './jaeger-harness.ts';
import type { Intake } from './jaeger-harness.ts';

const V2_SPAN = {
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  id: '5b4185666d50f68b',
  name: 'get',
  kind: 'SERVER',
  timestamp: 1556604172355737,
  duration: 1431,
  localEndpoint: { serviceName: 'backend' },
};
const V1_SPAN = {
  traceId: '463ac35c9f6413ad48485a3953bb6124',
  id: '5b4185666d50f68b',
  name: 'get',
  annotations: [
    { timestamp: 1000, value: 'sr', endpoint: { serviceName: 'backend' } },
    { timestamp: 1500, value: 'ss', endpoint: { serviceName: 'backend' } },
  ],
};

interface Started extends AsyncDisposable {
  readonly intake: Intake;
  readonly origin: string;
}

async function start(
  options: Partial<ZipkinHttpOptions> = {},
  intake: Intake = createIntake(),
): Promise<Started> {
  const running = await startZipkinHttp(
    {
      hostPort: { host: '127.0.0.1', port: 0 },
      bodyBytesMax: 2 ** 20,
      limits: {
        headersTimeoutMs: 5000,
        requestTimeoutMs: 5000,
        idleTimeoutMs: 5000,
        connectionsMax: 20,
      },
      cors: { allowedOrigins: [], allowedHeaders: [] },
      keepAlive: true,
      ...options,
    },
    intake,
  );
  return {
    intake,
    origin: `http://127.0.0.1:${running.addresses[0]?.port ?? 0}`,
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

interface Sent {
  readonly path?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

function post(origin: string, body: unknown, sent: Sent = {}): Promise<Response> {
  const { path = '/api/v2/spans', headers = { 'content-type': 'application/json' } } = sent;
  const isBytes = Buffer.isBuffer(body);
  return fetch(`${origin}${path}`, {
    method: 'POST',
    headers,
    body: isBytes ? new Uint8Array(body) : new TextEncoder().encode(JSON.stringify(body)),
  });
}

describe('the Zipkin receiver', () => {
  it('takes v2 JSON and answers 202 with no body once the spans are kept', async () => {
    await using zipkin = await start();
    const answer = await post(zipkin.origin, [V2_SPAN]);
    expect([answer.status, await answer.text()]).toEqual([202, '']);
    const [span] = zipkin.intake.spans;
    expect(span).toMatchObject({
      traceId: V2_SPAN.traceId,
      spanId: V2_SPAN.id,
      name: 'get',
      kind: 'server',
      startTimeUnixNano: 1556604172355737000n,
    });
    const labels = { svc: 'backend', format: 'zipkin', transport: 'http' };
    const received = 'jaeger_collector_spans_received_total';
    expect(await metricValue(zipkin.intake.metrics, received, labels)).toBe(1);
  });

  it('counts a span that starts before 1970 as refused', async () => {
    await using zipkin = await start();
    await post(zipkin.origin, [{ ...V2_SPAN, timestamp: -1 }, V2_SPAN]);
    expect(zipkin.intake.spans.map(({ startTimeUnixNano }) => startTimeUnixNano)).toEqual([
      1556604172355737000n,
    ]);
    const rejected = 'jaeger_collector_spans_rejected_total';
    const labels = { reason: 'invalid_time' };
    expect(await metricValue(zipkin.intake.metrics, rejected, labels)).toBe(1);
  });

  it('takes v2 protobuf', async () => {
    await using zipkin = await start();
    // ListOfSpans { spans { trace_id, id, name "p" } }
    const span = `0a08${'01'.repeat(8)}1a08${'02'.repeat(8)}2a0170`;
    const body = Buffer.from(`0a17${span}`, 'hex');
    const answer = await post(zipkin.origin, body, {
      headers: { 'content-type': 'application/x-protobuf' },
    });
    expect(answer.status).toBe(202);
    expect(zipkin.intake.spans.map(({ name }) => name)).toEqual(['p']);
  });

  it('takes v1 JSON', async () => {
    await using zipkin = await start();
    const answer = await post(zipkin.origin, [V1_SPAN], { path: '/api/v1/spans' });
    expect(answer.status).toBe(202);
    expect(zipkin.intake.spans.map(({ kind }) => kind)).toEqual(['server']);
  });

  it('takes v1 thrift', async () => {
    await using zipkin = await start();
    // list<struct> of one { 1 i64, 3 string "t", 4 i64 }
    const body = Buffer.from(
      `0c000000010a000100000000000000010b000300000001740a0004000000000000000200`,
      'hex',
    );
    const answer = await post(zipkin.origin, body, {
      path: '/api/v1/spans',
      headers: { 'content-type': 'application/x-thrift' },
    });
    expect(answer.status).toBe(202);
    expect(zipkin.intake.spans.map(({ name, spanId }) => [name, spanId])).toEqual([
      ['t', '0000000000000002'],
    ]);
  });

  it('takes gzip, charsets and bodies without a content type', async () => {
    await using zipkin = await start();
    const zipped = gzipSync(JSON.stringify([V2_SPAN]));
    const headers = {
      'content-type': 'application/json; charset=utf-8',
      'content-encoding': 'gzip',
    };
    expect((await post(zipkin.origin, zipped, { headers })).status).toBe(202);
    expect((await post(zipkin.origin, [V2_SPAN], { headers: {} })).status).toBe(202);
    expect(zipkin.intake.spans).toHaveLength(2);
  });

  it('answers 202 to an empty list', async () => {
    await using zipkin = await start();
    expect((await post(zipkin.origin, [])).status).toBe(202);
  });

  it.each([
    ['{"traceId":', '/api/v2/spans', 400, 'json: an array should be at byte 0\n'],
    ['[{"id":"xyz"}]', '/api/v2/spans', 400, /^json: an id of 1 to 16 hex digits/],
    ['[]', '/api/v3/spans', 404, /^Zipkin spans are taken at \/api\/v2\/spans, \/api\/v1\/spans/],
  ])('answers %s at %s with %i and a reason', async (body, path, status, reason) => {
    await using zipkin = await start();
    const answer = await post(zipkin.origin, Buffer.from(body), { path });
    expect(answer.status).toBe(status);
    expect(await answer.text()).toMatch(reason);
  });

  it('refuses content types it does not know with 415, and books it', async () => {
    await using zipkin = await start();
    const headers = { 'content-type': 'text/csv' };
    const answer = await post(zipkin.origin, [V2_SPAN], { headers });
    expect(answer.status).toBe(415);
    expect(await answer.text()).toBe(
      'content-type "text/csv" is not known; use application/json or application/x-protobuf\n',
    );
    const refused = 'jaeger_collector_requests_refused_total';
    const labels = { transport: 'http', reason: 'unsupported' };
    expect(await metricValue(zipkin.intake.metrics, refused, labels)).toBe(1);
  });

  it('refuses a body over the limit with 413', async () => {
    await using zipkin = await start({ bodyBytesMax: 100 });
    expect((await post(zipkin.origin, [V2_SPAN])).status).toBe(413);
  });

  it('answers overload with 503 and when to come again', async () => {
    const overloaded = createIntake(() => Promise.reject(new SinkOverloadedError('full', 3000)));
    await using zipkin = await start({}, overloaded);
    const answer = await post(zipkin.origin, [V2_SPAN]);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '3']);
  });

  it('answers 202 when some spans were kept, and 400 with the reason when none was', async () => {
    await using zipkin = await start();
    const bad = { ...V2_SPAN, id: '0' };
    expect((await post(zipkin.origin, [V2_SPAN, bad])).status).toBe(202);
    const answer = await post(zipkin.origin, [bad]);
    expect([answer.status, await answer.text()]).toEqual([
      400,
      'span 0 "get": the span id is missing or zero\n',
    ]);
    expect(zipkin.intake.spans).toHaveLength(1);
  });

  it('answers the health probe of Zipkin clients', async () => {
    await using zipkin = await start();
    const answer = await fetch(`${zipkin.origin}/health`);
    expect([answer.status, await answer.json()]).toEqual([200, { status: 'UP' }]);
  });

  it('names the method to use', async () => {
    await using zipkin = await start();
    const answer = await fetch(`${zipkin.origin}/api/v2/spans`);
    expect([answer.status, answer.headers.get('allow')]).toEqual([405, 'POST']);
    await answer.text();
  });

  it('lets pages of allowed origins send', async () => {
    await using zipkin = await start({
      cors: { allowedOrigins: ['https://shop.example'], allowedHeaders: ['x-b3-traceid'] },
    });
    const preflight = await fetch(`${zipkin.origin}/api/v2/spans`, {
      method: 'OPTIONS',
      headers: { origin: 'https://shop.example', 'access-control-request-method': 'POST' },
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-headers')).toBe(
      'content-type, x-b3-traceid',
    );
  });

  it('closes connections after each request when keep-alive is off', async () => {
    await using zipkin = await start({ keepAlive: false });
    const answer = await post(zipkin.origin, [V2_SPAN]);
    expect(answer.headers.get('connection')).toBe('close');
  });
});
