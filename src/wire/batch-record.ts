import { Buffer } from 'node:buffer';
import { TRANSPORTS, WIRE_FORMATS } from './span-batch.ts';
import type { SpanBatch, Transport, WireFormat } from './span-batch.ts';
import { WireError } from './wire-error.ts';

/**
 * A batch as a record of a log on disk, numbers little-endian: u8 version, u8 format, u8 transport (255: not known),
 * u8 zero, u32 spans, f64 received at (Unix ms), u32 bytes of the tenant; then the tenant, then the
 * OTLP bytes. Format and transport are indexes of the lists they are named in.
 */
const VERSION = 1;
const HEADER_BYTES = 20;
const UNKNOWN = 255;

export interface BatchRecord extends Pick<
  SpanBatch,
  'tenant' | 'otlp' | 'receivedAtMs' | 'format'
> {
  readonly transport: Transport | undefined;
  readonly spans: number;
}

/** The record of a batch in two parts, so that the batch's bytes are not copied. */
export function encodeBatchRecord(batch: SpanBatch): readonly [Uint8Array, Uint8Array] {
  const tenantBytes = Buffer.byteLength(batch.tenant);
  const header = Buffer.alloc(HEADER_BYTES + tenantBytes);
  header[0] = VERSION;
  header[1] = WIRE_FORMATS.indexOf(batch.format);
  header[2] = batch.transport === undefined ? UNKNOWN : TRANSPORTS.indexOf(batch.transport);
  header.writeUInt32LE(batch.scan.count, 4);
  header.writeDoubleLE(batch.receivedAtMs, 8);
  header.writeUInt32LE(tenantBytes, 16);
  header.write(batch.tenant, HEADER_BYTES);
  return [header, batch.otlp];
}

/**
 * Views the payload.
 * @throws WireError for what another version of this program, or something else, has written
 */
export function decodeBatchRecord(payload: Uint8Array): BatchRecord {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength);
  if (bytes.length < HEADER_BYTES || bytes[0] !== VERSION) {
    throw new WireError(`not a record of spans of version ${VERSION}`);
  }
  const format: WireFormat | undefined = WIRE_FORMATS[bytes[1] ?? UNKNOWN];
  const otlpStart = HEADER_BYTES + bytes.readUInt32LE(16);
  if (format === undefined || otlpStart > bytes.length) {
    throw new WireError('a record of spans has a header that cannot be');
  }
  return {
    tenant: bytes.toString('utf8', HEADER_BYTES, otlpStart),
    otlp: bytes.subarray(otlpStart),
    receivedAtMs: bytes.readDoubleLE(8),
    format,
    transport: TRANSPORTS[bytes[2] ?? UNKNOWN],
    spans: bytes.readUInt32LE(4),
  };
}
