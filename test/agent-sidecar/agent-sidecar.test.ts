import { createServer } from 'node:http';
import { status } from '@grpc/grpc-js';
import { initTracer } from 'jaeger-client';
import { afterEach, describe, expect, it } from 'vitest';
import { agentSidecarRole } from '../../src/agent-sidecar/role.ts';
import { samplingEndpointOf } from '../../src/agent-sidecar/agent-sidecar.ts';
import { createUpstreamSampling } from '../../src/agent-sidecar/upstream-sampling.ts';
import { startRole } from '../../src/runtime/run-role.ts';
import type { RoleProcess } from '../../src/runtime/run-role.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan } from '../harness/a-span.ts';
import { until } from '../harness/until.ts';
import { metricValue } from '../receivers/jaeger-harness.ts';
import { startFakeCollector } from './fake-collector.ts';
import type { Behaviour, FakeCollector } from './fake-collector.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

describe('agentSidecarRole', () => {
  it('forwards what the real Jaeger client and OTLP clients send, with the tags of the agent', async () => {
    const collector = await startCollector();
    const agent = await startAgent(collector, { 'agent.tags': 'pod.name=web-1,service.name=no' });
    await sendWithJaegerClient(portOf(agent, 'jaeger thrift binary'));
    await collector.taken(1);
    const otlp = {
      resourceSpans: [
        {
          resource: { attributes: [{ key: 'service.name', value: { stringValue: 'otel' } }] },
          scopeSpans: [
            {
              spans: [
                {
                  traceId: '0af7651916cd43dd8448eb211c80319c',
                  spanId: 'b7ad6b7169203331',
                  name: 'otlp',
                  startTimeUnixNano: '1700000000000000000',
                  endTimeUnixNano: '1700000000000000001',
                },
              ],
            },
          ],
        },
      ],
    };
    const response = await fetch(`http://127.0.0.1:${portOf(agent, 'otlp http')}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(otlp),
    });
    expect(response.status).toBe(200);
    await collector.taken(2);
    expect(collector.spans.map(({ name, resource }) => [name, resource.serviceName])).toEqual([
      ['work', 'shop'],
      ['otlp', 'otel'],
    ]);
    for (const { resource } of collector.spans) {
      expect(resource.attributes).toContainEqual({
        key: 'pod.name',
        value: { type: 'string', value: 'web-1' },
      });
      expect(resource.attributes.filter(({ key }) => key === 'service.name')).toHaveLength(1);
    }
  });

  it('takes Zipkin and thrift over HTTP when told to', async () => {
    const collector = await startCollector();
    const agent = await startAgent(collector, {
      'zipkin.http.enabled': 'true',
      'zipkin.http.host-port': '127.0.0.1:0',
      'jaeger.thrift-http.enabled': 'true',
      'jaeger.thrift-http.host-port': '127.0.0.1:0',
    });
    const span = {
      traceId: '0af7651916cd43dd',
      id: 'b7ad6b7169203331',
      name: 'z',
      timestamp: 1e15,
    };
    const zipkin = await fetch(`http://127.0.0.1:${portOf(agent, 'zipkin http')}/api/v2/spans`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify([span]),
    });
    expect(zipkin.status).toBe(202);
    await collector.taken(1);
    expect(collector.spans.map(({ name }) => name)).toEqual(['z']);
    const url = `http://127.0.0.1:${portOf(agent, 'jaeger thrift http')}/api/traces`;
    expect((await fetch(url, { method: 'POST' })).status).toBe(400);
  });

  it('answers sampling questions over gRPC, itself asked by an agent', async () => {
    const strategies = createServer((_request, response) => {
      response.end('{"probabilisticSampling":{"samplingRate":0.25}}');
    });
    await new Promise<void>((resolve) => strategies.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => strategies.close(resolve)));
    const address = strategies.address();
    if (typeof address !== 'object' || address === null) throw new Error('no address');
    const agent = await startAgent(undefined, {
      'http-server.sampling-endpoint': `http://127.0.0.1:${address.port}/api/sampling`,
      'sampling.grpc.enabled': 'true',
      'sampling.grpc.host-port': '127.0.0.1:0',
      'jaeger.grpc.enabled': 'true',
      'jaeger.grpc.host-port': '127.0.0.1:0',
    });
    for (const name of ['sampling grpc', 'jaeger grpc']) {
      const sampling = createUpstreamSampling({
        endpoint: `grpc://127.0.0.1:${portOf(agent, name)}`,
        cachedServices: 1,
        tls: undefined,
      });
      cleanups.push(() => sampling.stop());
      expect(await sampling.strategyOf('shop')).toEqual({
        type: 'PROBABILISTIC',
        samplingRate: 0.25,
      });
    }
  });

  it('answers health and metrics on the admin port of jaeger-agent while no collector is there', async () => {
    const agent = await startAgent(undefined);
    const url = `http://127.0.0.1:${portOf(agent, 'admin')}`;
    expect(await (await fetch(url)).json()).toMatchObject({ status: 'Server available' });
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(metrics).toContain(
      'jaeger_agent_thrift_udp_server_packets_dropped_total{protocol="binary",model="jaeger",reason="kernel"} 0',
    );
  });

  it('shows that no collector takes spans, and stays ready', async () => {
    const agent = await startAgent(undefined);
    const url = `http://127.0.0.1:${portOf(agent, 'admin')}`;
    expect(await (await fetch(`${url}/status`)).json()).toMatchObject({ status: 'StatusOK' });
    await sendWithJaegerClient(portOf(agent, 'jaeger thrift binary'));
    await until(() => agent.deps.health.snapshot().status !== 'StatusOK');
    const answer = await fetch(`${url}/status`);
    expect(answer.status).toBe(200);
    const text = await answer.text();
    expect(text).toContain('"no collector takes spans; 127.0.0.1:1: ');
    expect(JSON.parse(text)).toMatchObject({
      healthy: true,
      status: 'StatusRecoverableError',
      components: { collectors: { status: 'StatusRecoverableError' } },
    });
    expect((await fetch(url)).status).toBe(200);
  });

  it.each([status.UNAUTHENTICATED, status.UNIMPLEMENTED, status.INVALID_ARGUMENT])(
    'shows that the collector refuses spans for good with code %i, until it takes some',
    async (code) => {
      const collector = await startCollector([{ answer: 'refuse', code }]);
      const agent = await startAgent(collector);
      const { health } = agent.deps;
      await sendWithJaegerClient(portOf(agent, 'jaeger thrift binary'));
      await until(() => health.snapshot().status !== 'StatusOK');
      expect(health.snapshot()).toMatchObject({
        healthy: true,
        components: {
          collectors: {
            status: 'StatusRecoverableError',
            error: `127.0.0.1:${collector.port} refuses spans for good: ${status[code]}: ${status[code]}`,
          },
        },
      });
      await sendWithJaegerClient(portOf(agent, 'jaeger thrift binary'));
      await until(() => health.snapshot().status === 'StatusOK');
      expect(collector.spans).toHaveLength(1);
    },
  );

  it('sends what it has taken before it stops', async () => {
    const collector = await startCollector();
    const agent = await startAgent(collector);
    for (let index = 0; index < 20; index++) {
      await sendWithJaegerClient(portOf(agent, 'jaeger thrift binary'));
    }
    const { metrics } = agent.deps;
    while (
      (await metricValue(metrics, 'jaeger_agent_thrift_udp_server_packets_processed_total')) < 20
    ) {
      await new Promise(setImmediate);
    }
    await agent.stop();
    expect(collector.spans).toHaveLength(20);
    expect(await metricValue(metrics, 'jaeger_agent_reporter_spans_submitted_total')).toBe(20);
  });

  it('leaves requests unread while its queue has no room for them, and loses count of none', async () => {
    const body = encodeSpans([aSpan({ name: 'n'.repeat(1000) })]);
    const agent = await startAgent(undefined, { 'reporter.queue.bytes': String(2 * body.length) });
    const post = async (): Promise<[number, string]> => {
      const answer = await fetch(`http://127.0.0.1:${portOf(agent, 'otlp http')}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body,
      });
      return [answer.status, await answer.text()];
    };
    expect((await post())[0]).toBe(200);
    expect((await post())[0]).toBe(200);
    const [refused, why] = await post();
    expect(refused).toBe(503);
    expect(why).toContain(`2 batches of ${2 * body.length} bytes wait for a collector`);
    const { metrics } = agent.deps;
    expect(await metricValue(metrics, 'jaeger_collector_spans_received_total')).toBe(2);
    expect(await metricValue(metrics, 'jaeger_agent_reporter_queue_spans')).toBe(2);
    expect(await metricValue(metrics, 'jaeger_collector_requests_refused_total')).toBe(1);
  });

  it('does not start without a collector', async () => {
    await expect(startAgent(undefined, { 'reporter.grpc.host-port': '' })).rejects.toThrow(
      'reporter.grpc.host-port: no collector is named; give host:port or dns:///host:port',
    );
  });

  it('answers sampling questions from the collector, and from memory while it is away', async () => {
    const answers = new Map([
      ['a', '{"strategyType":"RATE_LIMITING","rateLimitingSampling":{"maxTracesPerSecond":3}}'],
    ]);
    const strategies = createServer((request, response) => {
      const service = new URLSearchParams((request.url ?? '').split('?')[1]).get('service') ?? '';
      const answer = answers.get(service);
      response.writeHead(answer === undefined ? 500 : 200).end(answer);
    });
    await new Promise<void>((resolve) => strategies.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => strategies.close(resolve)));
    const address = strategies.address();
    if (typeof address !== 'object' || address === null) throw new Error('no address');
    const agent = await startAgent(undefined, {
      'http-server.sampling-endpoint': `http://127.0.0.1:${address.port}/api/sampling`,
    });
    const get = async (path: string): Promise<[number, string]> => {
      const response = await fetch(`http://127.0.0.1:${portOf(agent, 'sampling http')}${path}`);
      return [response.status, await response.text()];
    };
    expect(await get('/sampling?service=a')).toEqual([200, answers.get('a')]);
    expect(await get('/?service=a')).toEqual([
      200,
      '{"strategyType":1,"rateLimitingSampling":{"maxTracesPerSecond":3}}',
    ]);
    expect(await get('/baggageRestrictions?service=a')).toEqual([200, '[]']);
    expect(await get('/sampling')).toEqual([400, "'service' parameter must be provided once\n"]);
    expect((await get('/other?service=a'))[0]).toBe(404);
    const known = answers.get('a');
    answers.clear();
    expect(await get('/sampling?service=a')).toEqual([200, known]);
    const [code, text] = await get('/sampling?service=b');
    expect(code).toBe(500);
    expect(text).toMatch(/^collector error: .* answered 500\n$/);
  });
});

