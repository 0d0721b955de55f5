import { GrpcCallError } from '../../drivers/grpc-client.ts';
import type { GrpcClient } from '../../drivers/grpc-client.ts';
import { STORAGE_METHODS } from '../../wire/jaeger-storage/method-paths.ts';
import { decodeExportResponse } from '../../wire/otlp/export-response.ts';
import { splitBatch } from '../../wire/otlp/split-batch.ts';
import { STATUS_DETAILS, readRetryDelay } from '../../wire/protobuf/retry-delay.ts';
import { RPC_CODES } from '../../wire/protobuf/rpc-status.ts';
import type { Accepted, LossReason, SpanBatch, SpanLoss } from '../../wire/span-batch.ts';
import type { TraceWriter } from '../storage.ts';
import { callFor } from './call-for.ts';

/** Servers take 4 MiB a message unless they are told to take more. */
const MESSAGE_BYTES_MAX = 4_000_000;

/**
 * Sends the bytes of each batch as they are, a large one in several messages; they are durable as the
 * server is configured to be. When one of several messages fails for now all of them are to be sent
 * again: a storage has a span once that comes twice.
 */
export function createRemoteWriter(
  client: GrpcClient,
  path: string = STORAGE_METHODS.export,
): TraceWriter {
  const send = async (batch: SpanBatch, signal: AbortSignal): Promise<Accepted> => {
    try {
      const call = callFor(batch.tenant, signal);
      return acceptedOf(batch, await client.unary(path, batch.otlp, call));
    } catch (error) {
      if (!(error instanceof GrpcCallError)) throw error;
      const reason = permanentReason(error);
      if (reason === undefined) throw error;
      return notTaken(batch, { count: batch.scan.count, reason, message: error.message });
    }
  };
  return {
    write: async (batch, signal) => {
      let sum: Accepted = { accepted: 0, refused: [], dropped: [] };
      for (const part of splitBatch(batch, MESSAGE_BYTES_MAX)) {
        const { accepted, dropped } = await send(part, signal);
        sum = { ...sum, accepted: sum.accepted + accepted, dropped: [...sum.dropped, ...dropped] };
      }
      return sum;
    },
  };
}

function acceptedOf(batch: SpanBatch, answer: Uint8Array): Accepted {
  const partial = decodeExportResponse(answer);
  if (partial === undefined) return { accepted: batch.scan.count, refused: [], dropped: [] };
  const lost = Math.min(batch.scan.count, partial.rejectedSpans);
  return notTaken(batch, { count: lost, reason: 'storage_error', message: partial.errorMessage });
}

/** What the server refuses for good would be refused again. */
function notTaken({ scan }: SpanBatch, loss: SpanLoss): Accepted {
  const { count } = loss;
  return { accepted: scan.count - count, refused: [], dropped: count === 0 ? [] : [loss] };
}

/** Why sending the same again is of no use; undefined when it may be. */
function permanentReason(error: GrpcCallError): LossReason | undefined {
  switch (error.code) {
    case RPC_CODES.invalidArgument:
    case RPC_CODES.unimplemented:
      return 'storage_error';
    case RPC_CODES.resourceExhausted:
      // https://opentelemetry.io/docs/specs/otlp/#failures: for now only where a time is named.
      return asksToComeBack(error) ? undefined : 'too_large';
    default:
      return undefined;
  }
}

function asksToComeBack(error: GrpcCallError): boolean {
  return readRetryDelay(error.binaryTrailer(STATUS_DETAILS)) !== undefined;
}
