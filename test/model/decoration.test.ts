import { describe, expect, it } from 'vitest';
import {
  decoratedPath,
  decoratedUrl,
  parseValuePath,
  valueAt,
} from '../../src/model/decoration.ts';

const NAME = { service: 'cart.v2', operation: 'GET /a b' };

describe('the value of a decoration', () => {
  it('is asked for at an address with the names as parts of it', () => {
    expect(decoratedUrl('/edges/#{service}?op=#{ operation }&x=#{other}', NAME)).toBe(
      '/edges/cart.v2?op=GET%20%2Fa%20b&x=#{other}',
    );
  });

  it('is found by a path as JavaScript writes it', () => {
    expect(parseValuePath(`a.b[0]["c d"]['e'].f[]`)).toEqual(['a', 'b', '0', 'c d', 'e', 'f', '']);
    expect(valueAt({ a: { b: [{ 'c d': 7 }] } }, parseValuePath('a.b[0]["c d"]'))).toBe(7);
  });

  it('keeps a name with dots one step', () => {
    expect(decoratedPath('#{service}.count', NAME)).toEqual(['cart.v2', 'count']);
    expect(decoratedPath('[#{operation}]', NAME)).toEqual(['GET /a b']);
  });

  it('is missing where nothing is, also what objects have of themselves', () => {
    expect(valueAt({ a: 1 }, ['a', 'b'])).toBeUndefined();
    expect(valueAt({}, ['constructor'])).toBeUndefined();
    expect(valueAt(null, ['a'])).toBeUndefined();
    expect(valueAt(5, [])).toBe(5);
  });
});
