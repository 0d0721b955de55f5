import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attribute } from '../../../src/model/span.ts';
import { decodeKeyValue } from '../../../src/wire/otlp/decode-value.ts';
import { encodeKeyValue } from '../../../src/wire/otlp/encode-value.ts';
import { PlainAttributes } from '../../../src/wire/otlp/plain-attributes.ts';
import { isAsciiBits } from '../../../src/wire/otlp/text-bits.ts';
import { ProtobufReader } from '../../../src/wire/protobuf/reader.ts';
import { ProtobufWriter } from '../../../src/wire/protobuf/writer.ts';

const FIELD = 9;
const TAG = (FIELD << 3) | 2;

const key = fc.oneof(fc.string({ maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 130 }));
const scalar: fc.Arbitrary<Attribute['value']> = fc.oneof(
  fc.record({ type: fc.constant('string' as const), value: key }),
  fc.record({ type: fc.constant('int' as const), value: fc.bigInt(-(2n ** 63n), 2n ** 63n - 1n) }),
  fc.record({ type: fc.constant('bool' as const), value: fc.boolean() }),
  fc.record({ type: fc.constant('double' as const), value: fc.double({ noNaN: true }) }),
  fc.record({ type: fc.constant('bytes' as const), value: fc.uint8Array({ maxLength: 130 }) }),
);
const value: fc.Arbitrary<Attribute['value']> = fc.oneof(
  { weight: 9, arbitrary: scalar },
  fc.record({ type: fc.constant('array' as const), values: fc.array(scalar, { maxLength: 3 }) }),
);
const attributes = fc.array(fc.record({ key, value }), { maxLength: 12 });

function encode(list: readonly Attribute[]): Uint8Array {
  const writer = new ProtobufWriter(256);
  for (const attribute of list) encodeKeyValue(writer, FIELD, attribute);
  return writer.finish();
}

function skip(bytes: Uint8Array, limit = bytes.length): { end: number; isAscii: boolean } {
  const walker = new PlainAttributes(new DataView(bytes.buffer, bytes.byteOffset, bytes.length));
  const end = walker.skip(TAG, 0, limit);
  return { end, isAscii: isAsciiBits(walker.bits) };
}

/** What the general decoder reads up to there; it throws when that is not a whole attribute's end. */
function decode(bytes: Uint8Array, end: number): readonly Attribute[] {
  const reader = new ProtobufReader(bytes, 0, end);
  const list: Attribute[] = [];
  while (reader.hasMore()) {
    expect(reader.tag()).toBe(TAG);
    list.push(decodeKeyValue(reader));
  }
  return list;
}

function isAsciiAttribute({ key, value }: Attribute): boolean {
  const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length;
  return isAscii(key) && (value.type !== 'string' || isAscii(value.value));
}

describe('plain attributes', () => {
  it('are walked as the general decoder reads them, however their bytes are damaged', () => {
    fc.assert(
      fc.property(
        attributes,
        fc.array(fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 })), { maxLength: 3 }),
        (list, changes) => {
          const bytes = encode(list);
          for (const [at, byte] of changes) if (bytes.length > 0) bytes[at % bytes.length] = byte;
          const { end, isAscii } = skip(bytes);
          const decoded = decode(bytes, end);
          // Damaged text has replacement characters.
          expect(decoded.every(isAsciiAttribute)).toBe(isAscii);
        },
      ),
      { numRuns: 3000 },
    );
  });

  it('end where they are cut off', () => {
    fc.assert(
      fc.property(attributes, fc.nat(), (list, cut) => {
        const bytes = encode(list);
        const limit = bytes.length === 0 ? 0 : cut % bytes.length;
        const { end } = skip(bytes, limit);
        expect(end).toBeLessThanOrEqual(limit);
        decode(bytes, end);
      }),
      { numRuns: 1000 },
    );
  });

  it('are all of those with a scalar value and lengths of one byte', () => {
    const list: readonly Attribute[] = [
      { key: '', value: { type: 'string', value: '' } },
      { key: 'k', value: { type: 'string', value: 'x'.repeat(120) } },
      { key: 'code', value: { type: 'int', value: 503n } },
      { key: 'most', value: { type: 'int', value: 2n ** 63n - 1n } },
      { key: 'ok', value: { type: 'bool', value: true } },
      { key: 'ratio', value: { type: 'double', value: -0.5 } },
      { key: 'raw', value: { type: 'bytes', value: Uint8Array.of(0x80, 0xff) } },
    ];
    const bytes = encode(list);
    expect(skip(bytes)).toEqual({ end: bytes.length, isAscii: true });
    expect(decode(bytes, bytes.length)).toEqual(list);
  });

  it.each<[string, Attribute]>([
    ['a key', { key: 'é', value: { type: 'bool', value: true } }],
    ['a string', { key: 'a', value: { type: 'string', value: 'é' } }],
  ])('tell of %s that is not ASCII', (_name, attribute) => {
    const bytes = encode([attribute, { key: 'b', value: { type: 'int', value: 1n } }]);
    expect(skip(bytes)).toEqual({ end: bytes.length, isAscii: false });
  });
});
