import { createSocket } from 'node:dgram';
import { gzipSync } from 'node:zlib';
import { initTracer } from 'jaeger-client';
import type { Tracer } from 'jaeger-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { Span } from '../../src/model/span.ts';
import { SinkOverloadedError } from '../../src/pipeline/sink.ts';
import { startJaegerThriftHttp } from '../../src/receivers/jaeger-thrift-http.ts';
import type { SamplingProvider } from '../../src/sampling/sampling-strategy.ts';
import { encodeBatch, encodeEmitBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import type { TestBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import { createIntake, metricValue } from './jaeger-harness.ts';
import type { Intake } from './jaeger-harness.ts';
import { portOf, startTestUdp } from './start-test-udp.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const BATCH: TestBatch = {
  serviceName: 'svc',
  spans: [1n, 2n].map((spanId) => ({
    traceId: 7n,
    spanId,
    parentSpanId: 0n,
    name: 'op',
    flags: 1,
    startMicros: 1_700_000_000_000_000n,
    durationMicros: 10n,
  })),
};

describe('startJaegerUdp', () => {
  it('takes the spans of the real Jaeger client', async () => {
    const intake = createIntake();
    const port = portOf(await startTestUdp(intake, { encoding: 'binary' }));
    const sent = await sendWithJaegerClient({ agentHost: '127.0.0.1', agentPort: port });
    await intake.arrived(2);
    expectClientSpans(intake.spans, sent);
  });

  it.each(['compact', 'binary'] as const)('takes emitBatch packets, %s', async (encoding) => {
    const intake = createIntake();
    const port = portOf(await startTestUdp(intake, { encoding }));
    await send(
      port,
      Array.from({ length: 20 }, () => encodeEmitBatch(BATCH, encoding)),
    );
    await intake.arrived(40);
    expect(intake.spans.map(({ name }) => name)).toEqual(Array.from({ length: 40 }, () => 'op'));
    expect(
      await metricValue(intake.metrics, 'jaeger_collector_spans_received_total', {
        transport: 'udp',
        format: 'jaeger',
      }),
    ).toBe(40);
  });

  it('counts what it cannot read and goes on', async () => {
    const intake = createIntake();
    const port = portOf(await startTestUdp(intake, { packetBytesMax: 1000 }));
    await send(port, [Buffer.from('garbage'), Buffer.alloc(1001)]);
    await send(port, [encodeEmitBatch(BATCH, 'compact')]);
    await intake.arrived(2);
    const value = (name: string): Promise<number> =>
      metricValue(intake.metrics, `jaeger_agent_thrift_udp_${name}`, { protocol: 'compact' });
    while ((await value('server_packets_processed_total')) === 0) await new Promise(setImmediate);
    expect(await value('server_packets_processed_total')).toBe(1);
    expect(await value('t_processor_handler_errors_total')).toBe(1);
    expect(await value('server_packets_dropped_total')).toBe(1);
  });

  it('drops what does not fit the queue while the sink is slow, and hands on the rest', async () => {
    const gate = Promise.withResolvers<undefined>();
    const intake = createIntake(async () => {
      await gate.promise;
    });
    const port = portOf(await startTestUdp(intake, { queuePacketsMax: 5, workers: 1 }));
    const dropped = (): Promise<number> =>
      metricValue(intake.metrics, 'jaeger_agent_thrift_udp_server_packets_dropped_total', {
        reason: 'queue_full',
      });
    await send(port, [encodeEmitBatch(BATCH, 'compact')]);
    while ((await metricValue(intake.metrics, 'jaeger_collector_spans_in_flight')) === 0) {
      await new Promise(setImmediate);
    }
    await send(
      port,
      Array.from({ length: 8 }, () => encodeEmitBatch(BATCH, 'compact')),
    );
    while ((await dropped()) < 3) await new Promise(setImmediate);
    gate.resolve(undefined);
    await intake.arrived(12);
    expect(await dropped()).toBe(3);
    expect(intake.spans).toHaveLength(12);
  });

  it('counts packets whose spans the sink refuses', async () => {
    const intake = createIntake(() => Promise.reject(new SinkOverloadedError('full', 1)));
    const port = portOf(await startTestUdp(intake));
    await send(port, [encodeEmitBatch(BATCH, 'compact')]);
    const refused = (): Promise<number> =>
      metricValue(intake.metrics, 'jaeger_agent_thrift_udp_server_packets_dropped_total', {
        reason: 'refused',
      });
    while ((await refused()) === 0) await new Promise(setImmediate);
    expect(await metricValue(intake.metrics, 'jaeger_collector_spans_rejected_total')).toBe(2);
  });

  it('says which address is in use', async () => {
    const intake = createIntake();
    const port = portOf(await startTestUdp(intake));
    await expect(
      startTestUdp(createIntake(), { hostPort: { host: '127.0.0.1', port } }),
    ).rejects.toThrow(`jaeger thrift compact: 127.0.0.1:${port} is in use`);
  });
});

describe('startJaegerThriftHttp', () => {
  it('takes the spans of the real Jaeger client', async () => {
    const intake = createIntake();
    const url = await startHttp(intake);
    const sent = await sendWithJaegerClient({ collectorEndpoint: `${url}/api/traces` });
    await intake.arrived(2);
    expectClientSpans(intake.spans, sent);
  });

  it.each([
    ['application/x-thrift', ''],
    ['application/vnd.apache.thrift.binary; charset=utf-8', ''],
    ['text/plain', '?format=jaeger.thrift'],
  ])('takes a batch as %s%s', async (type, query) => {
    const intake = createIntake();
    const url = await startHttp(intake);
    const response = await post(`${url}/api/traces${query}`, type, encodeBatch(BATCH, 'binary'));
    expect([response.status, await response.text()]).toEqual([202, '']);
    expect(intake.spans).toHaveLength(2);
  });

  it('takes a gzip body', async () => {
    const intake = createIntake();
    const url = await startHttp(intake);
    const body = gzipSync(encodeBatch(BATCH, 'binary'));
    const response = await post(`${url}/api/traces`, 'application/x-thrift', body, 'gzip');
    expect(response.status).toBe(202);
    expect(intake.spans).toHaveLength(2);
  });

  it.each([
    ['application/json', '{}', 400, 'Unsupported content type: application/json\n'],
    ['', '{}', 400, 'Cannot parse content type: mime: no media type\n'],
    [
      'application/x-thrift',
      'garbage',
      400,
      'Unable to process request body: thrift: unknown type 103 at byte 3\n',
    ],
    [
      'application/x-thrift',
      'x'.repeat(5000),
      413,
      'Cannot submit Jaeger batch: the body is larger than 4096 bytes; send smaller batches\n',
    ],
  ])('refuses a body of type "%s"', async (type, body, status, text) => {
    const url = await startHttp(createIntake());
    const response = await post(`${url}/api/traces`, type, Buffer.from(body));
    expect([response.status, await response.text()]).toEqual([status, text]);
  });

  it('refuses a content encoding it does not know', async () => {
    const url = await startHttp(createIntake());
    const response = await post(`${url}/api/traces`, 'application/x-thrift', Buffer.of(1), 'br');
    expect(response.status).toBe(415);
  });

  it('answers overload with 503 and when to come back', async () => {
    const intake = createIntake(() => Promise.reject(new SinkOverloadedError('full', 2500)));
    const url = await startHttp(intake);
    const body = encodeBatch(BATCH, 'binary');
    const response = await post(`${url}/api/traces`, 'application/x-thrift', body);
    expect([response.status, response.headers.get('retry-after')]).toEqual([503, '3']);
    expect(await response.text()).toBe(
      'Cannot submit Jaeger batch: full; send them again in 3 s\n',
    );
  });

  it('refuses a batch of which nothing can be kept, and keeps what is good of another', async () => {
    const intake = createIntake();
    const url = await startHttp(intake);
    const spans = BATCH.spans.slice(0, 1);
    const bad = spans.map((span) => ({ ...span, traceId: 0n }));
    const send = (batch: TestBatch): Promise<Response> =>
      post(`${url}/api/traces`, 'application/x-thrift', encodeBatch(batch, 'binary'));
    const refused = await send({ ...BATCH, spans: bad });
    expect(refused.status).toBe(400);
    expect(await refused.text()).toMatch(/^Cannot submit Jaeger batch: .*trace id/);
    expect((await send({ ...BATCH, spans: [...bad, ...spans] })).status).toBe(202);
    expect(intake.spans).toHaveLength(1);
  });

  it('says that the collector did not tell how to sample', async () => {
    const url = await startHttp(createIntake(), {
      strategyOf: () => Promise.reject(new Error('no answer')),
      stop: () => Promise.resolve(),
    });
    const response = await fetch(`${url}/api/sampling?service=a`);
    expect([response.status, await response.text()]).toEqual([
      500,
      'collector error: the sampling strategy is not known now; ask again in a few seconds\n',
    ]);
  });

  it('answers sampling and baggage questions', async () => {
    const sampling: SamplingProvider = {
      strategyOf: (service) =>
        Promise.resolve({ type: 'PROBABILISTIC', samplingRate: service === 'a' ? 0.5 : 0 }),
      stop: () => Promise.resolve(),
    };
    const url = await startHttp(createIntake(), sampling);
    const get = async (path: string): Promise<[number, string]> => {
      const response = await fetch(`${url}${path}`);
      return [response.status, await response.text()];
    };
    expect(await get('/api/sampling?service=a')).toEqual([
      200,
      '{"strategyType":"PROBABILISTIC","probabilisticSampling":{"samplingRate":0.5}}',
    ]);
    expect(await get('/api/baggageRestrictions?service=a')).toEqual([200, '[]']);
    const missing = [400, "'service' parameter must be provided once\n"];
    expect(await get('/api/sampling')).toEqual(missing);
    expect(await get('/api/sampling?service=a&service=b')).toEqual(missing);
    expect((await get('/api/other'))[0]).toBe(404);
    expect((await get('/api/traces'))[0]).toBe(405);
  });
});

async function startHttp(intake: Intake, sampling?: SamplingProvider): Promise<string> {
  const running = await startJaegerThriftHttp(
    {
      hostPort: { host: '127.0.0.1', port: 0 },
      bodyBytesMax: 4096,
      limits: {
        headersTimeoutMs: 1000,
        requestTimeoutMs: 5000,
        idleTimeoutMs: 1000,
        connectionsMax: 10,
      },
    },
    sampling === undefined ? intake : { ...intake, sampling },
  );
  cleanups.push(() => running.stop());
  return `http://127.0.0.1:${running.addresses[0]?.port ?? 0}`;
}

function post(url: string, type: string, body: Buffer, encoding = 'identity'): Promise<Response> {
  const headers = { 'content-type': type, 'content-encoding': encoding };
  return fetch(url, { method: 'POST', headers, body: new Uint8Array(body) });
}

async function send(port: number, packets: readonly Buffer[]): Promise<void> {
  const socket = createSocket('udp4');
  for (const packet of packets) {
    await new Promise<void>((resolve, reject) => {
      socket.send(packet, port, '127.0.0.1', (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
  }
  socket.close();
}

interface SentIds {
  readonly traceId: string;
  readonly parentId: string;
  readonly childId: string;
}

async function sendWithJaegerClient(reporter: Record<string, unknown>): Promise<SentIds> {
  const tracer = initTracer(
    { serviceName: 'shop', sampler: { type: 'const', param: 1 }, reporter, traceId128bit: true },
    { tags: { region: 'eu' } },
  );
  const parent = tracer.startSpan('checkout', { tags: { 'span.kind': 'server', retries: 3 } });
  const child = tracer.startSpan('pay', { childOf: parent, tags: { 'span.kind': 'client' } });
  child.setTag('error', true).setTag('ratio', 0.25);
  child.log({ event: 'declined', code: 51 });
  child.finish();
  parent.finish();
  await close(tracer);
  return {
    traceId: parent.context().traceIdStr.padStart(32, '0'),
    parentId: parent.context().spanIdStr.padStart(16, '0'),
    childId: child.context().spanIdStr.padStart(16, '0'),
  };
}

function close(tracer: Tracer): Promise<void> {
  return new Promise((resolve) => {
    tracer.close(resolve);
  });
}

function expectClientSpans(spans: readonly Span[], sent: SentIds): void {
  const [pay, checkout] = spans;
  expect(pay).toMatchObject({
    traceId: sent.traceId,
    spanId: sent.childId,
    parentSpanId: sent.parentId,
    name: 'pay',
    kind: 'client',
    flags: 1,
    status: { code: 'error', message: '' },
    attributes: [{ key: 'ratio', value: { type: 'double', value: 0.25 } }],
    events: [
      { name: 'declined', attributes: [{ key: 'code', value: { type: 'double', value: 51 } }] },
    ],
    links: [],
    resource: { serviceName: 'shop' },
  });
  expect(checkout).toMatchObject({
    traceId: sent.traceId,
    spanId: sent.parentId,
    parentSpanId: '',
    name: 'checkout',
    kind: 'server',
  });
  expect(checkout?.attributes.map(({ key }) => key)).toEqual([
    'sampler.type',
    'sampler.param',
    'retries',
  ]);
  expect(checkout?.resource.attributes).toContainEqual({
    key: 'region',
    value: { type: 'string', value: 'eu' },
  });
  expect(pay?.startTimeUnixNano).toBeGreaterThan(1_700_000_000_000_000_000n);
}
