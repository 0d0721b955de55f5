import type { GrpcClient } from '../../drivers/grpc-client.ts';
import { errorText } from '../../runtime/errors.ts';
import { STORAGE_METHODS, TOKEN_HEADER } from '../../wire/jaeger-storage/method-paths.ts';
import { decodeDependencies, decodeServices } from '../../wire/jaeger-storage/read-answers.ts';
import { encodeGetDependencies } from '../../wire/jaeger-storage/read-requests.ts';
import type { AskedStorage, DependencyReader, Storage } from '../storage.ts';
import { callFor, withHeader } from './call-for.ts';
import { createRemoteReader } from './remote-reader.ts';
import { askCapabilities } from './remote-capabilities.ts';
import { createRemoteWriter } from './remote-writer.ts';

const NANOS_PER_MS = 1_000_000n;
const EMPTY = new Uint8Array(0);

/**
 * A storage that another process serves as jaeger.storage.v2, with OTLP for writing: role
 * storage-server, or Jaeger's remote_storage. Opens even while the server is away: calls then fail,
 * and what its search can do is asked until it answers.
 */
export function createRemoteStorage(client: GrpcClient): Storage {
  const capabilities = askCapabilities(client);
  const ask = (through: GrpcClient): AskedStorage => ({
    reader: createRemoteReader(through, capabilities),
    dependencies: createRemoteDependencies(through),
  });
  return {
    ...ask(client),
    writer: createRemoteWriter(client),
    withToken: (token) => ask(withHeader(client, TOKEN_HEADER, token)),
    check: async (signal) => {
      try {
        const answer = await client.unary(STORAGE_METHODS.getServices, EMPTY, { signal });
        const known = decodeServices(answer).length;
        return { healthy: true, message: `the storage server answers, with ${known} services` };
      } catch (error) {
        return {
          healthy: false,
          message: `the storage server does not answer: ${errorText(error)}`,
        };
      }
    },
    close: () => {
      capabilities.stop();
      client.close();
      return Promise.resolve();
    },
  };
}

function createRemoteDependencies(client: GrpcClient): DependencyReader {
  return {
    links: async (tenant, startMs, endMs) => {
      const range = {
        startNano: BigInt(Math.trunc(startMs)) * NANOS_PER_MS,
        endNano: BigInt(Math.trunc(endMs)) * NANOS_PER_MS,
      };
      const request = encodeGetDependencies(range);
      return decodeDependencies(
        await client.unary(STORAGE_METHODS.getDependencies, request, callFor(tenant)),
      );
    },
  };
}
