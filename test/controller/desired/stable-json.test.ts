import { describe, expect, it } from 'vitest';
import { stableJson } from '../../../src/controller/desired/stable-json.ts';

describe('stableJson', () => {
  it('gives one text for one content, whatever the order of the fields at any depth', () => {
    const given = { type: 'a', list: [{ z: 1, b: null }, 'x'], param: { d: true, c: 0.5 } };
    const stored = { list: [{ b: null, z: 1 }, 'x'], param: { c: 0.5, d: true }, type: 'a' };
    expect(stableJson(given)).toBe(stableJson(stored));
    expect(stableJson(given)).toBe(JSON.stringify(stored, undefined, 2));
  });

  it('keeps the order of lists', () => {
    expect(stableJson([2, 1])).toBe('[\n  2,\n  1\n]');
  });
});
