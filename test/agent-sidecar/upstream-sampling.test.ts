import { createServer } from 'node:http';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import type { ReporterConfig } from '../../src/agent-sidecar/config.ts';
import { parseSamplingAnswer } from '../../src/agent-sidecar/parse-sampling-answer.ts';
import { createUpstreamSampling } from '../../src/agent-sidecar/upstream-sampling.ts';
import { openClientTls } from '../../src/runtime/client-tls.ts';
import { UsageError } from '../../src/runtime/errors.ts';
import { startGrpcServer } from '../../src/runtime/grpc/grpc-server.ts';
import { GRPC_STATUS } from '../../src/runtime/grpc/grpc-service.ts';
import { openServerTls } from '../../src/runtime/tls.ts';
import type { ServerTls } from '../../src/runtime/tls.ts';
import type { SamplingProvider } from '../../src/sampling/sampling-strategy.ts';
import { ProtobufReader } from '../../src/wire/protobuf/reader.ts';
import { createAuthority, writeTlsFiles } from '../runtime/tls-files.ts';
import { WITHOUT_TLS } from './without-tls.ts';

const cleanups: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanup of cleanups.splice(0).toReversed()) await cleanup();
});

/** Field by field as in jaeger.api_v2: 0.5 for all, of operation `pay` 0.25, at least 2 a second. */
const PROBABILISTIC = Buffer.from(
  '1209' +
    '09000000000000e03f' +
    '2224' +
    '09000000000000e03f' +
    '110000000000000040' +
    '1a10' +
    '0a03706179' +
    '1209' +
    '09000000000000d03f',
  'hex',
);
const RATE_LIMITING = Buffer.from('0801' + '1a02' + '0807', 'hex');

describe('createUpstreamSampling', () => {
  it('asks a collector over gRPC', async () => {
    const answers = new Map([
      ['shop', PROBABILISTIC],
      ['bank', RATE_LIMITING],
    ]);
    const sampling = await startGrpc(answers);
    expect(await sampling.strategyOf('shop')).toEqual({
      type: 'PROBABILISTIC',
      samplingRate: 0.5,
      operations: {
        defaultSamplingProbability: 0.5,
        defaultLowerBoundTracesPerSecond: 2,
        perOperation: [{ operation: 'pay', samplingRate: 0.25 }],
      },
    });
    expect(await sampling.strategyOf('bank')).toEqual({
      type: 'RATE_LIMITING',
      maxTracesPerSecond: 7,
    });
    answers.clear();
    expect((await sampling.strategyOf('bank')).type).toBe('RATE_LIMITING');
    await expect(sampling.strategyOf('other')).rejects.toThrow('no strategy of other');
  });

  it('asks a collector over gRPC with the TLS of the reporter', async () => {
    const authority = await createAuthority('test authority');
    const identity = await authority.issue('collector.example');
    const files = await writeTlsFiles(identity, { clientCa: authority.cert });
    cleanups.push(async () => files[Symbol.asyncDispose]());
    const { clientCa: ca } = files.config;
    const server = await openServerTls(
      { ...files.config, clientCa: '' },
      { flagPrefix: 'test', logger: pino({ level: 'silent' }), metrics: new Registry() },
    );
    if (server === undefined) throw new Error('no TLS');
    const ask = async (client: Partial<ReporterConfig['tls']>): Promise<unknown> => {
      const sampling = await startGrpc(new Map([['bank', RATE_LIMITING]]), { server, client });
      return (await sampling.strategyOf('bank')).maxTracesPerSecond;
    };
    expect(await ask({ enabled: true, ca, serverName: 'collector.example' })).toBe(7);
    await expect(ask({ enabled: true, ca, serverName: 'other.example' })).rejects.toThrow(
      'UNAVAILABLE',
    );
    await expect(ask({})).rejects.toThrow('UNAVAILABLE');
  });

  it('forgets the services that asked longest ago', async () => {
    let away = false;
    const server = createServer((_request, response) => {
      response.writeHead(away ? 500 : 200).end('{"probabilisticSampling":{"samplingRate":1}}');
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanups.push(() => new Promise((resolve) => server.close(resolve)));
    const address = server.address();
    if (typeof address !== 'object' || address === null) throw new Error('no address');
    const sampling = createUpstreamSampling({
      endpoint: `http://127.0.0.1:${address.port}/api/sampling`,
      cachedServices: 2,
      tls: undefined,
    });
    for (const service of ['a', 'b', 'a', 'c']) await sampling.strategyOf(service);
    away = true;
    expect(await sampling.strategyOf('a')).toEqual({ type: 'PROBABILISTIC', samplingRate: 1 });
    expect((await sampling.strategyOf('c')).samplingRate).toBe(1);
    await expect(sampling.strategyOf('b')).rejects.toThrow('answered 500');
  });

  it.each(['', 'collector:14250', 'ftp://a/b', 'grpc://collector'])('refuses %j', (endpoint) => {
    const options = { endpoint, cachedServices: 1, tls: undefined };
    expect(() => createUpstreamSampling(options)).toThrow(UsageError);
  });
});

describe('parseSamplingAnswer', () => {
  it.each([
    'no json',
    '{"strategyType":"OTHER"}',
    '{"probabilisticSampling":{"samplingRate":"1"}}',
  ])('refuses %s', (text) => {
    expect(() => parseSamplingAnswer(text)).toThrow(/^sampling: /);
  });
});

const TLS_DEPS = {
  flagPrefix: 'reporter.grpc',
  logger: pino({ level: 'silent' }),
  metrics: new Registry(),
};

/** A collector on the wire format alone: answers are given as bytes. */
async function startGrpc(
  answers: ReadonlyMap<string, Uint8Array>,
  tls?: { readonly server: ServerTls; readonly client: Partial<ReporterConfig['tls']> },
): Promise<SamplingProvider> {
  const running = await startGrpcServer({
    name: 'sampling grpc',
    hostPort: { host: '127.0.0.1', port: 0 },
    messageBytesMax: 1024,
    tls: tls?.server,
    statusOf: (error) => ({ code: GRPC_STATUS.unknown, message: String(error) }),
    methods: [
      {
        kind: 'unary',
        path: '/jaeger.api_v2.SamplingManager/GetSamplingStrategy',
        handle: (question) => {
          const reader = new ProtobufReader(question);
          reader.tag();
          const service = reader.string();
          const answer = answers.get(service);
          return answer === undefined
            ? Promise.reject(new Error(`no strategy of ${service}`))
            : Promise.resolve(answer);
        },
      },
    ],
  });
  const { port = 0 } = running.addresses[0] ?? {};
  const sampling = createUpstreamSampling({
    endpoint: `grpc://127.0.0.1:${port}`,
    cachedServices: 10,
    tls: await openClientTls({ ...WITHOUT_TLS, ...tls?.client }, TLS_DEPS),
  });
  cleanups.push(
    () => running.stop(),
    () => sampling.stop(),
  );
  return sampling;
}
