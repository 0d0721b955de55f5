import { Client, Metadata, credentials } from '@grpc/grpc-js';
import type { ChannelCredentials, ClientOptions, ServiceError } from '@grpc/grpc-js';
import { Registry } from 'prom-client';
import { startGrpcServer } from '../../../src/runtime/grpc/grpc-server.ts';
import type { GrpcServerOptions } from '../../../src/runtime/grpc/grpc-server.ts';
import { GRPC_STATUS } from '../../../src/runtime/grpc/grpc-service.ts';
import type { GrpcMethod, UnaryMethod } from '../../../src/runtime/grpc/grpc-service.ts';
import type { GrpcRefusal } from '../../../src/runtime/grpc/refused-error.ts';
import type { Running } from '../../../src/runtime/running.ts';

export const ECHO = '/test.Echo/Echo';

export interface StartedServer extends AsyncDisposable {
  readonly port: number;
  readonly running: Running;
  readonly refused: readonly GrpcRefusal[];
  metrics(): Promise<string>;
}

/** A server whose Echo answers with what it got, unless `options` say otherwise. */
export async function startTestServer(
  options: Partial<GrpcServerOptions> = {},
): Promise<StartedServer> {
  const refused: GrpcRefusal[] = [];
  const metrics = new Registry();
  const running = await startGrpcServer({
    name: 'test grpc',
    hostPort: { host: '127.0.0.1', port: 0 },
    messageBytesMax: 2 ** 20,
    methods: [echo()],
    statusOf: (error) => ({ code: GRPC_STATUS.internal, message: String(error) }),
    onRefused: (reason) => refused.push(reason),
    metrics,
    ...options,
  });
  return {
    port: running.addresses[0]?.port ?? 0,
    running,
    refused,
    metrics: () => metrics.metrics(),
    [Symbol.asyncDispose]: () => running.stop(),
  };
}

export function echo(handle?: UnaryMethod['handle']): GrpcMethod {
  return { kind: 'unary', path: ECHO, handle: handle ?? ((message) => Promise.resolve(message)) };
}

export interface TestClient extends Disposable {
  readonly client: Client;
  unary(path: string, message: Uint8Array, options?: CallSettings): Promise<Buffer>;
}

export interface CallSettings {
  readonly deadlineMs?: number;
  readonly metadata?: Readonly<Record<string, string>>;
}

/** The real client of @grpc/grpc-js, on a connection of its own. */
export function connectClient(
  port: number,
  options: ClientOptions = {},
  channel: ChannelCredentials = credentials.createInsecure(),
): TestClient {
  const client = new Client(`127.0.0.1:${port}`, channel, {
    'grpc.use_local_subchannel_pool': 1,
    ...options,
  });
  return {
    client,
    unary: (path, message, { deadlineMs, metadata = {} } = {}) =>
      new Promise((resolve, reject) => {
        const headers = new Metadata();
        for (const [name, value] of Object.entries(metadata)) headers.set(name, value);
        client.makeUnaryRequest(
          path,
          asIs,
          asIs,
          Buffer.from(message),
          headers,
          deadlineMs === undefined ? {} : { deadline: Date.now() + deadlineMs },
          (error, value) => {
            if (error === null) resolve(value ?? Buffer.alloc(0));
            else reject(error);
          },
        );
      }),
    [Symbol.dispose]: () => {
      client.close();
    },
  };
}

export function asIs(bytes: Buffer): Buffer {
  return bytes;
}

/** The error of a call that is expected to fail. */
export async function failureOf(answer: Promise<unknown>): Promise<ServiceError> {
  try {
    await answer;
  } catch (error) {
    if (error instanceof Error && 'metadata' in error) return error as ServiceError;
    throw error;
  }
  throw new Error('the call succeeded');
}
