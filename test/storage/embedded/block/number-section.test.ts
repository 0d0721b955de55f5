import { describe, expect, it } from 'vitest';
import { BlockError } from '../../../../src/storage/embedded/block/block-format.ts';
import { ByteSink } from '../../../../src/storage/embedded/block/byte-sink.ts';
import { ByteSource } from '../../../../src/storage/embedded/block/byte-source.ts';
import {
  readNarrowNumbers,
  readNumbers,
  writeNumbers,
} from '../../../../src/storage/embedded/block/number-section.ts';
import { compress, decompress } from '../../../../src/storage/embedded/block/page-compression.ts';

const COUNT = 4_096;
const BYTE = 2 ** 8;
const TWO_BYTES = 2 ** 16;
const FOUR_BYTES = 2 ** 32;
const WORD_BITS = 32;

/** A few numbers again and again, which compress well, and the greatest of all once. */
function numbersUpTo(most: number, least = 0): Float64Array {
  const few = 5;
  const step = Math.floor((most - least) / few);
  return Float64Array.from({ length: COUNT }, (_, at) =>
    at === 1 ? most : least + (at % few) * step,
  );
}

function section(values: Float64Array | Uint32Array, level: 1 | 3): ByteSource {
  const sink = new ByteSink();
  writeNumbers(sink, values, values.length, level);
  return new ByteSource(sink.buffer.subarray(0, sink.position));
}

describe('numbers that are read to be kept', () => {
  const cases = [
    { name: 'no more than a byte', values: numbersUpTo(BYTE - 1), bytes: 1 },
    { name: 'all the same', values: numbersUpTo(7, 7), bytes: 1 },
    { name: 'more than a byte', values: numbersUpTo(BYTE), bytes: 2 },
    { name: 'close to each other', values: numbersUpTo(BYTE + 1, BYTE), bytes: 2 },
    { name: 'two bytes', values: numbersUpTo(TWO_BYTES - 1), bytes: 2 },
    { name: 'more than two bytes', values: numbersUpTo(TWO_BYTES), bytes: 4 },
    { name: 'four bytes', values: numbersUpTo(FOUR_BYTES - 1), bytes: 4 },
    { name: 'more than four bytes', values: numbersUpTo(FOUR_BYTES), bytes: 8 },
    { name: 'below zero', values: numbersUpTo(1, -2), bytes: 8 },
    { name: 'not whole', values: numbersUpTo(1).fill(0.5, 3), bytes: 8 },
  ];

  it.each(cases)('are what was written, and take $bytes bytes each: $name', ({ bytes, values }) => {
    for (const level of [1, 3] as const) {
      const kept = readNarrowNumbers(section(values, level), COUNT);
      expect(Float64Array.from(kept)).toEqual(values);
      expect(kept.byteLength).toBe(bytes * COUNT);
      expect(readNumbers(section(values, level), COUNT)).toEqual(values);
    }
  });

  it('are an error where there are fewer of them in a compressed section', () => {
    expect(() => readNarrowNumbers(section(numbersUpTo(BYTE - 1), 3), COUNT + 1)).toThrow(
      BlockError,
    );
  });
});

describe('numbers that are packed', () => {
  const widths = Array.from({ length: WORD_BITS }, (_, width) => width + 1);

  it.each(widths)('are the same from words as from doubles, and come back: %i bits', (width) => {
    const values = numbersUpTo(2 ** width + 2, 3);
    const words = Uint32Array.from(values, (value) => Math.min(value, FOUR_BYTES - 1));
    const doubles = Float64Array.from(words);
    const written = section(words, 1);
    expect(written.buffer).toEqual(section(doubles, 1).buffer);
    expect(readNumbers(written, COUNT)).toEqual(doubles);
  });

  it.each([-0, Infinity, -Infinity, NaN, 2 ** 53, 0.5])('come back beside %d', (odd) => {
    const values = numbersUpTo(BYTE).fill(odd, 2, 3);
    const read = readNumbers(section(values, 1), COUNT);
    expect([...read].every((value, at) => Object.is(value, values[at]))).toBe(true);
  });

  it('come back when they are of 53 bits', () => {
    const values = numbersUpTo(Number.MAX_SAFE_INTEGER, 1);
    expect(readNumbers(section(values, 1), COUNT)).toEqual(values);
  });
});

describe('a part of a page', () => {
  const bytes = new Uint8Array(COUNT).fill(1);
  const compressed = compress(bytes, 3);

  it('is decompressed with or without its size', () => {
    expect(new Uint8Array(decompress(compressed))).toEqual(bytes);
    expect(new Uint8Array(decompress(compressed, COUNT))).toEqual(bytes);
  });

  it('takes no more memory than it has bytes, but for one', () => {
    const large = compress(new Uint8Array(TWO_BYTES), 3);
    expect(decompress(large, TWO_BYTES).buffer.byteLength).toBe(TWO_BYTES + 1);
  });

  it.each([COUNT - 1, COUNT + 1, 0])('is an error when it should have %i bytes', (size) => {
    expect(() => decompress(compressed, size)).toThrow(BlockError);
  });
});
