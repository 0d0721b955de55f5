import { WIRE_LENGTH } from './reader.ts';
import type { ProtobufReader } from './reader.ts';

/**
 * The string fields 1 to `count` of the message that is being read; '' for one that is absent, and of
 * one that comes twice the last. Other fields are stepped over. @throws WireError
 */
export function readTextFields(reader: ProtobufReader, count: number): readonly string[] {
  const texts = new Array<string>(count).fill('');
  while (reader.hasMore()) {
    const tag = reader.tag();
    const field = tag >>> 3;
    if (field <= count) {
      reader.expect(tag, WIRE_LENGTH);
      texts[field - 1] = reader.string();
    } else {
      reader.skip(tag);
    }
  }
  return texts;
}

/** Those of a message inside it. @throws WireError */
export function readTextMessage(reader: ProtobufReader, count: number): readonly string[] {
  const outer = reader.enter();
  const texts = readTextFields(reader, count);
  reader.leave(outer);
  return texts;
}
