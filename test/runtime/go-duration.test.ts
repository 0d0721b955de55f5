import { describe, expect, it } from 'vitest';
import { formatGoDuration, parseGoDuration } from '../../src/runtime/go-duration.ts';

describe('parseGoDuration', () => {
  it.each([
    ['0', 0],
    ['1ns', 1],
    ['500us', 500_000],
    ['500µs', 500_000],
    ['1.2s', 1_200_000_000],
    ['1h30m', 5_400_000_000_000],
    ['-200ms', -200_000_000],
    ['.5s', 500_000_000],
  ])('reads %s as %d ns', (text, nanos) => {
    expect(parseGoDuration(text)).toBe(nanos);
  });

  it.each(['', '1', 's', '1d', '1s ', '1,5s', '--1s', '1s-1ms', 'NaN'])('refuses %j', (text) => {
    expect(parseGoDuration(text)).toBeUndefined();
  });
});

describe('formatGoDuration', () => {
  it.each([
    [0, '0s'],
    [1_500_000, '1.5ms'],
    [90_000_000_000, '1m30s'],
    [3_600_000_000_000, '1h0m0s'],
    [-20_000, '-20µs'],
  ])('writes %d ns as %s, which reads back the same', (nanos, text) => {
    expect(formatGoDuration(nanos)).toBe(text);
    expect(parseGoDuration(text)).toBe(nanos);
  });
});
