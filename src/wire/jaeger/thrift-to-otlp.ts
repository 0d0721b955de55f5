import { Buffer } from 'node:buffer';
import { madeBytesMax } from '../otlp/made-bytes-max.ts';
import { findServiceName } from '../otlp/string-attribute.ts';
import { ProtobufWriter } from '../protobuf/writer.ts';
import {
  MESSAGE_CALL,
  MESSAGE_ONEWAY,
  T_LIST,
  T_STRING,
  T_STRUCT,
} from '../thrift/thrift-reader.ts';
import type { SpanScan } from '../span-scan.ts';
import { WireError } from '../wire-error.ts';
import { zipkinSpansToOtlp } from '../zipkin/v1-thrift-to-otlp.ts';
import { CLIENT_STATS, SEQ_NO, clientReportOf, readClientStats } from './client-stats.ts';
import type { ClientStats, OnClientReport } from './client-stats.ts';
import { writeAttribute, writeServiceName } from './jaeger-tag.ts';
import { NOT_PLAIN, READ } from './copy-plain-tag.ts';
import { ScopeGroups } from './scope-groups.ts';
import { convertSpan, createConversion } from './thrift-span.ts';
import type { ThriftConversion } from './thrift-span.ts';
import { fieldKey, readTag } from './thrift-tag.ts';

export type ThriftEncoding = 'compact' | 'binary';

/** The call is well-formed and one this server does not take. */
export class UnsupportedCallError extends WireError {}

/** Beside the bytes of the spans: of messages around them. */
const ROOM_BYTES = 256;
/** Most resources take as many bytes of length as this. */
const RESOURCE_SIZE_GUESS = 200;

/** Of `client-uuid`. */
const CLIENT_UUID_KEY_BYTES = 11;

const PROCESS = fieldKey(1, T_STRUCT);
const SPANS = fieldKey(2, T_LIST);
const SERVICE_NAME = fieldKey(1, T_STRING);
const PROCESS_TAGS = fieldKey(2, T_LIST);
const BATCH_ARGUMENT = fieldKey(1, T_STRUCT);
const ZIPKIN_ARGUMENT = fieldKey(1, T_LIST);

/**
 * OTLP TracesData bytes of one Jaeger thrift Batch{1 process, 2 spans}. Spans keep their order; the
 * process is the one resource. Span by span goes from bytes to bytes, nothing is built in between.
 * @throws WireError
 */
export function jaegerBatchToOtlp(
  bytes: Uint8Array,
  encoding: ThriftEncoding,
  onClient?: OnClientReport,
): Uint8Array {
  const converter = createThriftConverter(encoding, onClient);
  converter.addBatch(bytes);
  return converter.finish();
}

/** What a call to an agent brought. */
export interface AgentCall {
  /** TracesData bytes. */
  readonly otlp: Uint8Array;
  readonly format: AgentFormat;
}

/** Any client may send either to any port. */
export type AgentFormat = 'jaeger' | 'zipkin';

/**
 * The same for what agents hear: a call of `Agent.emitBatch(1: Batch)` or of
 * `Agent.emitZipkinBatch(1: list<zipkincore.Span>)`.
 * @throws UnsupportedCallError for any other call, WireError for bytes that are none.
 */
export function agentCallToOtlp(
  bytes: Uint8Array,
  encoding: ThriftEncoding,
  onClient?: OnClientReport,
): AgentCall {
  const converter = createThriftConverter(encoding, onClient);
  const zipkin = converter.addCall(bytes);
  return zipkin === undefined
    ? { otlp: converter.finish(), format: 'jaeger' }
    : { otlp: zipkin, format: 'zipkin' };
}

/** Converts one message after the other, with the same memory. */
export interface ThriftConverter {
  /**
   * Adds the spans of a Batch to those before.
   * @throws WireError, and then nothing is added
   */
  addBatch(bytes: Uint8Array): void;
  /**
   * The same for a call to an agent. Zipkin's spans, which are of another format, are not added but
   * returned, as TracesData bytes of their own.
   * @throws UnsupportedCallError, WireError
   */
  addCall(bytes: Uint8Array): Uint8Array | undefined;
  /** TracesData bytes of all that was added since the last time, perhaps a view of more memory. */
  finish(): Uint8Array;
  /** The same, with what `scanSpans` finds in them. */
  finishScanned(): ScannedSpans;
}

