import type { GrpcClient } from '../../drivers/grpc-client.ts';
import { STORAGE_METHODS } from '../../wire/jaeger-storage/method-paths.ts';
import type { TraceArchive } from '../storage.ts';
import { remoteGetTraces } from './remote-reader.ts';
import { createRemoteWriter } from './remote-writer.ts';

/** The archive beside the traces of a storage server of our own. */
export function servedArchive(client: GrpcClient): TraceArchive {
  return {
    writer: createRemoteWriter(client, STORAGE_METHODS.archiveTraces),
    reader: { getTraces: remoteGetTraces(client, STORAGE_METHODS.getArchivedTraces) },
  };
}

/** A storage server that keeps nothing but the archive, as Jaeger has it. */
export function archiveServer(client: GrpcClient): TraceArchive {
  return {
    writer: createRemoteWriter(client),
    reader: { getTraces: remoteGetTraces(client, STORAGE_METHODS.getTraces) },
  };
}
