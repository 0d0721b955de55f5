import type { Buffer } from 'node:buffer';
import type { ProtobufWriter } from '../protobuf/writer.ts';

/** Span.attributes. */
export const ATTRIBUTE = 9;

/** An attribute with a key and a value made here. */
export function writeText(writer: ProtobufWriter, key: string, value: string): void {
  const attribute = writer.beginMessage(ATTRIBUTE);
  writer.string(1, key);
  const any = writer.beginMessage(2);
  writer.string(1, value);
  writer.endMessage(any);
  writer.endMessage(attribute);
}

/** Part of a text. */
export interface TextRange {
  readonly text: Buffer;
  readonly start: number;
  readonly stop: number;
}

/** An attribute with a key made here and a value that was sent. */
export function writeRange(
  writer: ProtobufWriter,
  key: string,
  { text, start, stop }: TextRange,
): void {
  const attribute = writer.beginMessage(ATTRIBUTE);
  writer.string(1, key);
  const any = writer.beginMessage(2);
  writer.range(1, text, start, stop);
  writer.endMessage(any);
  writer.endMessage(attribute);
}

/** An attribute that is a small natural number. */
export function writeInteger(writer: ProtobufWriter, key: string, value: number): void {
  const attribute = writer.beginMessage(ATTRIBUTE);
  writer.string(1, key);
  const any = writer.beginMessage(2);
  writer.uint32(3, value);
  writer.endMessage(any);
  writer.endMessage(attribute);
}
