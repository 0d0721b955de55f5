import { describe, expect, it } from 'vitest';
import { BinaryThriftReader } from '../../../src/wire/thrift/binary-reader.ts';
import { CompactThriftReader } from '../../../src/wire/thrift/compact-reader.ts';
import { T_BOOL, T_I32, T_LIST, T_MAP, T_STRUCT } from '../../../src/wire/thrift/thrift-reader.ts';
import { WireError } from '../../../src/wire/wire-error.ts';

const compact = (...bytes: number[]): CompactThriftReader =>
  new CompactThriftReader(Uint8Array.from(bytes));
const binary = (...bytes: number[]): BinaryThriftReader =>
  new BinaryThriftReader(Uint8Array.from(bytes));

describe('CompactThriftReader', () => {
  it('reads zigzag numbers of 32 bits', () => {
    expect(compact(0x01).i32()).toBe(-1);
    expect(compact(0xff, 0xff, 0xff, 0xff, 0x0f).i32()).toBe(-(2 ** 31));
    expect(compact(0xfe, 0xff, 0xff, 0xff, 0x0f).i32()).toBe(2 ** 31 - 1);
  });

  it.each([0n, 1n, -1n, 63n, -64n, 2n ** 31n, -(2n ** 31n), 2n ** 63n - 1n, -(2n ** 63n)])(
    'reads the 64-bit number %s',
    (value) => {
      const reader = compact(...zigzagVarint(value));
      reader.i64();
      const unsigned = (BigInt(reader.high) << 32n) | BigInt(reader.low);
      expect(BigInt.asIntN(64, unsigned)).toBe(value);
    },
  );

  it('reads 64-bit numbers of every length, with more behind them or not', () => {
    for (let bits = 0n; bits < 64n; bits += 1n) {
      for (const value of [1n << bits, (1n << bits) - 1n, -(1n << bits)]) {
        const signed = BigInt.asIntN(64, value);
        const bytes = zigzagVarint(signed);
        for (const behind of [0, 1, 9, 20]) {
          const reader = compact(...bytes, ...new Uint8Array(behind).fill(0xff));
          reader.i64();
          const unsigned = (BigInt(reader.high) << 32n) | BigInt(reader.low);
          expect([BigInt.asIntN(64, unsigned), reader.position]).toEqual([signed, bytes.length]);
        }
      }
    }
  });

  it('reads field ids as deltas and bools from the header', () => {
    const reader = compact(0x11, 0x32, 0x05, 0x28, 0x54, 0x00);
    reader.enterStruct();
    expect(reader.nextField()).toBe(true);
    expect([reader.fieldId, reader.fieldType, reader.bool()]).toEqual([1, T_BOOL, true]);
    expect(reader.nextField()).toBe(true);
    expect([reader.fieldId, reader.bool()]).toEqual([4, false]);
    expect(reader.nextField()).toBe(true);
    expect([reader.fieldId, reader.fieldType, reader.i32()]).toEqual([20, T_I32, 42]);
    expect(reader.nextField()).toBe(false);
  });

  it('refuses a number longer than its type', () => {
    expect(() => compact(0xff, 0xff, 0xff, 0xff, 0x1f).i32()).toThrow(/number too long/);
    const eleven = Array.from({ length: 10 }, () => 0x80);
    expect(() => {
      compact(...eleven, 1).i64();
    }).toThrow(/number too long/);
    const nine = eleven.slice(1);
    expect(() => {
      compact(...nine, 2).i64();
    }).toThrow(/number too long/);
  });

  it('refuses a list of two billion elements without believing it', () => {
    const reader = compact(0xfc, 0xff, 0xff, 0xff, 0xff, 0x07);
    expect(() => reader.list()).toThrow(/a list of 2147483647 elements does not fit/);
  });

  it('refuses a text that is longer than the message', () => {
    expect(() => {
      compact(0xff, 0xff, 0xff, 0xff, 0x07, 0x61).bytes();
    }).toThrow(WireError);
  });

  it('refuses types that do not exist', () => {
    const reader = compact(0x1d);
    reader.enterStruct();
    expect(() => reader.nextField()).toThrow(/unknown type 13/);
  });

  it('skips 64 levels and refuses more', () => {
    const nested = (levels: number): number[] => [
      ...Array.from({ length: levels - 1 }, () => 0x19),
      0x03,
    ];
    expect(() => {
      compact(...nested(64)).skip(T_LIST);
    }).not.toThrow();
    expect(() => {
      compact(...nested(65), 0).skip(T_LIST);
    }).toThrow(/nested deeper than 64 levels/);
  });

  it('skips maps, the empty one without types too', () => {
    const reader = compact(0x00, 0x01, 0x85, 0x01, 0x61, 0x02);
    reader.skip(T_MAP);
    expect(reader.position).toBe(1);
    reader.skip(T_MAP);
    expect(reader.position).toBe(6);
  });
});

describe('BinaryThriftReader', () => {
  it('refuses negative sizes', () => {
    expect(() => {
      binary(0xff, 0xff, 0xff, 0xff).bytes();
    }).toThrow(/negative size/);
    expect(() => binary(0x0c, 0xff, 0xff, 0xff, 0xff).list()).toThrow(/does not fit/);
  });

  it('refuses a list that cannot fit by the size of its elements', () => {
    expect(() => binary(0x0a, 0, 0, 0, 2, ...new Uint8Array(15)).list()).toThrow(/does not fit/);
    expect(binary(0x0a, 0, 0, 0, 2, ...new Uint8Array(16)).list()).toBe(2);
  });

  it('refuses another protocol version', () => {
    expect(() => binary(0x80, 0x02, 0, 1).message()).toThrow(/unknown protocol version/);
  });

  it('refuses structs nested deeper than 64 levels', () => {
    const fields = Array.from({ length: 70 }, () => [0x0c, 0, 1]).flat();
    expect(() => {
      binary(...fields).skip(T_STRUCT);
    }).toThrow(/nested deeper than 64 levels/);
  });
});

function zigzagVarint(value: bigint): number[] {
  let rest = BigInt.asUintN(64, (value << 1n) ^ (value >> 63n));
  const bytes: number[] = [];
  while (rest > 0x7fn) {
    bytes.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  return [...bytes, Number(rest)];
}
