import { ProtobufWriter } from '../protobuf/writer.ts';

/** ExportTracePartialSuccess: rejected spans are lost, the sender must not send them again. */
export interface PartialSuccess {
  readonly rejectedSpans: number;
  readonly errorMessage: string;
}

/**
 * ExportTraceServiceResponse { 1 partial_success { 1 rejected_spans int64, 2 error_message } };
 * empty when everything was taken.
 */
export function encodeExportResponse(partial: PartialSuccess | undefined): Uint8Array {
  const writer = new ProtobufWriter(64);
  if (partial !== undefined) {
    const start = writer.beginMessage(1);
    writer.int64(1, BigInt(partial.rejectedSpans));
    writer.string(2, partial.errorMessage);
    writer.endMessage(start);
  }
  return writer.finish();
}

export function exportResponseJson(partial: PartialSuccess | undefined): string {
  if (partial === undefined) return '{}';
  const { rejectedSpans, errorMessage } = partial;
  return JSON.stringify({ partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } });
}
