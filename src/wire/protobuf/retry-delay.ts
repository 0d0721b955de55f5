import { WireError } from '../wire-error.ts';
import { ProtobufReader, WIRE_LENGTH, WIRE_VARINT } from './reader.ts';

const MESSAGE_1 = (1 << 3) | WIRE_LENGTH;
const MESSAGE_2 = (2 << 3) | WIRE_LENGTH;
const MESSAGE_3 = (3 << 3) | WIRE_LENGTH;
const NUMBER_1 = (1 << 3) | WIRE_VARINT;
const NUMBER_2 = (2 << 3) | WIRE_VARINT;

/** Of the trailer. */
export const STATUS_DETAILS = 'grpc-status-details-bin';

const RETRY_INFO = 'type.googleapis.com/google.rpc.RetryInfo';

/**
 * When a server wants its client to come back, in ms, of the trailer with the details of a gRPC status;
 * undefined when it does not say so, and when that cannot be read:
 * google.rpc.Status { 3 details Any { 1 type_url, 2 value RetryInfo { 1 Duration } } }.
 */
export function readRetryDelay(details: Uint8Array | undefined): number | undefined {
  if (details === undefined) return undefined;
  try {
    return decodeRetryDelay(details);
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** @throws WireError */
function decodeRetryDelay(bytes: Uint8Array): number | undefined {
  const reader = new ProtobufReader(bytes);
  let delayMs: number | undefined;
  inMessage(reader, (tag) => {
    if (tag !== MESSAGE_3) return false;
    let type = '';
    inSubMessage(reader, (inner) => {
      if (inner === MESSAGE_1) type = reader.string();
      else if (inner === MESSAGE_2 && type === RETRY_INFO) delayMs = decodeRetryInfo(reader);
      else return false;
      return true;
    });
    return true;
  });
  return delayMs;
}

/** RetryInfo { 1 retry_delay Duration { 1 seconds, 2 nanos } }. */
function decodeRetryInfo(reader: ProtobufReader): number {
  let delayMs = 0;
  inSubMessage(reader, (tag) => {
    if (tag !== MESSAGE_1) return false;
    inSubMessage(reader, (inner) => {
      if (inner === NUMBER_1) delayMs += reader.varint32() * 1000;
      else if (inner === NUMBER_2) delayMs += reader.varint32() / 1e6;
      else return false;
      return true;
    });
    return true;
  });
  return delayMs;
}

/** Reads the fields up to the limit; `take` returns false for a field it does not read. */
function inMessage(reader: ProtobufReader, take: (tag: number) => boolean): void {
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (!take(tag)) reader.skip(tag);
  }
}

function inSubMessage(reader: ProtobufReader, take: (tag: number) => boolean): void {
  const outer = reader.enter();
  inMessage(reader, take);
  reader.leave(outer);
}
