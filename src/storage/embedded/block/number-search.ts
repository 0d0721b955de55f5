import { Buffer } from 'node:buffer';
import type { ByteSource } from './byte-source.ts';
import { packedNumbers, readNumbers } from './number-section.ts';

/**
 * Where one number is among `count` of a section: ascending places, and the source stands behind the
 * section. Packed numbers are compared as they are packed, which takes a tenth of reading them.
 */
export type NumberSearch = (source: ByteSource, count: number) => readonly number[];

/** One search keeps one buffer for all sections. */
export function createNumberSearch(wanted: number): NumberSearch {
  let words = new Uint32Array(0);
  let packedBytes = Buffer.alloc(0);
  return (source, count) => {
    const packed = packedNumbers(source, count);
    if (packed === undefined) return placesOf(readNumbers(source, count), wanted);
    const { base, bytes, width } = packed;
    const rest = wanted - base;
    if (!Number.isInteger(rest) || rest < 0 || rest >= 2 ** width) return [];
    // One word more: the last number may seem to go on in it.
    const size = (bytes.length >>> 2) + 2;
    if (words.length < size) {
      words = new Uint32Array(size);
      packedBytes = Buffer.from(words.buffer);
    }
    packedBytes.set(bytes);
    if (width === 8 || width === 16) return wholePlaces(packedBytes, { count, width, rest });
    return packedPlaces(words, { count, width, rest });
  };
}

function placesOf(numbers: Float64Array, wanted: number): number[] {
  const places: number[] = [];
  for (let at = numbers.indexOf(wanted); at >= 0; at = numbers.indexOf(wanted, at + 1)) {
    places.push(at);
  }
  return places;
}

interface PackedSearch {
  readonly count: number;
  readonly width: number;
  readonly rest: number;
}

/** Of numbers of one or two bytes: as text, which is looked for three times as fast as a number. */
function wholePlaces(bytes: Buffer, { count, width, rest }: PackedSearch): number[] {
  const places: number[] = [];
  const size = width / 8;
  const encoding = size === 1 ? 'latin1' : 'utf16le';
  const text = String.fromCharCode(rest);
  const end = size * count;
  for (let at = bytes.indexOf(text, 0, encoding); at >= 0 && at < end;) {
    places.push(at / size);
    at = bytes.indexOf(text, at + size, encoding);
  }
  return places;
}

function packedPlaces(words: Uint32Array, { count, width, rest }: PackedSearch): number[] {
  const places: number[] = [];
  const mask = 2 ** width - 1;
  for (let at = 0, bit = 0; at < count; at++, bit += width) {
    const word = bit >>> 5;
    const shift = bit & 31;
    let number = (words[word] ?? 0) >>> shift;
    // A number that is all in this word is not reached by what is shifted beyond it.
    if (shift + width > 32) number |= (words[word + 1] ?? 0) << (32 - shift);
    if ((number & mask) === rest) places.push(at);
  }
  return places;
}
