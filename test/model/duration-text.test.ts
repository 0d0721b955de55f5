import { describe, expect, it } from 'vitest';
import { durationParts, durationText, isDurationText } from '../../src/model/duration-text.ts';

describe('durationText', () => {
  it.each([
    [0, '0 µs'],
    [999, '999 µs'],
    [999.6, '1 ms'],
    [59_999_999, '1 m'],
    [3_599_999_999, '1 h'],
    [1_000, '1 ms'],
    [1_240, '1.24 ms'],
    [10_500, '10.5 ms'],
    [999_994, '999.99 ms'],
    [999_999, '1 s'],
    [59_000_000, '59 s'],
    [90_000_000, '1.5 m'],
    [5_400_000_000, '1.5 h'],
  ])('writes %d µs as %s', (us, expected) => {
    expect(durationText(us)).toBe(expected);
  });

  it('gives a column the same decimals in every row', () => {
    expect(durationParts(142_380)).toEqual({ whole: '142', fraction: '.38', unit: 'ms' });
    expect(durationParts(5_000)).toEqual({ whole: '5', fraction: '.00', unit: 'ms' });
    expect(durationParts(7)).toEqual({ whole: '7', fraction: '', unit: 'µs' });
  });
});

describe('isDurationText', () => {
  it.each(['1.2s', '100ms', '500us', '500µs', '1m30s', '2h'])('takes %s', (text) => {
    expect(isDurationText(text)).toBe(true);
  });
  it.each(['', '5', '1 s', 'fast', '1.s', '-3ms', '1d'])('refuses %j', (text) => {
    expect(isDurationText(text)).toBe(false);
  });
});