export interface ScannedSpans {
  readonly otlp: Uint8Array;
  readonly scan: SpanScan;
}

/** Beyond it memory is given back after use. */
const KEPT_BYTES_MAX = 1024 * 1024;

export function createThriftConverter(
  encoding: ThriftEncoding,
  onClient: OnClientReport = () => undefined,
): ThriftConverter {
  const isCompact = encoding === 'compact';
  let writer = new ProtobufWriter();
  let conversion = createConversion(isCompact, writer);
  const clear = (): void => {
    writer.clear();
    conversion.log.clear();
    if (writer.capacity <= KEPT_BYTES_MAX) return;
    writer.free();
    writer = new ProtobufWriter();
    conversion = createConversion(isCompact, writer);
  };
  /** Adds a message, all of it or nothing. */
  const add = <T>(bytes: Uint8Array, convert: () => T): T => {
    const { position } = writer;
    conversion.reader.read(bytes);
    conversion.log.mark();
    writer.allow(madeBytesMax(bytes.length));
    // What ordinary spans take: the writer grows once a message, not by doubling.
    writer.claim(bytes.length + (bytes.length >>> 3) + ROOM_BYTES);
    let done = false;
    try {
      const result = convert();
      done = true;
      return result;
    } finally {
      if (!done) {
        writer.position = position;
        conversion.log.goBack();
        // What was claimed for it is given back as well, unless others wait in it.
        if (position === 0) clear();
      }
    }
  };
  const batch = (): undefined => {
    convertBatch(conversion, onClient);
  };
  const call = (): Uint8Array | undefined => convertCall(conversion, onClient);
  return {
    addBatch: (bytes) => {
      add(bytes, batch);
    },
    addCall: (bytes) => add(bytes, call),
    finish: () => {
      const otlp = copyOf(writer.written());
      clear();
      return otlp;
    },
    finishScanned: () => {
      const otlp = copyOf(writer.written());
      const scan = conversion.log.finish(otlp);
      clear();
      return { otlp, scan };
    },
  };
}

/** Small ones share memory: to allocate some for a few spans takes as long as to convert one. */
function copyOf(bytes: Uint8Array): Uint8Array {
  const { buffer, byteOffset, length } = Buffer.from(bytes);
  return new Uint8Array(buffer, byteOffset, length);
}

function convertCall(
  conversion: ThriftConversion,
  onClient: OnClientReport,
): Uint8Array | undefined {
  const { reader } = conversion;
  const { method, type } = reader.message();
  const isZipkin = method === 'emitZipkinBatch';
  if ((method !== 'emitBatch' && !isZipkin) || (type !== MESSAGE_ONEWAY && type !== MESSAGE_CALL)) {
    throw new UnsupportedCallError(
      `thrift: call ${JSON.stringify(method.slice(0, 64))} is not taken; ` +
        'send emitBatch or emitZipkinBatch',
    );
  }
  const argument = isZipkin ? ZIPKIN_ARGUMENT : BATCH_ARGUMENT;
  reader.enterStruct();
  while (reader.nextField()) {
    if (fieldKey(reader.fieldId, reader.fieldType) === argument) {
      if (isZipkin) return zipkinSpansToOtlp(reader);
      convertBatch(conversion, onClient);
      return undefined;
    }
    reader.skip(reader.fieldType);
  }
  throw reader.bad(`${method} without its spans ends`);
}

