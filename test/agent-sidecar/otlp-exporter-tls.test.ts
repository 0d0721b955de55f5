import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReporterConfig } from '../../src/agent-sidecar/config.ts';
import { ExportError, createOtlpExporter } from '../../src/agent-sidecar/otlp-exporter.ts';
import { systemResolveHost } from '../../src/agent-sidecar/resolve-host.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { startGrpcServer } from '../../src/runtime/grpc/grpc-server.ts';
import { GRPC_STATUS } from '../../src/runtime/grpc/grpc-service.ts';
import { openServerTls } from '../../src/runtime/tls.ts';
import { createAuthority, writeTlsFiles } from '../runtime/tls-files.ts';

interface TlsCollector {
  readonly port: number;
  readonly certFile: string;
  stop(): Promise<void>;
}

describe('createOtlpExporter with TLS', () => {
  let collector: TlsCollector;
  beforeAll(async () => {
    collector = await startTlsCollector('collector.example');
  });
  afterAll(() => collector.stop());

  it('trusts the given authority for the given name', async () => {
    expect(await exportOnce({ ca: collector.certFile, serverName: 'collector.example' })).toBe(0);
  });

  it('refuses a certificate without the address it connects to', async () => {
    await expect(exportOnce({ ca: collector.certFile })).rejects.toThrow(ExportError);
  });

  it('refuses a collector with another name', async () => {
    await expect(
      exportOnce({ ca: collector.certFile, serverName: 'other.example' }),
    ).rejects.toThrow(ExportError);
  });

  it('refuses an authority it does not know', async () => {
    await expect(exportOnce({ serverName: 'collector.example' })).rejects.toThrow(ExportError);
  });

  it('takes any certificate when told to', async () => {
    expect(await exportOnce({ skipHostVerify: true })).toBe(0);
  });

  it('names a file that cannot be read', async () => {
    await expect(exportOnce({ ca: '/no/such/file' })).rejects.toThrow(
      'reporter.grpc.tls.ca: /no/such/file cannot be read',
    );
  });

  it('refuses a certificate without its key when it starts', async () => {
    await expect(exportOnce({ cert: collector.certFile })).rejects.toThrow(
      'the files of reporter.grpc.tls cannot be used together',
    );
  });

  it('refuses TLS files without TLS', async () => {
    await expect(exportOnce({ enabled: false, ca: collector.certFile })).rejects.toThrow(
      'reporter.grpc.tls.ca is given without reporter.grpc.tls.enabled=true',
    );
  });

  async function exportOnce(tls: Partial<ReporterConfig['tls']>): Promise<number> {
    const exporter = await createOtlpExporter(
      {
        hostPort: `127.0.0.1:${collector.port}`,
        peers: 3,
        retryMax: 0,
        retryMaxElapsedMs: 1000,
        requestTimeoutMs: 2000,
        concurrency: 1,
        queueBatches: 1,
        queueBytes: 1,
        drainTimeoutMs: 1,
        tls: {
          enabled: true,
          ca: '',
          cert: '',
          key: '',
          serverName: '',
          skipHostVerify: false,
          ...tls,
        },
      },
      { clock: systemClock, resolve: systemResolveHost },
    );
    try {
      return await exporter.export(new Uint8Array(), new AbortController().signal);
    } finally {
      exporter.close();
    }
  }
});

async function startTlsCollector(name: string): Promise<TlsCollector> {
  const authority = await createAuthority('test authority');
  const identity = await authority.issue(name);
  const files = await writeTlsFiles(identity, { clientCa: authority.cert });
  const tls = await openServerTls(
    { ...files.config, clientCa: '' },
    { flagPrefix: 'test', logger: pino({ level: 'silent' }), metrics: new Registry() },
  );
  const running = await startGrpcServer({
    name: 'collector',
    hostPort: { host: '127.0.0.1', port: 0 },
    messageBytesMax: 4 * 2 ** 20,
    methods: [
      {
        kind: 'unary',
        path: '/opentelemetry.proto.collector.trace.v1.TraceService/Export',
        handle: () => Promise.resolve(new Uint8Array()),
      },
    ],
    statusOf: (error) => ({ code: GRPC_STATUS.internal, message: String(error) }),
    tls,
  });
  return {
    port: running.addresses[0]?.port ?? 0,
    // The authority that signed the certificate of the collector.
    certFile: files.config.clientCa,
    stop: async () => {
      await running.stop();
      await files[Symbol.asyncDispose]();
    },
  };
}
