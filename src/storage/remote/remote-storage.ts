import type { GrpcClient } from '../../drivers/grpc-client.ts';
import { errorText } from '../../runtime/errors.ts';
import { STORAGE_METHODS, TOKEN_HEADER } from '../../wire/jaeger-storage/method-paths.ts';
import { decodeDependencies, decodeServices } from '../../wire/jaeger-storage/read-answers.ts';
import { encodeGetDependencies } from '../../wire/jaeger-storage/read-requests.ts';
import type { AskedStorage, DependencyReader, Storage, TraceArchive } from '../storage.ts';
import { callFor, withHeader } from './call-for.ts';
import { archiveServer, servedArchive } from './remote-archive.ts';
import { createRemoteReader } from './remote-reader.ts';
import { askCapabilities } from './remote-capabilities.ts';
import { createRemoteWriter } from './remote-writer.ts';

const NANOS_PER_MS = 1_000_000n;
const EMPTY = new Uint8Array(0);

/**
 * A storage that another process serves as jaeger.storage.v2, with OTLP for writing: role
 * storage-server, or Jaeger's remote_storage. Opens even while the server is away: calls then fail,
 * and what it can do is asked until it answers.
 * @param archive of a server that keeps the archive; without one it is where the traces are, if that
 * server has one
 */
export function createRemoteStorage(client: GrpcClient, archive?: GrpcClient): Storage {
  const capabilities = askCapabilities(client);
  const archiveBy = ({ traces, ofArchive }: Clients): TraceArchive | undefined => {
    if (ofArchive !== undefined) return archiveServer(ofArchive);
    return capabilities.current().archive ? servedArchive(traces) : undefined;
  };
  const ask = (clients: Clients): AskedStorage => ({
    reader: createRemoteReader(clients.traces, capabilities),
    dependencies: createRemoteDependencies(clients.traces),
    // Absent where the server has none, as far as is known now.
    get archive() {
      return archiveBy(clients);
    },
  });
  const clients = { traces: client, ofArchive: archive };
  const asked = ask(clients);
  return {
    reader: asked.reader,
    dependencies: asked.dependencies,
    get archive() {
      return archiveBy(clients);
    },
    writer: createRemoteWriter(client),
    withToken: (token) => {
      const carrying = (one: GrpcClient): GrpcClient => withHeader(one, TOKEN_HEADER, token);
      return ask({
        traces: carrying(client),
        ofArchive: archive === undefined ? undefined : carrying(archive),
      });
    },
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
      archive?.close();
      return Promise.resolve();
    },
  };
}

interface Clients {
  readonly traces: GrpcClient;
  /** Of another server that keeps the archive. */
  readonly ofArchive: GrpcClient | undefined;
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
