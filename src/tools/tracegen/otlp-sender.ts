import { Client, credentials } from '@grpc/grpc-js';
import { request } from 'undici';

/** Where generated spans go. `send` rejects when the batch was not taken. */
export interface OtlpSender {
  send(otlp: Uint8Array): Promise<void>;
  close(): void;
}

export const EXPORTERS = ['otlp-http', 'otlp-grpc', 'stdout'] as const;
export type Exporter = (typeof EXPORTERS)[number];

const TIMEOUT_MS = 10_000;
const EXPORT_METHOD = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';

/** @param endpoint as OTEL_EXPORTER_OTLP_ENDPOINT has it, or undefined for the exporter's default */
export function createSender(exporter: Exporter, endpoint: string | undefined): OtlpSender {
  switch (exporter) {
    case 'otlp-http':
      return httpSender(endpoint ?? 'http://localhost:4318');
    case 'otlp-grpc':
      return grpcSender(endpoint ?? 'http://localhost:4317');
    case 'stdout':
      return {
        send: (otlp) => {
          process.stdout.write(`${Buffer.from(otlp).toString('base64')}\n`);
          return Promise.resolve();
        },
        close: () => undefined,
      };
  }
}

function httpSender(endpoint: string): OtlpSender {
  const url = `${endpoint.replace(/\/$/, '')}/v1/traces`;
  return {
    send: async (otlp) => {
      const { statusCode, body } = await request(url, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf' },
        body: otlp,
        headersTimeout: TIMEOUT_MS,
      });
      await body.dump();
      if (statusCode !== 200) throw new Error(`${url} answered ${statusCode}`);
    },
    close: () => undefined,
  };
}

function grpcSender(endpoint: string): OtlpSender {
  const target = endpoint.replace(/^https?:\/\//, '');
  const client = new Client(
    target,
    endpoint.startsWith('https:') ? credentials.createSsl() : credentials.createInsecure(),
  );
  const same = (bytes: Buffer): Buffer => bytes;
  return {
    send: (otlp) =>
      new Promise((resolve, reject) => {
        const deadline = Date.now() + TIMEOUT_MS;
        const bytes = Buffer.from(otlp.buffer, otlp.byteOffset, otlp.byteLength);
        client.makeUnaryRequest(EXPORT_METHOD, same, same, bytes, { deadline }, (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      }),
    close: () => {
      client.close();
    },
  };
}
