import type { JsonScanner } from '../json/json-scanner.ts';
import { WIRE_LENGTH } from '../protobuf/reader.ts';
import type { ProtobufWriter } from '../protobuf/writer.ts';

const ATTRIBUTE_TAG = (9 << 3) | WIRE_LENGTH;
const KEY_TAG = (1 << 3) | WIRE_LENGTH;
const VALUE_TAG = (2 << 3) | WIRE_LENGTH;
const TEXT_TAG = (1 << 3) | WIRE_LENGTH;
/** Tags and lengths of one byte each: of attribute and key before the key, of value and text behind. */
const HEAD_BYTES = 4;
/** Of key and value together, for the attribute's length to fit one byte. */
const TEXT_BYTES_MAX = 0x7f - HEAD_BYTES - 2;
/** An attribute, and what is copied beyond it by whole words. */
const ROOM_BYTES = 2 * HEAD_BYTES + TEXT_BYTES_MAX + 8;

/**
 * Writes the tag whose key the scanner has just read as an attribute, while its value is read: in one
 * pass, since the length fields before the value are of a known size. False, and nothing is read or
 * written, for what is too long for that or no plain string.
 */
export function copyShortTag(scanner: JsonScanner, writer: ProtobufWriter): boolean {
  const { textView, keyStart, keyStop } = scanner;
  const keySize = keyStop - keyStart;
  if (keySize > TEXT_BYTES_MAX || keyStop + 3 > textView.byteLength) return false;
  const out = writer.claim(ROOM_BYTES);
  const { position } = writer;
  const textHead = position + HEAD_BYTES + keySize;
  const text = textHead + HEAD_BYTES;
  if (!scanner.copyString(out, text, TEXT_BYTES_MAX - keySize)) return false;
  const textSize = scanner.stop - scanner.start;
  const size = 2 * HEAD_BYTES - 2 + keySize + textSize;
  out.setInt32(position, ATTRIBUTE_TAG | (size << 8) | (KEY_TAG << 16) | (keySize << 24), true);
  const end = position + HEAD_BYTES + keySize;
  for (let from = keyStart, to = position + HEAD_BYTES; to < end; from += 4, to += 4) {
    out.setInt32(to, textView.getInt32(from, true), true);
  }
  out.setInt32(
    textHead,
    VALUE_TAG | ((textSize + 2) << 8) | (TEXT_TAG << 16) | (textSize << 24),
    true,
  );
  writer.position = text + textSize;
  return true;
}
