import { pino } from 'pino';
import { Registry } from 'prom-client';
import { vi } from 'vitest';
import { systemClock } from '../../src/runtime/clock.ts';
import { startRole } from '../../src/runtime/run-role.ts';
import { storageServerRole } from '../../src/storage-server/role.ts';
import { openStorage } from '../../src/storage/open-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { storageConfig } from '../harness/storage-config.ts';
import { describeTraceStorage } from './trace-storage.ts';

const FREE_PORTS = ['grpc.host-port', 'admin.http.host-port', 'health.http.host-port'];

/** A storage server over memory, and the client of it that collectors and queries have. */
async function openRemote(): Promise<Storage> {
  const server = await startRole(storageServerRole, {
    flags: new Map([
      ...FREE_PORTS.map((flag): [string, string] => [flag, '127.0.0.1:0']),
      ['log-level', 'silent'],
    ]),
    env: {},
    file: null,
    fileName: '',
  });
  const address = server.addresses.find(({ name }) => name === 'storage grpc');
  const config = storageConfig({
    'span-storage.type': 'grpc',
    'grpc-storage.server': `127.0.0.1:${address?.port ?? 0}`,
  });
  const client = await openStorage(config, {
    metrics: new Registry(),
    logger: pino({ level: 'silent' }),
    clock: systemClock,
  });
  await vi.waitUntil(() => client.reader.capabilities.cursor);
  return {
    ...client,
    close: async () => {
      await client.close();
      await server.stop();
    },
  };
}

describeTraceStorage('remote', openRemote);
