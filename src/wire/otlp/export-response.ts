import { ProtobufReader, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
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

/**
 * What such an answer says; undefined when it has no partial success.
 * @throws WireError
 */
export function decodeExportResponse(bytes: Uint8Array): PartialSuccess | undefined {
  const reader = new ProtobufReader(bytes);
  let partial: PartialSuccess | undefined;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) {
      reader.expect(tag, WIRE_LENGTH);
      partial = readPartialSuccess(reader);
    } else {
      reader.skip(tag);
    }
  }
  return partial;
}

function readPartialSuccess(reader: ProtobufReader): PartialSuccess {
  const outer = reader.enter();
  let rejectedSpans = 0;
  let errorMessage = '';
  while (reader.hasMore()) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field === 1 || field === 2) reader.expect(tag, field === 1 ? WIRE_VARINT : WIRE_LENGTH);
    if (field === 1) rejectedSpans = Math.max(0, Number(reader.int64()));
    else if (field === 2) errorMessage = reader.string();
    else reader.skip(tag);
  }
  reader.leave(outer);
  return { rejectedSpans, errorMessage };
}

export function exportResponseJson(partial: PartialSuccess | undefined): string {
  if (partial === undefined) return '{}';
  const { rejectedSpans, errorMessage } = partial;
  return JSON.stringify({ partialSuccess: { rejectedSpans: String(rejectedSpans), errorMessage } });
}
