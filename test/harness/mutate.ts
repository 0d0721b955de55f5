import { Buffer } from 'node:buffer';

/** Numbers from 0 up to, not including, `below`; the same every time for the same seed. */
export type Random = (below: number) => number;

/** xorshift32: fast, and the same everywhere. */
export function createRandom(seed: number): Random {
  let state = Math.imul(seed, 0x9e37_79b1) | 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return Math.floor(((state >>> 0) / 2 ** 32) * below);
  };
}

export interface MutationOptions {
  readonly seed: number;
  /** Whole, valid inputs. */
  readonly corpus: readonly Uint8Array[];
  /** Pieces worth putting into such inputs: lying numbers, names, punctuation. */
  readonly pieces: readonly Uint8Array[];
}

/** More would be new inputs rather than damaged ones. */
const STEPS_MAX = 3;
const COPY_BYTES_MAX = 64;

/** Damaged copies of inputs, without end: each is one to three changes away from one of the corpus. */
export function* mutants({ seed, corpus, pieces }: MutationOptions): Generator<Buffer, never> {
  const random = createRandom(seed);
  for (;;) {
    let bytes: Buffer = Buffer.from(pick(corpus, random));
    for (let steps = 1 + random(STEPS_MAX); steps > 0; steps -= 1) {
      const mutate = pick(MUTATIONS, random);
      bytes = mutate(bytes, { random, corpus, pieces });
    }
    yield bytes;
  }
}

interface Material {
  readonly random: Random;
  readonly corpus: readonly Uint8Array[];
  readonly pieces: readonly Uint8Array[];
}

type Mutation = (bytes: Buffer, material: Material) => Buffer;

/** Bytes with a meaning in a varint, a length, a tag or a text. */
const SPECIAL_BYTES = [0x00, 0x01, 0x0b, 0x0c, 0x0f, 0x20, 0x7f, 0x80, 0xc0, 0xfe, 0xff];

const MUTATIONS: readonly Mutation[] = [
  flipBit,
  flipBit,
  setSpecialByte,
  setSpecialByte,
  setAnyByte,
  addToByte,
  truncate,
  removeRange,
  duplicateRange,
  spliceOther,
  insertPiece,
  overwriteWithPiece,
  overwriteWithPiece,
];

function flipBit(bytes: Buffer, { random }: Material): Buffer {
  const at = random(bytes.length);
  return withByte(bytes, at, (bytes[at] ?? 0) ^ (1 << random(8)));
}

function setSpecialByte(bytes: Buffer, { random }: Material): Buffer {
  return withByte(bytes, random(bytes.length), pick(SPECIAL_BYTES, random));
}

function setAnyByte(bytes: Buffer, { random }: Material): Buffer {
  return withByte(bytes, random(bytes.length), random(256));
}

/** A length or a tag that is off by little. */
function addToByte(bytes: Buffer, { random }: Material): Buffer {
  const at = random(bytes.length);
  return withByte(bytes, at, ((bytes[at] ?? 0) + random(9) - 4) & 0xff);
}

function truncate(bytes: Buffer, { random }: Material): Buffer {
  return bytes.subarray(0, random(bytes.length + 1));
}

function removeRange(bytes: Buffer, { random }: Material): Buffer {
  const start = random(bytes.length);
  const end = Math.min(bytes.length, start + 1 + random(COPY_BYTES_MAX));
  return Buffer.concat([bytes.subarray(0, start), bytes.subarray(end)]);
}

function duplicateRange(bytes: Buffer, { random }: Material): Buffer {
  const start = random(bytes.length);
  const end = Math.min(bytes.length, start + 1 + random(COPY_BYTES_MAX));
  return Buffer.concat([bytes.subarray(0, end), bytes.subarray(start)]);
}

