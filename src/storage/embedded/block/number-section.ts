import type { Buffer } from 'node:buffer';
import type { ByteSink } from './byte-sink.ts';
import type { ByteSource } from './byte-source.ts';
import { BlockError } from './block-format.ts';
import { compress, decompress } from './page-compression.ts';
import type { CompressionLevel } from './page-compression.ts';

/*
 * Numbers of one page: a byte that says how, then
 *   CONSTANT  f64
 *   PACKED    f64 base, u8 width, the numbers less the base in `width` bits each
 *   SQUEEZED  f64 base, u8 bytes a number, a zstd block of them
 *   DOUBLES   f64 each
 * Packed numbers are cut into limbs of 24 bits, one stream of bits a limb.
 */
const CONSTANT = 0;
const PACKED = 1;
const SQUEEZED = 2;
const DOUBLES = 3;

const LIMB_BITS = 24;
const LIMB = 2 ** LIMB_BITS;

/** What is gained below this is not worth a decompression each time the page is read. */
const WORTH_SQUEEZING = 0.9;
/** A call of the compressor takes as long as packing thousands of numbers. */
const SQUEEZED_BYTES_MIN = 256;

/** Writes `count` numbers: integers between 0 and 2^53, or any doubles. */
export function writeNumbers(
  sink: ByteSink,
  values: Float64Array | Int32Array | Uint32Array,
  count: number,
  level: CompressionLevel,
): void {
  const { low, high, isWhole } =
    values instanceof Uint32Array ? boundsOfWords(values, count) : boundsOfDoubles(values, count);
  if (!isWhole || high - low > Number.MAX_SAFE_INTEGER) {
    sink.u8(DOUBLES);
    for (let at = 0; at < count; at++) sink.f64(values[at] ?? 0);
  } else if (low >= high) {
    sink.u8(CONSTANT);
    sink.f64(count === 0 ? 0 : low);
  } else {
    const range = { base: low, width: bitsOf(high - low), count };
    if (level === 1 || !writeSqueezed(sink, values, range, level)) writePacked(sink, values, range);
  }
}

interface Bounds {
  readonly low: number;
  readonly high: number;
  readonly isWhole: boolean;
}

// A loop for words and one for doubles: one for both would be compiled for neither.

function boundsOfWords(values: Uint32Array, count: number): Bounds {
  let low = Infinity;
  let high = -Infinity;
  for (let at = 0; at < count; at++) {
    const value = values[at] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
  }
  return { low, high, isWhole: true };
}

function boundsOfDoubles(values: Float64Array | Int32Array, count: number): Bounds {
  let low = Infinity;
  let high = -Infinity;
  let isWhole = true;
  for (let at = 0; at < count; at++) {
    const value = values[at] ?? 0;
    if (value < low) low = value;
    if (value > high) high = value;
    if (Math.floor(value) !== value || (value === 0 && Object.is(value, -0))) isWhole = false;
  }
  const isSafe = low >= Number.MIN_SAFE_INTEGER && high <= Number.MAX_SAFE_INTEGER;
  return { low, high, isWhole: isWhole && (isSafe || count === 0) };
}

interface Range {
  readonly base: number;
  /** Bits of the greatest number less the base. */
  readonly width: number;
  readonly count: number;
}

function bitsOf(range: number): number {
  let bits = 1;
  while (2 ** bits <= range) bits += 1;
  return bits;
}

function writePacked(
  sink: ByteSink,
  values: Float64Array | Int32Array | Uint32Array,
  range: Range,
): void {
  const { base, count, width } = range;
  sink.u8(PACKED);
  sink.f64(base);
  sink.u8(width);
  const limbs = new Uint32Array(count);
  let divisor = 1;
  for (let rest = width; rest > 0; rest -= LIMB_BITS) {
    if (values instanceof Uint32Array) limbsOfWords(values, limbs, base, divisor);
    else limbsOfDoubles(values, limbs, base, divisor);
    writeLimbs(sink, limbs, Math.min(rest, LIMB_BITS));
    divisor *= LIMB;
  }
}

