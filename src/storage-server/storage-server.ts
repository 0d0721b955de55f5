import { createPipeline, storageSink } from '../pipeline/pipeline.ts';
import { startOtlpGrpc } from '../receivers/otlp-grpc.ts';
import { withHost } from '../runtime/listen.ts';
import { startInOrder } from '../runtime/running.ts';
import type { RoleDeps, Running } from '../runtime/running.ts';
import { openServerTls } from '../runtime/tls.ts';
import { openStorage } from '../storage/open-storage.ts';
import { runStorage } from '../storage/run-storage.ts';
import type { StorageServerConfig } from './config.ts';
import { archiveMethods } from './archive-methods.ts';
import { readerMethods } from './reader-methods.ts';
import { tenantOf } from './served-method.ts';

/**
 * One storage for several collectors and queries: jaeger.storage.v2 to read and OTLP to write, on one
 * port, with the archive for our own clients. An answer to a write means that the storage has it. The storage closes last.
 * @throws UsageError for settings that cannot be used, ListenError for an address in use
 */
export async function startStorageServer(
  { grpc, ...config }: StorageServerConfig,
  deps: RoleDeps,
): Promise<Running> {
  const tls = await openServerTls(grpc.tls, { ...deps, flagPrefix: 'grpc' });
  const storage = await openStorage(config.storage, deps);
  const pipeline = createPipeline({
    destination: storageSink(storage.writer),
    metrics: deps.metrics,
    batchesMax: config.queueSize,
    bytesMax: config.maxBytesInFlight,
    serviceNamesMax: config.maxServiceNames,
    tags: new Map(),
    isSanitized: true,
  });
  const methods = [...readerMethods(storage), ...archiveMethods(storage, deps.clock)];
  return startInOrder([
    () => Promise.resolve(runStorage(storage, deps)),
    () => Promise.resolve({ addresses: [], stop: () => pipeline.stop() }),
    () =>
      startOtlpGrpc(
        {
          hostPort: withHost(grpc.hostPort, deps.listenHost),
          messageBytesMax: grpc.maxMessageSize,
          tls,
          beside: { name: 'storage grpc', methods, tenantOf },
        },
        { ...deps, pipeline },
      ),
  ]);
}
