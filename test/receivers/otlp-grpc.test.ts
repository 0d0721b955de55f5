import { Buffer } from 'node:buffer';
import { Client, Metadata, compressionAlgorithms, credentials, status } from '@grpc/grpc-js';
import type { ServiceError } from '@grpc/grpc-js';
import { describe, expect, it } from 'vitest';
import { SinkOverloadedError } from '../../src/pipeline/sink.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan, spanId } from '../harness/a-span.ts';
import { decodeWithProtobufjs } from '../wire/otlp/otlp-proto.ts';
import { startGrpcReceiver } from './otlp-receiver.ts';
import type { StartedReceiver } from './otlp-receiver.ts';

const EXPORT = '/opentelemetry.proto.collector.trace.v1.TraceService/Export';
const GOOD = encodeSpans([aSpan()]);

function call(
  { port }: StartedReceiver,
  path: string,
  message: Uint8Array,
  options: Record<string, number> = {},
): Promise<Buffer> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure(), options);
  const asIs = (bytes: Buffer): Buffer => bytes;
  return new Promise<Buffer>((resolve, reject) => {
    const args = [Buffer.from(message), new Metadata()] as const;
    client.makeUnaryRequest(path, asIs, asIs, ...args, (error, value) => {
      client.close();
      if (error !== null) reject(error);
      else resolve(value ?? Buffer.alloc(0));
    });
  });
}

async function failureOf(answer: Promise<unknown>): Promise<ServiceError> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof Error && 'metadata' in error) return error as ServiceError;
    throw error;
  }
  throw new Error('the call succeeded');
}

describe('OTLP over gRPC', () => {
  it('takes spans and answers with an empty response', async () => {
    await using receiver = await startGrpcReceiver();
    expect(await call(receiver, EXPORT, GOOD)).toHaveLength(0);
    expect(receiver.spans.map(({ name }) => name)).toEqual(['GET /']);
  });

  it('inflates gzip', async () => {
    await using receiver = await startGrpcReceiver();
    await call(receiver, EXPORT, GOOD, {
      'grpc.default_compression_algorithm': compressionAlgorithms.gzip,
    });
    expect(receiver.spans).toHaveLength(1);
  });

  it('says which spans it did not keep', async () => {
    await using receiver = await startGrpcReceiver();
    const bad = aSpan({ spanId: spanId(0) });
    const answer = await call(receiver, EXPORT, encodeSpans([aSpan(), bad]));
    expect(decodeWithProtobufjs('ExportTraceServiceResponse', answer)).toEqual({
      partialSuccess: { rejectedSpans: '1', errorMessage: 'span 1 "GET /": the span id is zero' },
    });
  });

  it('refuses what is not OTLP with INVALID_ARGUMENT', async () => {
    await using receiver = await startGrpcReceiver();
    const error = await failureOf(call(receiver, EXPORT, Buffer.from('0aff01', 'hex')));
    expect(error.code).toBe(status.INVALID_ARGUMENT);
    expect(error.details).toContain('past the end');
  });

  it.each([
    ['sent', {}],
    ['inflated', { 'grpc.default_compression_algorithm': compressionAlgorithms.gzip }],
  ])('refuses a message that is too large as %s with RESOURCE_EXHAUSTED', async (_how, options) => {
    await using receiver = await startGrpcReceiver({ bodyBytesMax: 10_000 });
    const error = await failureOf(call(receiver, EXPORT, Buffer.alloc(1_000_000), options));
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
    expect(error.metadata.get('grpc-status-details-bin')).toEqual([]);
  });

  it('asks to wait with UNAVAILABLE and RetryInfo when it is overloaded', async () => {
    await using receiver = await startGrpcReceiver({
      sink: () => Promise.reject(new SinkOverloadedError('full', 2500)),
    });
    const error = await failureOf(call(receiver, EXPORT, GOOD));
    expect(error.code).toBe(status.UNAVAILABLE);
    const [details] = error.metadata.get('grpc-status-details-bin');
    expect(decodeWithProtobufjs('RpcStatus', Buffer.from(details ?? ''))).toEqual({
      code: 14,
      message: 'full; send them again in 3 s',
      details: [
        {
          typeUrl: 'type.googleapis.com/google.rpc.RetryInfo',
          // RetryInfo { retry_delay { seconds 2, nanos 500000000 } }
          value: '0a0808021080cab5ee01',
        },
      ],
    });
  });

  it('refuses for good what is larger than all requests together may be', async () => {
    await using receiver = await startGrpcReceiver({ bytesMax: GOOD.length - 1 });
    const error = await failureOf(call(receiver, EXPORT, GOOD));
    expect(error.code).toBe(status.RESOURCE_EXHAUSTED);
    const [details] = error.metadata.get('grpc-status-details-bin');
    // Without RetryInfo no exporter sends it again.
    expect(decodeWithProtobufjs('RpcStatus', Buffer.from(details ?? ''))).toEqual({
      code: 8,
      message: error.details,
    });
    expect(await receiver.metrics.metrics()).toContain('reason="too_large"} 1');
  });

  it('answers the health check', async () => {
    await using receiver = await startGrpcReceiver();
    expect(await call(receiver, '/grpc.health.v1.Health/Check', Buffer.alloc(0))).toEqual(
      Buffer.from('0801', 'hex'),
    );
  });

  it('finishes calls under way when it stops', async () => {
    const { promise: held, resolve } = Promise.withResolvers<undefined>();
    const { promise: arrived, resolve: arrive } = Promise.withResolvers<undefined>();
    const receiver = await startGrpcReceiver({
      sink: async ({ scan }) => {
        arrive(undefined);
        await held;
        return { accepted: scan.count, refused: [], dropped: [] };
      },
    });
    const running = call(receiver, EXPORT, GOOD);
    await arrived;
    const stopped = receiver.running.stop();
    resolve(undefined);
    expect(await running).toHaveLength(0);
    await stopped;
  });
});