/** The beginning of one input and the end of another. */
function spliceOther(bytes: Buffer, { random, corpus }: Material): Buffer {
  const other = pick(corpus, random);
  return Buffer.concat([
    bytes.subarray(0, random(bytes.length + 1)),
    other.subarray(random(other.length)),
  ]);
}

function insertPiece(bytes: Buffer, { random, pieces }: Material): Buffer {
  const at = random(bytes.length + 1);
  return Buffer.concat([bytes.subarray(0, at), pick(pieces, random), bytes.subarray(at)]);
}

function overwriteWithPiece(bytes: Buffer, { random, pieces }: Material): Buffer {
  const piece = pick(pieces, random);
  const at = random(bytes.length + 1);
  // Half of the time a piece takes the place of one byte: that of a length it lies about.
  const behind = random(2) === 0 ? at + 1 : at + piece.length;
  return Buffer.concat([bytes.subarray(0, at), piece, bytes.subarray(behind)]);
}

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  if (at < bytes.length) bytes[at] = value;
  return bytes;
}

function pick<T>(from: readonly T[], random: Random): T {
  const item = from[random(from.length)];
  if (item === undefined) throw new Error('nothing to pick from');
  return item;
}

const hex = (digits: string): Buffer => Buffer.from(digits, 'hex');
const ascii = (text: string): Buffer => Buffer.from(text, 'latin1');

/** Varints that lie, are too long, or end a type's range; field tags of groups and of no field. */
export const VARINT_PIECES: readonly Buffer[] = [
  'ffffffff07', // 2^31 - 1
  '8080808008', // 2^31
  'ffffffff0f', // 2^32 - 1; as zigzag -2^31
  'ffffffff1f', // more than 32 bits
  '01', // as zigzag -1
  'ffffffffffffffff7f', // 2^63 - 1
  '80808080808080808001', // 2^63
  'ffffffffffffffffff01', // 2^64 - 1
  'ffffffffffffffffff02', // more than 64 bits
  'ffffffffffffffffffff01', // eleven bytes
  '808000', // zero in three bytes
  '0b0c', // a group
  '0a00', // an empty message or text
  '07', // field 0
].map(hex);

/** Sizes as four or eight big-endian bytes, and times no clock shows. */
export const FIXED_PIECES: readonly Buffer[] = [
  '7fffffff',
  '80000000',
  'ffffffff',
  '00000000',
  '00ffffff',
  '7fffffffffffffff',
  '8000000000000000',
  'ffffffffffffffff',
  '7ff0000000000000', // infinity
  '7ff8000000000000', // not a number
  '000000000000f07f',
].map(hex);

/** Names that are properties of every object, and texts that are trouble for terminals. */
export const NAME_PIECES: readonly Buffer[] = [
  ascii('__proto__'),
  ascii('constructor'),
  ascii('toString'),
  hex('c328'), // not UTF-8
  hex('eda080'), // half of a surrogate pair
  hex('f4908080'), // beyond Unicode
  hex('1b5b33316d'), // ESC [ 3 1 m
  hex('e280ae'), // right-to-left override
];

/** Values and punctuation that are wrong where they are put, or extreme where they are right. */
export const JSON_PIECES: readonly Buffer[] = [
  ...['null', 'true', '[]', '{}', '""', '0', '-0', '-1', '1e400', '-1e400', '1e-400', '0.5'],
  ...['NaN', 'Infinity', '9007199254740993', '9223372036854775808', '18446744073709551616'],
  ...['-9223372036854775809', '4294967296', '"18446744073709551615"', '"-1"', '"NaN"', '01', '1.'],
  ...[
    '[[[[',
    ']]',
    '{"a":',
    '}}',
    ',',
    ',,',
    ':',
    '"',
    '\\',
    '\\u0000',
    '\\ud800',
    '\\udc00\\ud800',
  ],
  ...['"__proto__":{},', '"constructor":1,', '"toString":"x",', '\u0000', '\n', '\ufeff', '/**/'],
].map((text) => Buffer.from(text));
