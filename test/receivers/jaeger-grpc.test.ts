import { Buffer } from 'node:buffer';
import { Client, Metadata, credentials, status } from '@grpc/grpc-js';
import { afterEach, describe, expect, it } from 'vitest';
import type { SamplingStrategy } from '../../src/model/sampling-strategy.ts';
import { SinkOverloadedError } from '../../src/pipeline/sink.ts';
import { startJaegerGrpc } from '../../src/receivers/jaeger-grpc.ts';
import { DEFAULT_GRPC_LIMITS } from '../../src/runtime/grpc/grpc-limits.ts';
import type { SamplingProvider } from '../../src/sampling/sampling-strategy.ts';
import { protoBatch } from '../wire/jaeger/jaeger-messages.ts';
import { decodeJaegerProto, encodeJaegerProto } from '../wire/jaeger/jaeger-proto.ts';
import { decodeWithProtobufjs } from '../wire/otlp/otlp-proto.ts';
import { createIntake, metricValue } from './jaeger-harness.ts';
import type { Intake } from './jaeger-harness.ts';

const cleanups: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

const POST_SPANS = '/jaeger.api_v2.CollectorService/PostSpans';
const GET_SAMPLING = '/jaeger.api_v2.SamplingManager/GetSamplingStrategy';

function post(...traceIds: readonly bigint[]): Uint8Array {
  const spans = traceIds.map((traceId) => ({
    traceId,
    spanId: 1n,
    parentSpanId: 0n,
    name: 'op',
    flags: 1,
    startMicros: 1_700_000_000_000_000n,
    durationMicros: 10n,
  }));
  return encodeJaegerProto('PostSpansRequest', {
    batch: protoBatch({ serviceName: 'svc', spans }),
  });
}

async function start(
  intake: Intake,
  strategy: SamplingStrategy = { type: 'PROBABILISTIC', samplingRate: 0.5 },
): Promise<number> {
  const sampling: SamplingProvider = {
    strategyOf: () => Promise.resolve(strategy),
    stop: () => Promise.resolve(),
  };
  const running = await startJaegerGrpc(
    {
      hostPort: { host: '127.0.0.1', port: 0 },
      messageBytesMax: 1 << 20,
      limits: DEFAULT_GRPC_LIMITS,
    },
    { ...intake, sampling },
  );
  cleanups.push(() => running.stop());
  return running.addresses[0]?.port ?? 0;
}

function call(port: number, path: string, message: Uint8Array): Promise<Buffer> {
  const client = new Client(`127.0.0.1:${port}`, credentials.createInsecure());
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

describe('startJaegerGrpc', () => {
  it('takes the spans of PostSpans and answers an empty message', async () => {
    const intake = createIntake();
    const port = await start(intake);
    expect(await call(port, POST_SPANS, post(1n, 2n))).toHaveLength(0);
    expect(intake.spans.map(({ name, resource }) => [name, resource.serviceName])).toEqual([
      ['op', 'svc'],
      ['op', 'svc'],
    ]);
    const labels = { transport: 'grpc', format: 'jaeger' };
    const received = 'jaeger_collector_spans_received_total';
    expect(await metricValue(intake.metrics, received, labels)).toBe(2);
  });

  it('tells by reflection what it serves, and of what that is made', async () => {
    const port = await start(createIntake());
    const reflect = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo';
    // ServerReflectionRequest{7 list_services, 4 file_containing_symbol}
    const services = await call(port, reflect, Buffer.from([0x3a, 1, 0x2a]));
    expect(services.toString('latin1').match(/jaeger\.api_v2\.\w+/g)).toEqual([
      'jaeger.api_v2.CollectorService',
      'jaeger.api_v2.SamplingManager',
    ]);
    const symbol = Buffer.from('jaeger.api_v2.CollectorService');
    const question = Buffer.concat([Buffer.from([0x22, symbol.length]), symbol]);
    const files = await call(port, reflect, question);
    expect(new Set(files.toString('latin1').match(/[\w/]+\.proto\b/g))).toEqual(
      new Set([
        'collector.proto',
        'model.proto',
        'google/protobuf/timestamp.proto',
        'google/protobuf/duration.proto',
      ]),
    );
  });

  it('refuses what is no request with INVALID_ARGUMENT', async () => {
    const port = await start(createIntake());
    await expect(call(port, POST_SPANS, Buffer.from('garbage'))).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });

  it('keeps the good spans of a batch, and refuses a batch without any', async () => {
    const intake = createIntake();
    const port = await start(intake);
    await call(port, POST_SPANS, post(0n, 1n));
    expect(intake.spans).toHaveLength(1);
    expect(await metricValue(intake.metrics, 'jaeger_collector_spans_rejected_total')).toBe(1);
    await expect(call(port, POST_SPANS, post(0n))).rejects.toMatchObject({
      code: status.INVALID_ARGUMENT,
    });
  });

  it('answers overload with UNAVAILABLE and when to come back', async () => {
    const port = await start(
      createIntake(() => Promise.reject(new SinkOverloadedError('full', 2500))),
    );
    const error: unknown = await call(port, POST_SPANS, post(1n)).catch((e: unknown) => e);
    expect(error).toMatchObject({ code: status.UNAVAILABLE });
    const metadata = error instanceof Error && 'metadata' in error ? error.metadata : undefined;
    if (!(metadata instanceof Metadata)) throw new Error('no metadata');
    const [details] = metadata.get('grpc-status-details-bin');
    expect(decodeWithProtobufjs('RpcStatus', Buffer.from(details ?? ''))).toMatchObject({
      details: [{ typeUrl: 'type.googleapis.com/google.rpc.RetryInfo' }],
    });
  });

  it.each<[SamplingStrategy, object]>([
    [
      { type: 'PROBABILISTIC', samplingRate: 0.25 },
      { probabilisticSampling: { samplingRate: 0.25 } },
    ],
    [
      { type: 'RATE_LIMITING', maxTracesPerSecond: 7 },
      { strategyType: 'RATE_LIMITING', rateLimitingSampling: { maxTracesPerSecond: 7 } },
    ],
    [
      {
        type: 'PROBABILISTIC',
        samplingRate: 1,
        operations: {
          defaultSamplingProbability: 0.5,
          defaultLowerBoundTracesPerSecond: 2,
          perOperation: [{ operation: 'op', samplingRate: 0.1 }],
        },
      },
      {
        probabilisticSampling: { samplingRate: 1 },
        operationSampling: {
          defaultSamplingProbability: 0.5,
          defaultLowerBoundTracesPerSecond: 2,
          perOperationStrategies: [
            { operation: 'op', probabilisticSampling: { samplingRate: 0.1 } },
          ],
        },
      },
    ],
  ])('answers how to sample: %o', async (strategy, expected) => {
    const port = await start(createIntake(), strategy);
    const question = encodeJaegerProto('SamplingStrategyParameters', { serviceName: 'svc' });
    const answer = await call(port, GET_SAMPLING, question);
    expect(decodeJaegerProto('SamplingStrategyResponse', answer)).toEqual(expected);
  });
});
