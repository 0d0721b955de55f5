import type { Clock } from '../runtime/clock.ts';
import type { GrpcMethod } from '../runtime/grpc/grpc-service.ts';
import type { Storage } from '../storage/storage.ts';
import { STORAGE_METHODS } from '../wire/jaeger-storage/method-paths.ts';
import { encodeExportResponse } from '../wire/otlp/export-response.ts';
import type { PartialSuccess } from '../wire/otlp/export-response.ts';
import { scanReceived } from '../wire/otlp/scan-spans.ts';
import type { Accepted } from '../wire/span-batch.ts';
import { getTracesMethod } from './reader-methods.ts';
import { tenantOf, unary } from './served-method.ts';

/** The archive of a storage, for clients of our own; nothing when there is none. */
export function archiveMethods(
  { archive }: Pick<Storage, 'archive'>,
  clock: Pick<Clock, 'now'>,
): readonly GrpcMethod[] {
  if (archive === undefined) return [];
  return [
    getTracesMethod(STORAGE_METHODS.getArchivedTraces, archive.reader),
    unary(STORAGE_METHODS.archiveTraces, scanReceived, async ({ otlp, scan }, call) => {
      const batch = {
        ...{ tenant: tenantOf(call), otlp, scan },
        ...{ receivedAtMs: clock.now(), format: 'otlp' as const, transport: 'grpc' as const },
      };
      return encodeExportResponse(lossesOf(await archive.writer.write(batch, call.signal)));
    }),
  ];
}

function lossesOf({ refused, dropped }: Accepted): PartialSuccess | undefined {
  const losses = [...refused, ...dropped];
  if (losses.length === 0) return undefined;
  return {
    rejectedSpans: losses.reduce((sum, { count }) => sum + count, 0),
    errorMessage: losses.map(({ message }) => message).join('; '),
  };
}
