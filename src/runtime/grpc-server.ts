import { Server, ServerCredentials } from '@grpc/grpc-js';
import type { ServiceDefinition, UntypedServiceImplementation } from '@grpc/grpc-js';
import { ListenError } from './listen.ts';
import type { Running } from './running.ts';
import { formatHostPort } from './setting.ts';
import type { HostPort } from './setting.ts';

export interface GrpcService {
  readonly definition: ServiceDefinition;
  readonly handlers: UntypedServiceImplementation;
}

export interface GrpcServerOptions {
  readonly name: string;
  readonly hostPort: HostPort;
  /** Of a message as sent and of the inflated one. */
  readonly messageBytesMax: number;
  readonly services: readonly GrpcService[];
}

/** Requests under way at once on one connection. */
const STREAMS_MAX = 1000;

/**
 * A gRPC server without TLS. Stopping sends GOAWAY, refuses new calls and lets running ones finish.
 * @throws ListenError
 */
export async function startGrpcServer(options: GrpcServerOptions): Promise<Running> {
  const { name, hostPort } = options;
  const server = new Server({
    'grpc.max_receive_message_length': options.messageBytesMax,
    'grpc.max_concurrent_streams': STREAMS_MAX,
  });
  for (const { definition, handlers } of options.services) server.addService(definition, handlers);
  const port = await new Promise<number>((resolve, reject) => {
    server.bindAsync(
      formatHostPort(hostPort),
      ServerCredentials.createInsecure(),
      (error, bound) => {
        if (error === null) resolve(bound);
        else reject(new ListenError(name, hostPort, inUse(error)));
      },
    );
  });
  let stopping: Promise<void> | undefined;
  return {
    addresses: [{ name, transport: 'tcp', host: hostPort.host, port }],
    stop: () =>
      (stopping ??= new Promise((resolve, reject) => {
        server.tryShutdown((error) => {
          if (error === undefined) resolve();
          else reject(error);
        });
      })),
  };
}

/** The library gives the system's code in its text only. */
function inUse(error: Error): Error {
  return error.message.includes('EADDRINUSE')
    ? Object.assign(new Error(error.message), { code: 'EADDRINUSE' })
    : error;
}

/** Hands messages through as bytes: this project has codecs of its own. */
export function rawUnaryMethod(path: string): ServiceDefinition[string] {
  return {
    path,
    requestStream: false,
    responseStream: false,
    requestSerialize: asBuffer,
    requestDeserialize: asBuffer,
    responseSerialize: asBuffer,
    responseDeserialize: asBuffer,
  };
}

function asBuffer(bytes: Uint8Array): Buffer {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
