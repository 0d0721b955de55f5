import { Buffer } from 'node:buffer';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { agentSidecarRole } from '../../src/agent-sidecar/role.ts';
import { allInOneRole } from '../../src/all-in-one/role.ts';
import { GrpcCallError, createGrpcClient } from '../../src/drivers/grpc-client.ts';
import { listSettings } from '../../src/runtime/resolve-config.ts';
import { settingsOfRole, startRole } from '../../src/runtime/run-role.ts';
import type { Running } from '../../src/runtime/running.ts';
import { createSenderTenancy } from '../../src/runtime/tenancy.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan } from '../harness/a-span.ts';
import { encodeBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';
import { encodeJaegerProto } from '../wire/jaeger/jaeger-proto.ts';
import { protoBatch } from '../wire/jaeger/jaeger-messages.ts';

const OTLP = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const POST_SPANS = '/jaeger.api_v2.CollectorService/PostSpans';
const SPAN = {
  ...{ traceId: 1n, spanId: 1n, parentSpanId: 0n, name: 'op', flags: 1 },
  startMicros: BigInt(Date.now()) * 1000n,
  durationMicros: 10n,
};
const otlp = (service: string): Uint8Array => encodeSpans([aSpan({ serviceName: service })]);
const zipkin = (serviceName: string): string =>
  JSON.stringify([{ traceId: '1', id: '1', name: 'op', localEndpoint: { serviceName } }]);

interface Way {
  readonly way: string;
  /** Resolves to the status: of HTTP, or of gRPC. */
  readonly send: (service: string, headers: Readonly<Record<string, string>>) => Promise<number>;
  readonly taken: number;
  readonly refused: number;
}

describe('an all-in-one with tenants', () => {
  let running: Running;
  const portOf = (name: string): number =>
    running.addresses.find((address) => address.name === name)?.port ?? 0;

  beforeAll(async () => {
    running = await startRole(allInOneRole, {
      flags: new Map([
        ...freePorts(settingsOfRole(allInOneRole)),
        ['multi-tenancy.enabled', 'true'],
        ['multi-tenancy.tenants', 'acme,bravo'],
      ]),
      ...{ env: {}, file: null, fileName: '' },
    });
  });
  afterAll(() => running.stop());

  async function postTo(
    name: string,
    path: string,
    request: { body: string | Uint8Array; type: string; headers: object },
  ): Promise<number> {
    const answer = await fetch(`http://127.0.0.1:${portOf(name)}${path}`, {
      method: 'POST',
      headers: { 'content-type': request.type, ...request.headers },
      body: typeof request.body === 'string' ? request.body : Buffer.from(request.body),
    });
    return answer.status;
  }

  async function call(name: string, path: string, message: Uint8Array, headers: object) {
    const target = `ipv4:127.0.0.1:${portOf(name)}`;
    const client = createGrpcClient({ target, timeoutMs: 5000, messageBytesMax: 1_000_000 });
    try {
      const { signal } = new AbortController();
      await client.unary(path, message, { signal, headers: new Map(Object.entries(headers)) });
      return 0;
    } catch (error) {
      if (error instanceof GrpcCallError) return error.code;
      throw error;
    } finally {
      client.close();
    }
  }

  async function servicesOf(tenant: string): Promise<string> {
    const headers = { 'x-tenant': tenant };
    return await (
      await fetch(`http://127.0.0.1:${portOf('ui')}/api/v3/services`, { headers })
    ).text();
  }

  const WAYS: readonly Way[] = [
    {
      ...{ way: 'OTLP over HTTP', taken: 200, refused: 401 },
      send: (service, headers) =>
        postTo('otlp http', '/v1/traces', {
          ...{ body: otlp(service), type: 'application/x-protobuf', headers },
        }),
    },
    {
      ...{ way: 'OTLP over gRPC', taken: 0, refused: 7 },
      send: (service, headers) => call('otlp grpc', OTLP, otlp(service), headers),
    },
    {
      ...{ way: 'Zipkin', taken: 202, refused: 401 },
      send: (service, headers) =>
        postTo('zipkin http', '/api/v2/spans', {
          ...{ body: zipkin(service), type: 'application/json', headers },
        }),
    },
    {
      ...{ way: 'Jaeger thrift over HTTP', taken: 202, refused: 401 },
      send: (serviceName, headers) =>
        postTo('jaeger thrift http', '/api/traces', {
          body: encodeBatch({ serviceName, spans: [SPAN] }, 'binary'),
          ...{ type: 'application/x-thrift', headers },
        }),
    },
    {
      ...{ way: 'Jaeger over gRPC', taken: 0, refused: 7 },
      send: (serviceName, headers) => {
        const batch = protoBatch({ serviceName, spans: [SPAN] });
        const message = encodeJaegerProto('PostSpansRequest', { batch });
        return call('jaeger grpc', POST_SPANS, message, headers);
      },
    },
  ];

  it.each(WAYS)('takes spans over $way for the tenant they name', async ({ way, send, taken }) => {
    const service = way.toLowerCase();
    expect(await send(service, { 'x-tenant': 'acme' })).toBe(taken);
    expect(await servicesOf('acme')).toContain(service);
    expect(await servicesOf('bravo')).not.toContain(service);
  });

  it.each(WAYS)('refuses for good what comes over $way without one', async ({ send, refused }) => {
    expect(await send('nobody', {})).toBe(refused);
    expect(await send('nobody', { 'x-tenant': 'eve' })).toBe(refused);
    expect(await servicesOf('acme')).not.toContain('nobody');
    const metrics = await fetch(`http://127.0.0.1:${portOf('admin')}/metrics`);
    expect(await metrics.text()).toMatch(/reason="unknown_tenant"/);
  });

  it.each(['zoë', 'a b', 'x'.repeat(129)])('refuses a tenant called %j', async (tenant) => {
    const headers = { 'x-tenant': Buffer.from(tenant).toString('latin1') };
    expect(await WAYS[0]?.send('nobody', headers)).toBe(401);
  });

  it('opens no UDP ports, whose packets could name none', () => {
    expect(running.addresses.filter(({ transport }) => transport === 'udp')).toEqual([]);
  });

  it('knows whose spans an agent sends that was told', async () => {
    const agent = await startRole(agentSidecarRole, {
      flags: new Map([
        ...freePorts(settingsOfRole(agentSidecarRole)),
        ['reporter.grpc.host-port', `127.0.0.1:${portOf('otlp grpc')}`],
        ['reporter.tenant', 'bravo'],
      ]),
      ...{ env: {}, file: null, fileName: '' },
    });
    const http = agent.addresses.find(({ name }) => name === 'otlp http');
    await fetch(`http://127.0.0.1:${http?.port ?? 0}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: Buffer.from(otlp('from an agent')),
    });
    await agent.stop();
    await vi.waitUntil(async () => (await servicesOf('bravo')).includes('from an agent'));
    expect(await servicesOf('acme')).not.toContain('from an agent');
  });
});

function freePorts(settings: Parameters<typeof listSettings>[0]): readonly [string, string][] {
  const ports = listSettings(settings).filter(
    ({ setting }) =>
      setting.flag.endsWith('host-port') && setting.flag !== 'reporter.grpc.host-port',
  );
  return [
    ...ports.map(({ setting }): [string, string] => [setting.flag, '127.0.0.1:0']),
    ['log-level', 'silent'],
  ];
}

describe('tenants that nobody has listed', () => {
  const tenancyOf = (maxTenants: number, tenants: readonly string[] = []) => {
    const config = { enabled: true, header: 'x-tenant', tenants, maxTenants };
    const tenancy = createSenderTenancy(config);
    return (tenant: string) => tenancy.tenantOf({ 'x-tenant': tenant });
  };

  it('may send as long as there are not too many of them', () => {
    const tenantOf = tenancyOf(2);
    expect([tenantOf('a'), tenantOf('b'), tenantOf('a')]).toEqual(['a', 'b', 'a']);
    expect(() => tenantOf('c')).toThrow('more than 2 tenants (multi-tenancy.max-tenants)');
    expect(tenantOf('b')).toBe('b');
  });

  it('are not counted where there is a list', () => {
    const tenantOf = tenancyOf(1, ['a', 'b']);
    expect([tenantOf('a'), tenantOf('b')]).toEqual(['a', 'b']);
  });
});

it('an agent is not started for a tenant whose name no metadata can carry', async () => {
  const flags = new Map([
    ...freePorts(settingsOfRole(agentSidecarRole)),
    ['reporter.grpc.host-port', '127.0.0.1:1'],
    ['reporter.tenant', 'Zoë'],
  ]);
  await expect(
    startRole(agentSidecarRole, { flags, env: {}, file: null, fileName: '' }),
  ).rejects.toThrow('reporter.tenant: "Zoë" is no name');
});
