import { Buffer } from 'node:buffer';
import type { TimeWindow } from '../../model/trace-query.ts';
import { ProtobufReader, WIRE_LENGTH, WIRE_VARINT } from '../protobuf/reader.ts';
import { readTextFields } from '../protobuf/text-fields.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { WireError } from '../wire-error.ts';
import { readNanos, sentTime, writeNanos } from './time-messages.ts';

const TRACE_ID_BYTES = 16;

export interface TraceReference {
  /** 32 hex digits. */
  readonly traceId: string;
  readonly window: TimeWindow;
}

/** GetTracesRequest{1 query: repeated GetTraceParams{1 trace_id, 2 start_time, 3 end_time}}. */
export function encodeGetTraces(traces: readonly TraceReference[]): Uint8Array {
  const writer = new ProtobufWriter();
  for (const { traceId, window } of traces) {
    const start = writer.beginMessage(1);
    writer.hex(1, traceId);
    if (window.startNano !== undefined) writeNanos(writer, 2, window.startNano);
    if (window.endNano !== undefined) writeNanos(writer, 3, window.endNano);
    writer.endMessage(start);
  }
  return writer.finish();
}

/** @throws WireError, also for a trace id that has not 16 bytes */
export function decodeGetTraces(bytes: Uint8Array): readonly TraceReference[] {
  const reader = new ProtobufReader(bytes);
  const traces: TraceReference[] = [];
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === 1) {
      reader.expect(tag, WIRE_LENGTH);
      traces.push(readTraceReference(reader));
    } else {
      reader.skip(tag);
    }
  }
  return traces;
}

function readTraceReference(reader: ProtobufReader): TraceReference {
  const outer = reader.enter();
  let id: Uint8Array = new Uint8Array(0);
  let startNano: bigint | undefined;
  let endNano: bigint | undefined;
  while (reader.hasMore()) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field >= 1 && field <= 3) reader.expect(tag, WIRE_LENGTH);
    if (field === 1) id = reader.bytes();
    else if (field === 2) startNano = sentTime(readNanos(reader));
    else if (field === 3) endNano = sentTime(readNanos(reader));
    else reader.skip(tag);
  }
  reader.leave(outer);
  if (id.length !== TRACE_ID_BYTES) {
    throw new WireError(`a trace id of ${id.length} bytes; it must have ${TRACE_ID_BYTES}`);
  }
  const window = {
    ...(startNano === undefined ? {} : { startNano }),
    ...(endNano === undefined ? {} : { endNano }),
  };
  return { traceId: Buffer.from(id).toString('hex'), window };
}

export interface OperationsRequest {
  readonly service: string;
  /** As the sender wrote it; '' asks for every kind. */
  readonly spanKind: string;
}

/** GetOperationsRequest{1 service, 2 span_kind}. */
export function encodeGetOperations({ service, spanKind }: OperationsRequest): Uint8Array {
  const writer = new ProtobufWriter();
  writer.string(1, service);
  if (spanKind !== '') writer.string(2, spanKind);
  return writer.finish();
}

/** @throws WireError */
export function decodeGetOperations(bytes: Uint8Array): OperationsRequest {
  const [service = '', spanKind = ''] = readTextFields(new ProtobufReader(bytes), 2);
  return { service, spanKind };
}

export interface TimeRange {
  readonly startNano: bigint;
  readonly endNano: bigint;
}

export interface SentTimeRange {
  readonly startNano?: bigint | undefined;
  readonly endNano?: bigint | undefined;
}

/** GetDependenciesRequest{1 start_time, 2 end_time}. */
export function encodeGetDependencies({ startNano, endNano }: TimeRange): Uint8Array {
  const writer = new ProtobufWriter();
  writeNanos(writer, 1, startNano);
  writeNanos(writer, 2, endNano);
  return writer.finish();
}

/** undefined for a time that was not sent. @throws WireError */
export function decodeGetDependencies(bytes: Uint8Array): SentTimeRange {
  const reader = new ProtobufReader(bytes);
  const range: { startNano?: bigint | undefined; endNano?: bigint | undefined } = {};
  while (reader.hasMore()) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field <= 2) reader.expect(tag, WIRE_LENGTH);
    if (field === 1) range.startNano = sentTime(readNanos(reader));
    else if (field === 2) range.endNano = sentTime(readNanos(reader));
    else reader.skip(tag);
  }
  return range;
}

/** AttributeReader.GetKeysRequest{1 service}; '' asks for the keys of all. */
export function encodeGetAttributeKeys(service: string): Uint8Array {
  const writer = new ProtobufWriter();
  if (service !== '') writer.string(1, service);
  return writer.finish();
}

/** @throws WireError */
export function decodeGetAttributeKeys(bytes: Uint8Array): string {
  const [service = ''] = readTextFields(new ProtobufReader(bytes), 1);
  return service;
}

export interface AttributeValuesRequest {
  readonly key: string;
  readonly prefix: string;
  /** At least 1. */
  readonly limit: number;
}

/** AttributeReader.GetValuesRequest{1 key, 2 prefix, 3 limit}. */
export function encodeGetAttributeValues(request: AttributeValuesRequest): Uint8Array {
  const writer = new ProtobufWriter();
  writer.string(1, request.key);
  if (request.prefix !== '') writer.string(2, request.prefix);
  writer.uint32(3, request.limit);
  return writer.finish();
}

/** @throws WireError */
export function decodeGetAttributeValues(bytes: Uint8Array): AttributeValuesRequest {
  const reader = new ProtobufReader(bytes);
  let key = '';
  let prefix = '';
  let limit = 0;
  while (reader.hasMore()) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field >= 1 && field <= 3) reader.expect(tag, field === 3 ? WIRE_VARINT : WIRE_LENGTH);
    if (field === 1) key = reader.string();
    else if (field === 2) prefix = reader.string();
    else if (field === 3) limit = reader.varint32();
    else reader.skip(tag);
  }
  if (limit < 1) throw new WireError('a limit of at least 1 is expected');
  return { key, prefix, limit };
}
