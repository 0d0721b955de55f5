import { pino } from 'pino';
import { Registry } from 'prom-client';
import { vi } from 'vitest';
import { systemClock } from '../../src/runtime/clock.ts';
import { startRole } from '../../src/runtime/run-role.ts';
import { storageServerRole } from '../../src/storage-server/role.ts';
import { openStorage } from '../../src/storage/open-storage.ts';
import type { Storage } from '../../src/storage/storage.ts';
import { storageConfig } from '../harness/storage-config.ts';
import { describeBesideTraces } from './beside-traces.ts';
import { describeTraceStorage } from './trace-storage.ts';

const FREE_PORTS = ['grpc.host-port', 'admin.http.host-port', 'health.http.host-port'];

async function startServer(): Promise<{ address: string; stop: () => Promise<void> }> {
  const server = await startRole(storageServerRole, {
    flags: new Map([
      ...FREE_PORTS.map((flag): [string, string] => [flag, '127.0.0.1:0']),
      ['log-level', 'silent'],
    ]),
    env: {},
    file: null,
    fileName: '',
  });
  const { port = 0 } = server.addresses.find(({ name }) => name === 'storage grpc') ?? {};
  return { address: `127.0.0.1:${port}`, stop: () => server.stop() };
}

/** A storage server over memory, and the client of it that collectors and queries have. */
async function openRemote(flags: Readonly<Record<string, string>> = {}): Promise<Storage> {
  const server = await startServer();
  const config = storageConfig({
    'span-storage.type': 'grpc',
    'grpc-storage.server': server.address,
    ...flags,
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

/** The same, with another server for the archive alone, as Jaeger has it. */
async function openWithArchiveServer(): Promise<Storage> {
  const archive = await startServer();
  const storage = await openRemote({
    'grpc-storage-archive.enabled': 'true',
    'grpc-storage-archive.server': archive.address,
  });
  return {
    ...storage,
    close: async () => {
      await storage.close();
      await archive.stop();
    },
  };
}

describeTraceStorage('remote', () => openRemote());
describeBesideTraces('remote', { open: () => openRemote(), isArchiveOnly: true });
describeBesideTraces('remote, with an archive server', {
  open: openWithArchiveServer,
  isArchiveOnly: true,
});