/** `divisor` is the bits below the limb, as a factor. */
function limbsOfWords(
  values: Uint32Array,
  limbs: Uint32Array,
  base: number,
  divisor: number,
): void {
  const shift = divisor === 1 ? 0 : LIMB_BITS;
  const from = base >>> 0;
  for (let at = 0; at < limbs.length; at++) {
    limbs[at] = (((values[at] ?? 0) - from) >>> shift) & (LIMB - 1);
  }
}

function limbsOfDoubles(
  values: Float64Array | Int32Array,
  limbs: Uint32Array,
  base: number,
  divisor: number,
): void {
  for (let at = 0; at < limbs.length; at++) {
    // Of a number beyond 32 bits `>>>` takes the lowest ones; a remainder would be slow.
    limbs[at] = (Math.floor(((values[at] ?? 0) - base) / divisor) >>> 0) & (LIMB - 1);
  }
}

function writeLimbs(sink: ByteSink, limbs: Uint32Array, width: number): void {
  const packed = new Uint32Array(Math.ceil((limbs.length * width) / 32));
  let words = 0;
  let pending = 0;
  let bits = 0;
  for (const limb of limbs) {
    pending |= limb << bits;
    bits += width;
    if (bits < 32) continue;
    packed[words++] = pending;
    bits -= 32;
    // What did not fit. A limb has fewer than 32 bits, so nothing is shifted by 32.
    pending = limb >>> (width - bits);
  }
  if (bits > 0) packed[words] = pending;
  sink.words(packed, Math.ceil((limbs.length * width) / 8));
}

/** False, with nothing written, when packing alone is about as small. */
function writeSqueezed(
  sink: ByteSink,
  values: Float64Array | Int32Array | Uint32Array,
  { base, width, count }: Range,
  level: CompressionLevel,
): boolean {
  const packedBytes = (count * width) >>> 3;
  if (width > 32 || packedBytes < SQUEEZED_BYTES_MIN) return false;
  const size = width <= 8 ? 1 : width <= 16 ? 2 : 4;
  const plain =
    size === 1 ? new Uint8Array(count) : size === 2 ? new Uint16Array(count) : undefined;
  const wide = plain ?? new Uint32Array(count);
  for (let at = 0; at < count; at++) wide[at] = (values[at] ?? 0) - base;
  const squeezed = compress(new Uint8Array(wide.buffer), level);
  if (squeezed.length > packedBytes * WORTH_SQUEEZING) return false;
  sink.u8(SQUEEZED);
  sink.f64(base);
  sink.u8(size);
  sink.block(squeezed);
  return true;
}

/** Numbers of one limb, as they are packed: each less the base, in `width` bits. */
export interface PackedNumbers {
  readonly base: number;
  readonly width: number;
  readonly bytes: Buffer;
}

/** undefined, with nothing read, when the numbers are not written like that. @throws BlockError */
export function packedNumbers(source: ByteSource, count: number): PackedNumbers | undefined {
  const start = source.position;
  if (source.u8() === PACKED) {
    const base = source.f64();
    const width = source.u8();
    if (width <= LIMB_BITS) {
      return { base, width, bytes: source.bytes(Math.ceil((count * width) / 8)) };
    }
  }
  source.position = start;
  return undefined;
}

/** Leaves `count` numbers out. @throws BlockError */
export function skipNumbers(source: ByteSource, count: number): void {
  const how = source.u8();
  switch (how) {
    case CONSTANT:
      source.f64();
      break;
    case PACKED:
      source.f64();
      for (let rest = source.u8(); rest > 0; rest -= LIMB_BITS) {
        source.bytes(Math.ceil((count * Math.min(rest, LIMB_BITS)) / 8));
      }
      break;
    case SQUEEZED:
      source.f64();
      source.u8();
      source.block();
      break;
    case DOUBLES:
      source.bytes(8 * count);
      break;
    default:
      throw new BlockError(`numbers written in an unknown way ${how}`);
  }
}

