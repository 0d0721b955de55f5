import { WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
import type { ProtobufReader } from '../protobuf/reader.ts';
import { readNanos } from './time-messages.ts';

/**
 * What TraceQueryParameters of jaeger.api_v2, jaeger.api_v3 and jaeger.storage.v2 have alike, as sent:
 * '', 0n and 0 where there is nothing, undefined for a time that is absent.
 */
export interface SearchFields {
  serviceName: string;
  operationName: string;
  startNano: bigint | undefined;
  endNano: bigint | undefined;
  durationMinNano: bigint;
  durationMaxNano: bigint;
  limit: number;
}

export function emptySearchFields(): SearchFields {
  return {
    serviceName: '',
    operationName: '',
    startNano: undefined,
    endNano: undefined,
    durationMinNano: 0n,
    durationMaxNano: 0n,
    limit: 0,
  };
}

const LIMIT = 8;

/** Reads the field whose tag was read; false for one that is not among these. @throws WireError */
export function readSearchField(
  reader: ProtobufReader,
  tag: number,
  fields: SearchFields,
): boolean {
  const field = tag >>> 3;
  if (field > LIMIT || field === 3) return false;
  reader.expect(tag, field === LIMIT ? WIRE_VARINT : WIRE_LENGTH);
  switch (field) {
    case 1:
      fields.serviceName = reader.string();
      break;
    case 2:
      fields.operationName = reader.string();
      break;
    case 4:
      fields.startNano = readNanos(reader);
      break;
    case 5:
      fields.endNano = readNanos(reader);
      break;
    case 6:
      fields.durationMinNano = readNanos(reader);
      break;
    case 7:
      fields.durationMaxNano = readNanos(reader);
      break;
    default:
      fields.limit = reader.varint32() | 0;
  }
  return true;
}
