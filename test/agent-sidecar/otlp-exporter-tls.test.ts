import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReporterConfig } from '../../src/agent-sidecar/config.ts';
import { ExportError, createOtlpExporter } from '../../src/agent-sidecar/otlp-exporter.ts';
import type { OtlpExporter } from '../../src/agent-sidecar/otlp-exporter.ts';
import { systemResolveHost } from '../../src/agent-sidecar/resolve-host.ts';
import { openClientTls } from '../../src/runtime/client-tls.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { createHealth } from '../../src/runtime/health.ts';
import { startGrpcServer } from '../../src/runtime/grpc/grpc-server.ts';
import { GRPC_STATUS } from '../../src/runtime/grpc/grpc-service.ts';
import { openServerTls } from '../../src/runtime/tls.ts';
import { createAuthority, writeTlsFiles } from '../runtime/tls-files.ts';
import type { TestAuthority } from '../runtime/tls-files.ts';
import { WITHOUT_TLS } from './without-tls.ts';

interface TlsCollector {
  readonly port: number;
  readonly certFile: string;
  readonly authority: TestAuthority;
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
      'reporter.grpc.tls.cert is given without reporter.grpc.tls.key',
    );
  });

  it('refuses TLS files without TLS', async () => {
    await expect(exportOnce({ enabled: false, ca: collector.certFile })).rejects.toThrow(
      'reporter.grpc.tls.ca is given without reporter.grpc.tls.enabled=true',
    );
  });

  it('shows a changed certificate to new connections, and trusts a changed authority', async () => {
    await using files = await writeTlsFiles(await collector.authority.issue('agent'), {
      clientCa: (await createAuthority('another authority')).cert,
    });
    const { exporter } = await exporterWith({
      ca: files.config.clientCa,
      cert: files.config.cert,
      key: files.config.key,
      serverName: 'collector.example',
      reloadIntervalMs: 10,
    });
    const { signal } = new AbortController();
    await expect(exporter.export(new Uint8Array(), signal)).rejects.toThrow(ExportError);
    await files.write({ clientCa: collector.authority.cert });
    const exportedAgain = (): Promise<number | undefined> =>
      exporter.export(new Uint8Array(), signal).catch(() => undefined);
    await expect.poll(exportedAgain).toBe(0);
    exporter.close();
  });

  it('keeps what it has when changed files cannot be used, and counts it', async () => {
    await using files = await writeTlsFiles(await collector.authority.issue('agent'));
    const { exporter, metrics } = await exporterWith({
      ca: collector.certFile,
      cert: files.config.cert,
      key: files.config.key,
      serverName: 'collector.example',
      reloadIntervalMs: 10,
    });
    await files.write({ cert: 'nonsense' });
    const failures = async (): Promise<string> => metrics.metrics();
    await expect
      .poll(failures)
      .toMatch(/jaeger_tls_reloads_total\{server="reporter.grpc",result="err"\} \d/);
    expect(await exporter.export(new Uint8Array(), new AbortController().signal)).toBe(0);
    exporter.close();
  });

  async function exporterWith(
    tls: Partial<ReporterConfig['tls']>,
  ): Promise<{ exporter: OtlpExporter; metrics: Registry }> {
    const metrics = new Registry();
    const logger = pino({ level: 'silent' });
    const clientTls = await openClientTls(
      { ...WITHOUT_TLS, enabled: true, ...tls },
      { flagPrefix: 'reporter.grpc', logger, metrics },
    );
    const exporter = createOtlpExporter(
      {
        hostPort: `127.0.0.1:${collector.port}`,
        peers: 3,
        requestTimeoutMs: 2000,
        tenant: '',
        tenantHeader: 'x-tenant',
      },
      {
        health: createHealth(() => 0).component('collectors'),
        clock: systemClock,
        logger,
        resolve: systemResolveHost,
        tls: clientTls,
      },
    );
    return { exporter, metrics };
  }

  async function exportOnce(tls: Partial<ReporterConfig['tls']>): Promise<number> {
    const { exporter } = await exporterWith(tls);
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
    authority,
    stop: async () => {
      await running.stop();
      await files[Symbol.asyncDispose]();
    },
  };
}