/** Whole numbers in as few bytes as they fit in, or any doubles. */
export type NumberArray = Uint8Array | Uint16Array | Uint32Array | Float64Array;

/** Reads `count` numbers, to be worked on. @throws BlockError */
export function readNumbers(source: ByteSource, count: number): Float64Array {
  return readSection(source, () => new Float64Array(count));
}

/** Reads `count` numbers, to be kept: small ones take an eighth of the memory. @throws BlockError */
export function readNarrowNumbers(source: ByteSource, count: number): NumberArray {
  return readSection<NumberArray>(source, (least, most) => {
    if (!(least >= 0)) return new Float64Array(count);
    if (most < 2 ** 8) return new Uint8Array(count);
    if (most < 2 ** 16) return new Uint16Array(count);
    return most < 2 ** 32 ? new Uint32Array(count) : new Float64Array(count);
  });
}

/** Gives an array for whole numbers between these, or for any doubles when they are infinite. */
type MakeArray<T> = (least: number, most: number) => T;

function readSection<T extends NumberArray>(source: ByteSource, make: MakeArray<T>): T {
  const how = source.u8();
  switch (how) {
    case CONSTANT: {
      const value = source.f64();
      const values = make(value, value);
      if (value !== 0) values.fill(value);
      return values;
    }
    case PACKED:
      return readPacked(source, make);
    case SQUEEZED:
      return readSqueezed(source, make);
    case DOUBLES: {
      const values = make(-Infinity, Infinity);
      for (let at = 0; at < values.length; at++) values[at] = source.f64();
      return values;
    }
    default:
      throw new BlockError(`numbers written in an unknown way ${how}`);
  }
}

function readPacked<T extends NumberArray>(source: ByteSource, make: MakeArray<T>): T {
  const base = source.f64();
  const width = source.u8();
  const values = make(base, base + 2 ** width - 1);
  const count = values.length;
  if (width <= LIMB_BITS) {
    unpackLimb(source.bytes(Math.ceil((count * width) / 8)), values, { base, width, count });
    return values;
  }
  if (base !== 0) values.fill(base);
  let factor = 1;
  for (let rest = width; rest > 0; rest -= LIMB_BITS) {
    const limbBits = Math.min(rest, LIMB_BITS);
    const bytes = source.bytes(Math.ceil((count * limbBits) / 8));
    const mask = 2 ** limbBits - 1;
    let next = 0;
    let pending = 0;
    let bits = 0;
    for (let at = 0; at < count; at++) {
      while (bits < limbBits) {
        pending |= (bytes[next++] ?? 0) << bits;
        bits += 8;
      }
      values[at] = (values[at] ?? 0) + (pending & mask) * factor;
      pending >>>= limbBits;
      bits -= limbBits;
    }
    factor *= LIMB;
  }
  return values;
}

function unpackLimb(bytes: Buffer, values: NumberArray, { base, count, width }: Range): void {
  const mask = 2 ** width - 1;
  let next = 0;
  let pending = 0;
  let bits = 0;
  for (let at = 0; at < count; at++) {
    while (bits < width) {
      pending |= (bytes[next++] ?? 0) << bits;
      bits += 8;
    }
    values[at] = base + (pending & mask);
    pending >>>= width;
    bits -= width;
  }
}

function readSqueezed<T extends NumberArray>(source: ByteSource, make: MakeArray<T>): T {
  const base = source.f64();
  const size = source.u8();
  const values = make(base, base + 2 ** (8 * size) - 1);
  const bytes = decompress(source.block(), size * values.length);
  if (size === 1) {
    values.set(bytes);
    for (let at = 0; base !== 0 && at < values.length; at++) values[at] = (values[at] ?? 0) + base;
    return values;
  }
  for (let at = 0; at < values.length; at++) {
    values[at] = base + (size === 2 ? bytes.readUInt16LE(2 * at) : bytes.readUInt32LE(4 * at));
  }
  return values;
}
