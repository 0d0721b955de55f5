import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
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

/** Spans of tests are years old. */
const EVER = '876000h';
const FREE_PORTS = ['grpc.host-port', 'admin.http.host-port', 'health.http.host-port'];

type Flags = Readonly<Record<string, string>>;

async function startServer(
  flags: Flags = {},
): Promise<{ address: string; stop: () => Promise<void> }> {
  const server = await startRole(storageServerRole, {
    flags: new Map([
      ...FREE_PORTS.map((flag): [string, string] => [flag, '127.0.0.1:0']),
      ['log-level', 'silent'],
      ...Object.entries(flags),
    ]),
    env: {},
    file: null,
    fileName: '',
  });
  const { port = 0 } = server.addresses.find(({ name }) => name === 'storage grpc') ?? {};
  return { address: `127.0.0.1:${port}`, stop: () => server.stop() };
}

/** A storage server, over memory unless told otherwise, and the client of it that collectors and queries have. */
async function openRemote(flags: Flags = {}, ofServer: Flags = {}): Promise<Storage> {
  const server = await startServer(ofServer);
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

/** The same over files, which its closing removes. */
async function openRemoteEmbedded(): Promise<Storage> {
  const folder = await mkdtemp(join(tmpdir(), 'remote-embedded-'));
  const storage = await openRemote(
    {},
    { 'span-storage.type': 'embedded', 'embedded.directory': folder, 'embedded.retention': EVER },
  );
  return {
    ...storage,
    close: async () => {
      await storage.close();
      await rm(folder, { recursive: true });
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
describeTraceStorage('remote, over embedded storage', openRemoteEmbedded);
describeBesideTraces('remote', { open: () => openRemote(), isArchiveOnly: true });
describeBesideTraces('remote, with an archive server', {
  open: openWithArchiveServer,
  isArchiveOnly: true,
});
