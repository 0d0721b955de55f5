import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ProtobufReader } from '../../../src/wire/protobuf/reader.ts';
import { ProtobufWriter } from '../../../src/wire/protobuf/writer.ts';
import { WireError } from '../../../src/wire/wire-error.ts';

function readerOf(hex: string): ProtobufReader {
  return new ProtobufReader(Buffer.from(hex, 'hex'));
}

describe('protobuf primitives', () => {
  it('are written as the encoding guide shows them', () => {
    const writer = new ProtobufWriter(1);
    writer.uint32(1, 150);
    writer.string(2, 'testing');
    const inner = writer.beginMessage(3);
    writer.uint32(1, 150);
    writer.endMessage(inner);
    expect(Buffer.from(writer.finish()).toString('hex')).toBe(
      '089601' + '120774657374696e67' + '1a03089601',
    );
  });

  it('come back as they were written', () => {
    fc.assert(
      fc.property(
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
        fc.nat({ max: 0xffff_ffff }),
        (signed, unsigned, word) => {
          const writer = new ProtobufWriter(1);
          writer.int64(1, signed);
          writer.fixed64(2, unsigned);
          writer.uint32(3, word);
          writer.fixed32(4, word);
          writer.double(5, 0.1);
          const reader = new ProtobufReader(writer.finish());
          const read: unknown[] = [];
          for (const value of ['int64', 'fixed64', 'uint32', 'fixed32', 'double'] as const) {
            reader.tag();
            read.push(reader[value]());
          }
          expect(read).toEqual([signed, unsigned, word, word, 0.1]);
          expect(reader.hasMore()).toBe(false);
        },
      ),
    );
  });

  it('move a sub-message when its length needs more than one byte', () => {
    for (const size of [127, 128, 16_383, 16_384, 3_000_000]) {
      const writer = new ProtobufWriter(1);
      const start = writer.beginMessage(1);
      writer.string(2, 'x'.repeat(size));
      writer.endMessage(start);
      writer.bool(3, true);
      const reader = new ProtobufReader(writer.finish());
      reader.tag();
      const outer = reader.enter();
      reader.tag();
      expect(reader.string()).toHaveLength(size);
      reader.leave(outer);
      expect(reader.tag() >>> 3).toBe(3);
    }
  });

  it.each([
    ['a varint cut off', '80', 'uint32'],
    ['a length of more than 32 bits', 'ffffffff1f', 'uint32'],
    ['a length of six bytes', '808080808001', 'uint32'],
    ['a varint of more than 64 bits', 'ffffffffffffffffff02', 'varint32'],
    ['a varint of eleven bytes', '8080808080808080808001', 'int64'],
    ['a fixed64 cut off', '00000000000000', 'fixed64'],
    ['a fixed32 cut off', '000000', 'fixed32'],
    ['a string past the end', '0361', 'string'],
    ['a message past the end', '0361', 'enter'],
    ['field number 0', '02', 'tag'],
  ] as const)('refuse %s', (_what, hex, read) => {
    expect(() => readerOf(hex)[read]()).toThrow(WireError);
  });

  it('refuse a field past the end of its message, though there are bytes', () => {
    const reader = readerOf('0a020a05' + '6161616161');
    reader.tag();
    reader.enter();
    reader.tag();
    expect(() => reader.string()).toThrow('a length of 5 past the end at byte 4');
  });

  it('refuse ids that are not hex', () => {
    expect(() => {
      new ProtobufWriter().hex(1, 'zz');
    }).toThrow(TypeError);
  });
});
