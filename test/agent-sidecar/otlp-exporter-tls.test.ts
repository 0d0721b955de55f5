import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { ServerUnaryCall, sendUnaryData } from '@grpc/grpc-js';
import 'reflect-metadata';
import {
  PemConverter,
  SubjectAlternativeNameExtension,
  X509CertificateGenerator,
} from '@peculiar/x509';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ReporterConfig } from '../../src/agent-sidecar/config.ts';
import { ExportError, createOtlpExporter } from '../../src/agent-sidecar/otlp-exporter.ts';
import { systemResolveHost } from '../../src/agent-sidecar/resolve-host.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { rawUnaryMethod } from '../../src/runtime/grpc-server.ts';

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
  const algorithm = { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' };
  const keys = await crypto.subtle.generateKey(algorithm, true, ['sign', 'verify']);
  const certificate = await X509CertificateGenerator.createSelfSigned({
    name: `CN=${name}`,
    keys,
    signingAlgorithm: algorithm,
    notBefore: new Date(Date.now() - 60_000),
    notAfter: new Date(Date.now() + 3_600_000),
    extensions: [new SubjectAlternativeNameExtension([{ type: 'dns', value: name }])],
  });
  const privateKey = await crypto.subtle.exportKey('pkcs8', keys.privateKey);
  const server = new Server();
  const path = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
  server.addService(
    { export: rawUnaryMethod(path) },
    {
      export: (
        _call: ServerUnaryCall<Uint8Array, Uint8Array>,
        reply: sendUnaryData<Uint8Array>,
      ) => {
        reply(null, new Uint8Array());
      },
    },
  );
  const pair = {
    private_key: Buffer.from(PemConverter.encode(privateKey, 'PRIVATE KEY')),
    cert_chain: Buffer.from(certificate.toString('pem')),
  };
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync('127.0.0.1:0', ServerCredentials.createSsl(null, [pair]), (error, bound) => {
      if (error === null) resolve(bound);
      else reject(error);
    });
  });
  const folder = await mkdtemp(join(tmpdir(), 'tls-'));
  const certFile = join(folder, 'ca.pem');
  await writeFile(certFile, certificate.toString('pem'));
  return {
    port,
    certFile,
    stop: async () => {
      server.forceShutdown();
      await rm(folder, { recursive: true });
    },
  };
}
