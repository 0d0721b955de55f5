import { Buffer } from 'node:buffer';
import { afterEach, describe, expect, it } from 'vitest';
import { collectorRole } from '../../src/collector/role.ts';
import { queryRole } from '../../src/query/role.ts';
import type { Role } from '../../src/runtime/role.ts';
import { startRole } from '../../src/runtime/run-role.ts';
import type { RoleProcess } from '../../src/runtime/run-role.ts';
import type { SettingGroup } from '../../src/runtime/setting.ts';
import { listSettings } from '../../src/runtime/resolve-config.ts';
import { storageServerRole } from '../../src/storage-server/role.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan } from '../harness/a-span.ts';

const running: RoleProcess[] = [];

afterEach(async () => {
  for (const role of running.splice(0).toReversed()) await role.stop();
});

/** A role on free ports of this host. */
async function start<G extends SettingGroup>(
  role: Role<G>,
  flags: Readonly<Record<string, string>> = {},
): Promise<RoleProcess> {
  const ports = listSettings(role.settings)
    .filter(({ setting }) => setting.flag.endsWith('host-port'))
    .map(({ setting }): [string, string] => [setting.flag, '127.0.0.1:0']);
  const started = await startRole(role, {
    flags: new Map([
      ...ports,
      ['health.http.host-port', '127.0.0.1:0'],
      ['log-level', 'silent'],
      ...Object.entries(flags),
    ]),
    env: {},
    file: null,
    fileName: '',
  });
  running.push(started);
  return started;
}

function portOf({ addresses }: RoleProcess, name: string): number {
  return addresses.find((address) => address.name === name)?.port ?? 0;
}

describe('the storage-server role', () => {
  it('listens where jaeger-remote-storage does', () => {
    const { grpc, admin } = storageServerRole.settings;
    expect([grpc.hostPort.default.port, admin.default.port]).toEqual([17271, 17270]);
  });

  it('lets a query show what a collector in another process took', async () => {
    const server = await start(storageServerRole);
    const storage = {
      'span-storage.type': 'grpc',
      'grpc-storage.server': `127.0.0.1:${portOf(server, 'storage grpc')}`,
    };
    const collector = await start(collectorRole, storage);
    const query = await start(queryRole, storage);
    const span = aSpan({ name: 'GET /shared' });

    const taken = await fetch(`http://127.0.0.1:${portOf(collector, 'otlp http')}/v1/traces`, {
      method: 'POST',
      headers: { 'content-type': 'application/x-protobuf' },
      body: Buffer.from(encodeSpans([span])),
    });

    expect(taken.status).toBe(200);
    const found = await fetch(`http://127.0.0.1:${portOf(query, 'ui')}/api/traces/${span.traceId}`);
    expect(await found.json()).toMatchObject({
      data: [{ spans: [{ operationName: 'GET /shared' }] }],
    });
  });

  it('refuses retryably when the server is away, and goes on when it is back', async () => {
    const server = await start(storageServerRole);
    const port = portOf(server, 'storage grpc');
    const collector = await start(collectorRole, {
      'span-storage.type': 'grpc',
      'grpc-storage.server': `127.0.0.1:${port}`,
    });
    const send = async (): Promise<number> => {
      const answer = await fetch(`http://127.0.0.1:${portOf(collector, 'otlp http')}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: Buffer.from(encodeSpans([aSpan()])),
      });
      await answer.arrayBuffer();
      return answer.status;
    };
    expect(await send()).toBe(200);
    await server.stop();
    expect(await send()).toBe(503);
    await start(storageServerRole, { 'grpc.host-port': `127.0.0.1:${port}` });
    await expect.poll(send, { timeout: 10_000 }).toBe(200);
  });
});
