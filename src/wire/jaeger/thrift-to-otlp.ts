import type { Buffer } from 'node:buffer';
import { ProtobufWriter } from '../protobuf/writer.ts';
import { BinaryThriftReader } from '../thrift/binary-reader.ts';
import { CompactThriftReader } from '../thrift/compact-reader.ts';
import {
  MESSAGE_CALL,
  MESSAGE_ONEWAY,
  T_LIST,
  T_STRING,
  T_STRUCT,
} from '../thrift/thrift-reader.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';
import { WireError } from '../wire-error.ts';
import { createSpan, readSpan } from './thrift-span.ts';
import type { ThriftSpan } from './thrift-span.ts';
import { fieldKey, readTag, writeAttribute } from './thrift-tag.ts';
import type { ThriftTag } from './thrift-tag.ts';
import { writeOtlpSpan } from './write-otlp-span.ts';

export type ThriftEncoding = 'compact' | 'binary';

/** The call is well-formed and one this server does not take. */
export class UnsupportedCallError extends WireError {}

const PROCESS = fieldKey(1, T_STRUCT);
const SPANS = fieldKey(2, T_LIST);
const SERVICE_NAME = fieldKey(1, T_STRING);
const PROCESS_TAGS = fieldKey(2, T_LIST);
const BATCH_ARGUMENT = fieldKey(1, T_STRUCT);

/**
 * OTLP TracesData bytes of one Jaeger thrift Batch{1 process, 2 spans}. Spans keep their order; the
 * process is the one resource. Span by span goes from bytes to bytes, nothing is built in between.
 * @throws WireError
 */
export function jaegerBatchToOtlp(bytes: Uint8Array, encoding: ThriftEncoding): Uint8Array {
  return convertBatch(createReader(bytes, encoding));
}

/**
 * The same for what agents hear: a call of `Agent.emitBatch(1: Batch)`.
 * @throws UnsupportedCallError for any other call, WireError for bytes that are none.
 */
export function agentCallToOtlp(bytes: Uint8Array, encoding: ThriftEncoding): Uint8Array {
  const reader = createReader(bytes, encoding);
  const { method, type } = reader.message();
  if (method !== 'emitBatch' || (type !== MESSAGE_ONEWAY && type !== MESSAGE_CALL)) {
    throw new UnsupportedCallError(
      `thrift: call ${JSON.stringify(method.slice(0, 64))} is not taken; send emitBatch`,
    );
  }
  reader.enterStruct();
  while (reader.nextField()) {
    if (fieldKey(reader.fieldId, reader.fieldType) === BATCH_ARGUMENT) return convertBatch(reader);
    reader.skip(reader.fieldType);
  }
  throw reader.bad('emitBatch without a batch ends');
}

function createReader(bytes: Uint8Array, encoding: ThriftEncoding): ThriftReader {
  return encoding === 'compact' ? new CompactThriftReader(bytes) : new BinaryThriftReader(bytes);
}

/** Writers put the process first; spans that come before it are stepped over and read at the end. */
function convertBatch(reader: ThriftReader): Uint8Array {
  const writer = new ProtobufWriter(reader.buffer.length * 2);
  const span = createSpan();
  let hasProcess = false;
  let hasSpans = false;
  let spansAt = -1;
  const resourceSpans = writer.beginMessage(1);
  reader.enterStruct();
  while (reader.nextField()) {
    const key = fieldKey(reader.fieldId, reader.fieldType);
    if (key === PROCESS && !hasProcess) {
      hasProcess = true;
      writeResource(writer, reader, span.tag);
    } else if (key === SPANS && !hasSpans) {
      hasSpans = true;
      if (hasProcess) writeSpans(writer, reader, span);
      else {
        spansAt = reader.position;
        reader.skip(T_LIST);
      }
    } else reader.skip(reader.fieldType);
  }
  if (!hasProcess || !hasSpans) throw reader.bad('a Batch without process or spans ends');
  if (spansAt >= 0) {
    reader.position = spansAt;
    writeSpans(writer, reader, span);
  }
  writer.endMessage(resourceSpans);
  return writer.finish();
}

/** Process{1 serviceName required, 2 tags} as ResourceSpans.1 = Resource{1 attributes}. */
function writeResource(writer: ProtobufWriter, reader: ThriftReader, tag: ThriftTag): void {
  const resource = writer.beginMessage(1);
  let named = false;
  reader.enterStruct();
  while (reader.nextField()) {
    const key = fieldKey(reader.fieldId, reader.fieldType);
    if (key === SERVICE_NAME) {
      named = true;
      reader.bytes();
      writeServiceName(writer, reader);
    } else if (key === PROCESS_TAGS) {
      for (let left = reader.list(); left > 0; left--) {
        readTag(reader, tag);
        writeAttribute(writer, 1, reader.buffer, tag);
      }
      reader.leave();
    } else reader.skip(reader.fieldType);
  }
  if (!named) throw reader.bad('a Process without serviceName ends');
  writer.endMessage(resource);
}

function writeServiceName(writer: ProtobufWriter, reader: ThriftReader): void {
  const attribute = writer.beginMessage(1);
  writer.string(1, 'service.name');
  const value = writer.beginMessage(2);
  writer.range(1, reader.buffer, reader.start, reader.stop);
  writer.endMessage(value);
  writer.endMessage(attribute);
}

/** One ScopeSpans{1 scope, 2 spans} for each run of spans that name the same scope. */
function writeSpans(writer: ProtobufWriter, reader: ThriftReader, span: ThriftSpan): void {
  const { special } = span;
  const { buffer } = reader;
  let scopeSpans = -1;
  let name = '';
  let version = '';
  for (let left = reader.list(); left > 0; left--) {
    readSpan(reader, span);
    const next = reader.position;
    const spanName = textOf(buffer, special.scopeNameStart, special.scopeNameEnd);
    const spanVersion = textOf(buffer, special.scopeVersionStart, special.scopeVersionEnd);
    if (scopeSpans < 0 || spanName !== name || spanVersion !== version) {
      if (scopeSpans >= 0) writer.endMessage(scopeSpans);
      name = spanName;
      version = spanVersion;
      scopeSpans = writer.beginMessage(2);
      writeScope(writer, name, version);
    }
    writeOtlpSpan(writer, 2, reader, span);
    reader.position = next;
  }
  if (scopeSpans >= 0) writer.endMessage(scopeSpans);
  reader.leave();
}

function textOf(buffer: Buffer, start: number, end: number): string {
  return start === end ? '' : buffer.toString('utf8', start, end);
}

/** InstrumentationScope{1 name, 2 version}. */
function writeScope(writer: ProtobufWriter, name: string, version: string): void {
  if (name === '' && version === '') return;
  const scope = writer.beginMessage(1);
  if (name !== '') writer.string(1, name);
  if (version !== '') writer.string(2, version);
  writer.endMessage(scope);
}