describe('samplingEndpointOf', () => {
  it('is the HTTP port of the first collector', () => {
    expect(samplingEndpointOf('dns:///my-collector-headless.ns.svc:4317')).toBe(
      'http://my-collector-headless.ns.svc:14268/api/sampling',
    );
    expect(samplingEndpointOf('a:4317,b:4317')).toBe('http://a:14268/api/sampling');
    expect(samplingEndpointOf('[::1]:4317')).toBe('http://[::1]:14268/api/sampling');
  });
});

async function startCollector(behaviours: readonly Behaviour[] = []): Promise<FakeCollector> {
  const collector = await startFakeCollector(behaviours);
  cleanups.push(() => collector.stop());
  return collector;
}

async function startAgent(
  collector: FakeCollector | undefined,
  over: Readonly<Record<string, string>> = {},
): Promise<RoleProcess> {
  const anyPort = [
    'processor.jaeger-compact.server-host-port',
    'processor.jaeger-binary.server-host-port',
    'processor.zipkin-compact.server-host-port',
    'otlp.grpc.host-port',
    'otlp.http.host-port',
    'http-server.host-port',
    'admin.http.host-port',
    'health.http.host-port',
  ].map((flag): [string, string] => [flag, '127.0.0.1:0']);
  const flags = new Map([
    ...anyPort,
    ['reporter.grpc.host-port', `dns:///127.0.0.1:${collector?.port ?? 1}`],
    ['reporter.drain-timeout', '1s'],
    ['log-level', 'silent'],
    ...Object.entries(over),
  ]);
  const agent = await startRole(agentSidecarRole, { flags, env: {}, file: null, fileName: '' });
  cleanups.push(() => agent.stop());
  return agent;
}

function portOf({ addresses }: RoleProcess, name: string): number {
  const address = addresses.find((candidate) => candidate.name === name);
  if (address === undefined) throw new Error(`no address ${name}`);
  return address.port;
}

async function sendWithJaegerClient(agentPort: number): Promise<void> {
  const reporter = { agentHost: '127.0.0.1', agentPort };
  const tracer = initTracer({
    serviceName: 'shop',
    sampler: { type: 'const', param: 1 },
    reporter,
  });
  tracer.startSpan('work').finish();
  await new Promise<void>((resolve) => {
    tracer.close(resolve);
  });
}
