import { GrpcCallError } from '../../drivers/grpc-client.ts';
import type { GrpcClient } from '../../drivers/grpc-client.ts';
import { STORAGE_METHODS } from '../../wire/jaeger-storage/method-paths.ts';
import { decodeExportResponse } from '../../wire/otlp/export-response.ts';
import type { Accepted, SpanBatch } from '../../wire/span-batch.ts';
import type { TraceWriter } from '../storage.ts';
import { callFor } from './call-for.ts';

const INVALID_ARGUMENT = 3;
const UNIMPLEMENTED = 12;

/** Sends the bytes of each batch as they are; they are durable as the server is configured to be. */
export function createRemoteWriter(
  client: GrpcClient,
  path: string = STORAGE_METHODS.export,
): TraceWriter {
  return {
    write: async (batch, signal) => {
      try {
        const call = callFor(batch.tenant, signal);
        return acceptedOf(batch, await client.unary(path, batch.otlp, call));
      } catch (error) {
        if (isPermanent(error)) return notTaken(batch, batch.scan.count, error.message);
        throw error;
      }
    },
  };
}

function acceptedOf(batch: SpanBatch, answer: Uint8Array): Accepted {
  const partial = decodeExportResponse(answer);
  if (partial === undefined) return { accepted: batch.scan.count, refused: [], dropped: [] };
  const lost = Math.min(batch.scan.count, partial.rejectedSpans);
  return notTaken(batch, lost, partial.errorMessage);
}

/** What the server refuses for good would be refused again. */
function notTaken({ scan }: SpanBatch, count: number, message: string): Accepted {
  const dropped = count === 0 ? [] : [{ reason: 'storage_error' as const, count, message }];
  return { accepted: scan.count - count, refused: [], dropped };
}

function isPermanent(error: unknown): error is GrpcCallError {
  return (
    error instanceof GrpcCallError &&
    (error.code === INVALID_ARGUMENT || error.code === UNIMPLEMENTED)
  );
}
