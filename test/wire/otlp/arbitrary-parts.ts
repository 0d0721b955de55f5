import fc from 'fast-check';
import { encodeWithProtobufjs } from './otlp-proto.ts';
import type { OtlpMessage } from './otlp-proto.ts';

/** Of fields and payloads below 128, as all here are but groups. */
function field(number: number, payload: Uint8Array): Buffer {
  const length: number[] = [];
  for (let left = payload.length; ; left >>>= 7) {
    if (left < 0x80) {
      length.push(left);
      break;
    }
    length.push((left & 0x7f) | 0x80);
  }
  return Buffer.concat([Buffer.from([(number << 3) | 2, ...length]), payload]);
}

function fields(number: number, message: OtlpMessage): (value: object) => Buffer {
  return (value) => field(number, encodeWithProtobufjs(message, value));
}

const attributes = fc.array(
  fc.record({
    key: fc.constantFrom('service.name', 'a', 'b'),
    value: fc.oneof(
      fc.record({ stringValue: fc.constantFrom('', 'cart', 'pay') }),
      fc.record({ intValue: fc.constantFrom(1, 2) }),
    ),
  }),
  { maxLength: 3 },
);
const count = { droppedAttributesCount: fc.constantFrom(1, 2) };
const some = { requiredKeys: [] };

const resourcePart = fc.record({ attributes, ...count }, some).map(fields(1, 'Resource'));
const text = fc.constantFrom('x', 'y');
const scopePart = fc
  .record({ name: text, version: text, attributes, ...count }, some)
  .map(fields(1, 'InstrumentationScope'));
const statusPart = fc
  .record({ message: text, code: fc.constantFrom(0, 1, 2) }, some)
  .map(fields(15, 'Status'));
const span = fc
  .array(statusPart, { maxLength: 3 })
  .map((parts) => field(2, Buffer.concat([field(5, Buffer.from('n')), ...parts])));
const schemaUrl = fc.constantFrom('', 'u').map((url) => field(3, Buffer.from(url)));
const scopeSpans = fc
  .array(fc.oneof(scopePart, span, schemaUrl), { maxLength: 6 })
  .map((parts) => field(2, Buffer.concat(parts)));
const resourceSpans = fc
  .array(fc.oneof(resourcePart, scopeSpans, schemaUrl), { maxLength: 6 })
  .map((parts) => field(1, Buffer.concat(parts)));

/** TracesData messages whose resources, scopes and statuses come in none, one or several parts, in any order. */
export const arbitraryParts = fc
  .array(resourceSpans, { maxLength: 4 })
  .map((parts) => Buffer.concat(parts));
