import { ProtobufWriter } from './writer.ts';

/** google.rpc.Code, those in use here. https://grpc.io/docs/guides/status-codes/ */
export const RPC_CODES = {
  invalidArgument: 3,
  notFound: 5,
  permissionDenied: 7,
  resourceExhausted: 8,
  unimplemented: 12,
  internal: 13,
  unavailable: 14,
} as const;
export type RpcCode = (typeof RPC_CODES)[keyof typeof RPC_CODES];

export interface RpcStatus {
  readonly code: RpcCode;
  readonly message: string;
  /** When the sender should try again; becomes a google.rpc.RetryInfo detail. */
  readonly retryAfterMs?: number;
}

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

/**
 * google.rpc.Status { 1 code, 2 message, 3 details Any { 1 type_url, 2 value } }
 * RetryInfo { 1 retry_delay Duration { 1 seconds, 2 nanos } }
 */
export function encodeRpcStatus({ code, message, retryAfterMs }: RpcStatus): Uint8Array {
  const writer = new ProtobufWriter(128);
  writer.uint32(1, code);
  writer.string(2, message);
  if (retryAfterMs !== undefined) {
    const detail = writer.beginMessage(3);
    writer.string(1, RETRY_INFO);
    const value = writer.beginMessage(2);
    const delay = writer.beginMessage(1);
    writer.uint32(1, Math.floor(retryAfterMs / 1000));
    writer.uint32(2, Math.round((retryAfterMs % 1000) * 1e6));
    writer.endMessage(delay);
    writer.endMessage(value);
    writer.endMessage(detail);
  }
  return writer.finish();
}
