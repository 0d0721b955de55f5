import type { Buffer } from 'node:buffer';
import type { RowSkew } from '../../model/adjust-clock-skew.ts';

const TWO_TO_32 = 2 ** 32;
/** Above, in the higher half of a time, sums would no longer be exact; that is the year 2116. */
export const HIGH_MAX = 2 ** 30;
/** 2 ** 32 = QUOTIENT * 1000 + REMAINDER */
const QUOTIENT = 4_294_967;
const REMAINDER = 296;

/** Where the times of a span stand, -1 for zero. */
interface TimePlaces {
  readonly start: number;
  readonly end: number;
}

/** The times of stored spans in whole microseconds; one object is filled again and again. */
export class StoredSpanTimes {
  /** Since 1970. */
  startMicros = 0;
  /** Not negative. */
  durationMicros = 0;

  /** False for times that need more care. */
  read(buffer: Buffer, { end, start }: TimePlaces, skew: RowSkew | undefined): boolean {
    const startLow = start < 0 ? 0 : buffer.readUInt32LE(start);
    const startHigh = start < 0 ? 0 : buffer.readUInt32LE(start + 4);
    const endLow = end < 0 ? 0 : buffer.readUInt32LE(end);
    const endHigh = end < 0 ? 0 : buffer.readUInt32LE(end + 4);
    if (startHigh >= HIGH_MAX || endHigh >= HIGH_MAX) return false;
    this.startMicros = shiftedMicros(startHigh, startLow, skew);
    const borrow = endLow < startLow ? 1 : 0;
    const high = endHigh - startHigh - borrow;
    this.durationMicros = high < 0 ? 0 : microsOf(high, endLow - startLow + borrow * TWO_TO_32);
    return true;
  }
}

/** A time that stands there in whole microseconds, and zero for -1. */
export function microsAt(buffer: Buffer, at: number, skew: RowSkew | undefined): number {
  const low = at < 0 ? 0 : buffer.readUInt32LE(at);
  const high = at < 0 ? 0 : buffer.readUInt32LE(at + 4);
  return shiftedMicros(high, low, skew);
}

function shiftedMicros(high: number, low: number, skew: RowSkew | undefined): number {
  if (skew === undefined || skew.shiftNano === 0n) return microsOf(high, low);
  return Number(((BigInt(high) << 32n) + BigInt(low) + skew.shiftNano) / 1000n);
}

/** A time below `HIGH_MAX` in whole microseconds. */
export function microsOf(high: number, low: number): number {
  return high * QUOTIENT + Math.floor((high * REMAINDER + low) / 1000);
}

/** The nanoseconds that `microsOf` leaves. */
export function restOf(high: number, low: number): number {
  return (high * REMAINDER + low) % 1000;
}
