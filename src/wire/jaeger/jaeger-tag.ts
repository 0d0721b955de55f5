import { Buffer } from 'node:buffer';
import type { ProtobufWriter } from '../protobuf/writer.ts';
import { equalBytes } from './equal-bytes.ts';

/** jaeger.thrift TagType. Its order differs from that of the protobuf model. */
export const TAG_STRING = 0;
export const TAG_DOUBLE = 1;
export const TAG_BOOL = 2;
export const TAG_LONG = 3;
export const TAG_BINARY = 4;

/** One Tag as ranges and halves of the bytes it was read from; one record is reused for all. */
export interface JaegerTag {
  keyStart: number;
  keyEnd: number;
  type: number;
  textStart: number;
  textEnd: number;
  bool: boolean;
  doubleLow: number;
  doubleHigh: number;
  longLow: number;
  longHigh: number;
  binaryStart: number;
  binaryEnd: number;
}

export function createTag(): JaegerTag {
  return {
    keyStart: 0,
    keyEnd: 0,
    type: 0,
    textStart: 0,
    textEnd: 0,
    bool: false,
    doubleLow: 0,
    doubleHigh: 0,
    longLow: 0,
    longHigh: 0,
    binaryStart: 0,
    binaryEnd: 0,
  };
}

/** A string without key and text. */
export function clearTag(tag: JaegerTag): void {
  tag.type = TAG_STRING;
  tag.keyStart = tag.keyEnd = tag.textStart = tag.textEnd = tag.binaryStart = tag.binaryEnd = 0;
  tag.doubleLow = tag.doubleHigh = tag.longLow = tag.longHigh = 0;
  tag.bool = false;
}

const EVENT_KEY = Buffer.from('event');

/** Whether a field of a log is what OTLP calls the name of an event. */
export function isEventName(source: Buffer, tag: JaegerTag): boolean {
  return tag.type === TAG_STRING && isEventKey(source, tag.keyStart, tag.keyEnd);
}

export function isEventKey(source: Buffer, start: number, end: number): boolean {
  return end - start === EVENT_KEY.length && equalBytes(source, start, EVENT_KEY);
}

/** OTLP KeyValue{1 key, 2 value}, AnyValue{1 string, 2 bool, 3 int, 4 double, 7 bytes}. */
export function writeAttribute(
  writer: ProtobufWriter,
  field: number,
  source: Buffer,
  tag: JaegerTag,
): void {
  const attribute = writer.beginMessage(field);
  writer.range(1, source, tag.keyStart, tag.keyEnd);
  const value = writer.beginMessage(2);
  switch (tag.type) {
    case TAG_STRING:
      writer.range(1, source, tag.textStart, tag.textEnd);
      break;
    case TAG_DOUBLE:
      writer.fixed64Halves(4, tag.doubleLow, tag.doubleHigh);
      break;
    case TAG_BOOL:
      writer.bool(2, tag.bool);
      break;
    case TAG_LONG:
      writer.int64Halves(3, tag.longLow, tag.longHigh);
      break;
    case TAG_BINARY:
      writer.range(7, source, tag.binaryStart, tag.binaryEnd);
      break;
    default:
      writer.string(1, `<Unknown Jaeger TagType ${tag.type}>`);
  }
  writer.endMessage(value);
  writer.endMessage(attribute);
}

/** KeyValue.1 of a service's name. */
const SERVICE_NAME_KEY = Buffer.from('\n\x0cservice.name');

/** The attribute of a resource that names its service. */
export function writeServiceName(
  writer: ProtobufWriter,
  source: Buffer,
  start: number,
  end: number,
): void {
  const attribute = writer.beginMessage(1);
  writer.raw(SERVICE_NAME_KEY);
  const value = writer.beginMessage(2);
  writer.range(1, source, start, end);
  writer.endMessage(value);
  writer.endMessage(attribute);
}
