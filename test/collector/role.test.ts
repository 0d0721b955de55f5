import { Buffer } from 'node:buffer';
import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { collectorRole } from '../../src/collector/role.ts';
import { startRole } from '../../src/runtime/run-role.ts';
import type { RoleProcess } from '../../src/runtime/run-role.ts';
import { listen } from '../../src/runtime/listen.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan, spanId } from '../harness/a-span.ts';

const ANY_PORT = [
  'collector.otlp.grpc.host-port',
  'collector.otlp.http.host-port',
  'collector.http-server.host-port',
  'collector.grpc-server.host-port',
  'collector.zipkin.host-port',
  'admin.http.host-port',
  'health.http.host-port',
].map((flag): [string, string] => [flag, ':0']);

function startCollectorRole(flags: Readonly<Record<string, string>> = {}): Promise<RoleProcess> {
  return startRole(collectorRole, {
    flags: new Map([...ANY_PORT, ['log-level', 'silent'], ...Object.entries(flags)]),
    env: {},
    file: null,
    fileName: '',
  });
}

function portOf({ addresses }: RoleProcess, name: string): number {
  return addresses.find((address) => address.name === name)?.port ?? 0;
}

function post(port: number, body: Uint8Array): Promise<Response> {
  return fetch(`http://127.0.0.1:${port}/v1/traces`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-protobuf' },
    body: Buffer.from(body),
  });
}

describe('the collector role', () => {
  it('listens where Jaeger collectors do', () => {
    const { collector, admin } = collectorRole.settings;
    const ports = [
      collector.otlp.grpc.hostPort,
      collector.otlp.http.hostPort,
      collector.thriftHttp.hostPort,
      collector.jaegerGrpc.hostPort,
      collector.zipkin.hostPort,
      admin,
    ].map((setting) => setting.default.port);
    expect(ports).toEqual([4317, 4318, 14268, 14250, 9411, 14269]);
  });

  it('stores what it takes and keeps books of it', async () => {
    const role = await startCollectorRole();
    try {
      const body = encodeSpans([aSpan(), aSpan({ spanId: spanId(2) })]);
      expect((await post(portOf(role, 'otlp http'), body)).status).toBe(200);
      const metrics = await fetch(`http://127.0.0.1:${portOf(role, 'admin')}/metrics`);
      const text = await metrics.text();
      expect(text).toContain(
        'jaeger_collector_spans_received_total{svc="frontend",format="otlp",transport="http"} 2',
      );
      expect(text).toContain(
        'jaeger_collector_spans_saved_by_svc_total{svc="frontend",result="ok"} 2',
      );
    } finally {
      await role.stop();
    }
  });

  it('answers how to sample', async () => {
    const role = await startCollectorRole({ 'sampling.default-sampling-probability': '0.25' });
    try {
      const port = portOf(role, 'jaeger thrift http');
      const answer = await fetch(`http://127.0.0.1:${port}/api/sampling?service=cart`);
      expect(await answer.json()).toMatchObject({ probabilisticSampling: { samplingRate: 0.25 } });
    } finally {
      await role.stop();
    }
  });

  it('has no OTLP and no Zipkin when they are turned off', async () => {
    const role = await startCollectorRole({
      'collector.otlp.enabled': 'false',
      'collector.zipkin.enabled': 'false',
    });
    expect(role.addresses.map(({ name }) => name)).toEqual([
      'health',
      'admin',
      'jaeger thrift http',
      'jaeger grpc',
    ]);
    await role.stop();
  });

  it('leaves nothing running when an address is in use', async () => {
    const taken = createServer();
    const port = await listen(taken, { host: '127.0.0.1', port: 0 }, 'test');
    await expect(
      startCollectorRole({ 'collector.otlp.http.host-port': `:${port}` }),
    ).rejects.toThrow(`127.0.0.1:${port} is in use`);
    taken.close();
  });

  it('refuses tags that are not key=value', async () => {
    await expect(startCollectorRole({ 'collector.tags': 'zone' })).rejects.toThrow(
      'collector.tags: "zone" is not allowed; give key=value',
    );
  });
});
