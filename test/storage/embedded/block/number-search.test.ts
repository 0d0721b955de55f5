import { describe, expect, it } from 'vitest';
import { ByteSink } from '../../../../src/storage/embedded/block/byte-sink.ts';
import { ByteSource } from '../../../../src/storage/embedded/block/byte-source.ts';
import { createNumberSearch } from '../../../../src/storage/embedded/block/number-search.ts';
import {
  skipNumbers,
  writeNumbers,
} from '../../../../src/storage/embedded/block/number-section.ts';

const COUNT = 1_000;
const MARK = 0xa5;

/** A section of numbers that spread over `range`, before a byte that is not of it. */
function section(values: Float64Array): ByteSource {
  const sink = new ByteSink();
  writeNumbers(sink, values, values.length, 1);
  sink.u8(MARK);
  return new ByteSource(sink.buffer.subarray(0, sink.position));
}

function spread(range: number, base: number): Float64Array {
  const step = Math.floor(range / 7) + 1;
  return Float64Array.from({ length: COUNT }, (_, at) => base + ((at * step) % range));
}

function placesIn(values: Float64Array, wanted: number): readonly number[] {
  return [...values.keys()].filter((at) => values[at] === wanted);
}

describe('a search for a number in a written section', () => {
  const widths = [1, 2, 3, 5, 7, 8, 9, 13, 15, 16, 17, 18, 23, 24, 25, 31, 32, 40, 49];

  it.each(widths)('finds every place of it among numbers of %i bits', (width) => {
    const values = spread(2 ** width, 1_000_000);
    for (const wanted of new Set(values.subarray(0, 40))) {
      const source = section(values);
      const places = createNumberSearch(wanted)(source, COUNT);
      expect(places).toEqual(placesIn(values, wanted));
      expect(source.u8()).toBe(MARK);
    }
  });

  it('finds nothing for a number that is below, above or between those of the section', () => {
    const values = spread(2 ** 16, 100);
    for (const wanted of [0, 99, 100 + 2 ** 16, 2 ** 40, 101]) {
      expect(createNumberSearch(wanted)(section(values), COUNT)).toEqual(placesIn(values, wanted));
    }
  });

  it('finds numbers of two bytes whatever they were as characters, and none that lie across two', () => {
    const values = Float64Array.from([0, 0xd800, 0xdfff, 0x01d8, 0x0001, 0xffff, 0x00d8, 0xd800]);
    for (const wanted of [...values, 0xd801, 0xdf, 0xffdf]) {
      const places = createNumberSearch(wanted)(section(values), values.length);
      expect(places).toEqual(placesIn(values, wanted));
    }
  });

  it('searches sections of many sizes with one buffer', () => {
    const search = createNumberSearch(12);
    for (const size of [100, 1, 999, 2, 33]) {
      const values = Float64Array.from({ length: size }, (_, at) => at % 37);
      expect(search(section(values), size)).toEqual(placesIn(values, 12));
    }
  });

  it('finds one number that all rows have, and numbers that are not whole', () => {
    const same = new Float64Array(10).fill(7);
    expect(createNumberSearch(7)(section(same), 10)).toHaveLength(10);
    const halves = Float64Array.from([0.5, 1.5, 0.5]);
    expect(createNumberSearch(0.5)(section(halves), 3)).toEqual([0, 2]);
  });
});

describe('leaving a section out', () => {
  it.each([0, 1, 8, 17, 30, 49])('stands behind numbers of %i bits', (width) => {
    const source = section(spread(2 ** width, 5));
    skipNumbers(source, COUNT);
    expect(source.u8()).toBe(MARK);
  });

  it('stands behind numbers that are not whole', () => {
    const source = section(Float64Array.from([0.5, 1.5]));
    skipNumbers(source, 2);
    expect(source.u8()).toBe(MARK);
  });
});
