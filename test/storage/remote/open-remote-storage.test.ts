import { pino } from 'pino';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { UsageError } from '../../../src/runtime/errors.ts';
import { openRemoteStorage } from '../../../src/storage/remote/open-remote-storage.ts';
import type { RemoteStorageConfig } from '../../../src/storage/remote/config.ts';
import { createAuthority, writeTlsFiles } from '../../runtime/tls-files.ts';

const SERVER = {
  server: 'storage:17271',
  timeoutMs: 1000,
  tls: {
    enabled: true,
    ca: '',
    cert: '',
    key: '',
    serverName: '',
    skipHostVerify: false,
    reloadIntervalMs: 0,
  },
};
const CONFIG: RemoteStorageConfig = {
  ...SERVER,
  maxMessageSize: 1e6,
  archive: { ...SERVER, enabled: false },
};

const DEPS = { logger: pino({ level: 'silent' }), metrics: new Registry() };

describe('openRemoteStorage', () => {
  it('refuses a certificate without its key, and a server that is none', async () => {
    const authority = await createAuthority('test authority');
    await using files = await writeTlsFiles(await authority.issue('storage.example'));
    const tls = { ...CONFIG.tls, cert: files.config.cert };

    await expect(openRemoteStorage({ ...CONFIG, tls }, DEPS)).rejects.toThrow(UsageError);
    await expect(openRemoteStorage({ ...CONFIG, server: 'storage' }, DEPS)).rejects.toThrow(
      'grpc-storage.server: "storage" is no address; give host:port',
    );
    const archive = { ...CONFIG.archive, enabled: true, server: '' };
    await expect(openRemoteStorage({ ...CONFIG, archive }, DEPS)).rejects.toThrow(
      'grpc-storage-archive.server: no server is named; give host:port',
    );
  });
});
