import { Buffer } from 'node:buffer';
import { ProtobufReader, WIRE_LENGTH } from '../protobuf/reader.ts';
import { T_I64, T_STRUCT } from '../thrift/thrift-reader.ts';
import type { ThriftReader } from '../thrift/thrift-reader.ts';
import { fieldKey } from './thrift-tag.ts';

/** What a client says of itself in its batches. All numbers count since the client's start. */
export interface ClientStats {
  /** Batches it has sent, this one included; 0 when it does not say. */
  seqNo: number;
  drops: ClientDrops | undefined;
}

/** Spans that a client lost. */
export interface ClientDrops {
  /** Its queue was full. */
  fullQueue: number;
  /** They did not fit a packet. */
  tooLarge: number;
  /** They could not be sent. */
  failedToEmit: number;
}

/** The same with the client's name, which is the tag `client-uuid` of its process. */
export interface ClientReport {
  readonly clientUuid: string;
  readonly seqNo: number;
  readonly drops: ClientDrops | undefined;
}

/** Told of every batch whose client says something of itself. */
export type OnClientReport = (report: ClientReport) => void;

/** Fields of a Batch. */
export const SEQ_NO = fieldKey(3, T_I64);
export const CLIENT_STATS = fieldKey(4, T_STRUCT);

/** Reads the current field of a Batch, SEQ_NO or CLIENT_STATS, into what is known of the client. */
export function readClientStats(reader: ThriftReader, known: ClientStats | undefined): ClientStats {
  const stats = known ?? { seqNo: 0, drops: undefined };
  if (reader.fieldType === T_I64) stats.seqNo = readNumber(reader);
  else stats.drops = readDrops(reader);
  return stats;
}

const FULL_QUEUE = fieldKey(1, T_I64);
const TOO_LARGE = fieldKey(2, T_I64);
const FAILED_TO_EMIT = fieldKey(3, T_I64);

/** ClientStats{1 fullQueueDroppedSpans, 2 tooLargeDroppedSpans, 3 failedToEmitSpans}. */
function readDrops(reader: ThriftReader): ClientDrops {
  const drops = { fullQueue: 0, tooLarge: 0, failedToEmit: 0 };
  reader.enterStruct();
  while (reader.nextField()) {
    switch (fieldKey(reader.fieldId, reader.fieldType)) {
      case FULL_QUEUE:
        drops.fullQueue = readNumber(reader);
        break;
      case TOO_LARGE:
        drops.tooLarge = readNumber(reader);
        break;
      case FAILED_TO_EMIT:
        drops.failedToEmit = readNumber(reader);
        break;
      default:
        reader.skip(reader.fieldType);
    }
  }
  return drops;
}

function readNumber(reader: ThriftReader): number {
  reader.i64();
  return (reader.high | 0) * 2 ** 32 + reader.low;
}

/**
 * What a batch says of its client; undefined when that has no name, or does not number its batches.
 * `process` is what its process was turned into: the bytes of an OTLP Resource, with whatever around it.
 */
export function clientReportOf(process: Uint8Array, stats: ClientStats): ClientReport | undefined {
  if (stats.seqNo <= 0) return undefined;
  const clientUuid = findClientUuid(process);
  return clientUuid === '' ? undefined : { clientUuid, ...stats };
}

const UUID_BYTES_MAX = 256;
const TEXT_1 = (1 << 3) | WIRE_LENGTH;
const MESSAGE_2 = (2 << 3) | WIRE_LENGTH;
/** KeyValue.1 of the tag. */
const KEY = Buffer.from([TEXT_1, 'client-uuid'.length, ...Buffer.from('client-uuid')]);

/**
 * The string attribute `client-uuid`; '' without one. Looked for as bytes: packets are many, and whoever
 * hides the same bytes in a value fools nobody but himself.
 */
function findClientUuid(process: Uint8Array): string {
  const reader = new ProtobufReader(process);
  const { buffer } = reader;
  const at = buffer.indexOf(KEY);
  if (at < 0) return '';
  reader.position = at + KEY.length;
  if (!enters(reader, MESSAGE_2) || !enters(reader, TEXT_1)) return '';
  const { position, limit } = reader;
  return limit - position > UUID_BYTES_MAX ? '' : buffer.toString('utf8', position, limit);
}

/** Enters a field whose tag is one byte, when it is next. */
function enters(reader: ProtobufReader, tag: number): boolean {
  const { buffer, position, limit } = reader;
  if (position >= limit || buffer[position] !== tag) return false;
  reader.position = position + 1;
  const end = reader.payloadEnd();
  reader.limit = end;
  return true;
}