/** Writers put the process first; spans that come before it are stepped over and read at the end. */
function convertBatch(conversion: ThriftConversion, onClient: OnClientReport): void {
  const { reader, writer } = conversion;
  const size = reader.buffer.length;
  let hasProcess = false;
  let hasSpans = false;
  let spansAt = -1;
  let processFrom = 0;
  let processTo = 0;
  let stats: ClientStats | undefined;
  const resourceSpans = writer.beginMessage(1, size);
  reader.enterStruct();
  while (reader.nextField()) {
    const key = fieldKey(reader.fieldId, reader.fieldType);
    if (key === PROCESS && !hasProcess) {
      hasProcess = true;
      processFrom = writer.position;
      convertProcess(conversion);
      processTo = writer.position;
    } else if (key === SPANS && !hasSpans) {
      hasSpans = true;
      if (hasProcess) convertSpans(conversion);
      else {
        spansAt = reader.position;
        reader.skip(T_LIST);
      }
    } else if (key === SEQ_NO || key === CLIENT_STATS) stats = readClientStats(reader, stats);
    else reader.skip(reader.fieldType);
  }
  if (!hasProcess || !hasSpans) throw reader.bad('a Batch without process or spans ends');
  if (spansAt >= 0) {
    reader.position = spansAt;
    convertSpans(conversion);
  }
  if (stats !== undefined && conversion.mayNameClient) {
    const report = clientReportOf(writer.written().subarray(processFrom, processTo), stats);
    if (report !== undefined) onClient(report);
  }
  const moved = writer.endMessage(resourceSpans, size);
  conversion.log.endResource(resourceSpans, moved);
}

/** Process{1 serviceName required, 2 tags} as ResourceSpans.1 = Resource{1 attributes}. */
function convertProcess(conversion: ThriftConversion): void {
  const { reader, writer } = conversion;
  conversion.mayNameClient = false;
  const resource = writer.beginMessage(1, RESOURCE_SIZE_GUESS);
  let named = false;
  // Of a service.name that is the first attribute, as clients have it.
  let nameStart = 0;
  let nameEnd = 0;
  reader.enterStruct();
  while (reader.nextField()) {
    const key = fieldKey(reader.fieldId, reader.fieldType);
    if (key === SERVICE_NAME) {
      const isFirst = writer.position === resource;
      reader.bytes();
      writeServiceName(writer, reader.buffer, reader.start, reader.stop);
      named = true;
      if (isFirst) {
        nameEnd = writer.position;
        nameStart = nameEnd - (reader.stop - reader.start);
      }
    } else if (key === PROCESS_TAGS) {
      convertProcessTags(conversion);
    } else reader.skip(reader.fieldType);
  }
  if (!named) throw reader.bad('a Process without serviceName ends');
  const moved = writer.endMessage(resource, RESOURCE_SIZE_GUESS);
  const start = resource + moved;
  const name =
    nameEnd > 0
      ? { start: nameStart + moved, end: nameEnd + moved }
      : findServiceName(writer.written(), start, writer.position);
  conversion.log.resource(start, writer.position, name);
}

function convertProcessTags(conversion: ThriftConversion): void {
  const { reader, writer, copyPlainTag, tag, plainTag } = conversion;
  for (let left = reader.list(); left > 0; left -= 1) {
    const plain = copyPlainTag(reader, writer, 1, plainTag);
    if (plain === READ) writer.textPair(1, reader.view, plainTag);
    if (plain === NOT_PLAIN) {
      readTag(reader, tag);
      writeAttribute(writer, 1, reader.buffer, tag);
    }
    conversion.mayNameClient ||=
      plain === NOT_PLAIN || plainTag.keyStop - plainTag.keyStart === CLIENT_UUID_KEY_BYTES;
  }
  reader.leave();
}

function convertSpans(conversion: ThriftConversion): void {
  const { reader, writer, head, log } = conversion;
  const scopes = new ScopeGroups(writer, reader.buffer, log);
  for (let left = reader.list(); left > 0; left -= 1) {
    const { position } = reader;
    const sizeLeft = reader.buffer.length - position;
    scopes.begin(sizeLeft);
    convertSpan(conversion);
    if (scopes.takes(head.special, sizeLeft)) continue;
    reader.position = position;
    convertSpan(conversion);
    scopes.takes(head.special, sizeLeft);
  }
  scopes.close();
  reader.leave();
}
