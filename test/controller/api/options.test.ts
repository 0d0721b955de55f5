import { describe, expect, it } from 'vitest';
import { flattenOptions, optionArguments } from '../../../src/controller/api/options.ts';

describe('flattenOptions', () => {
  it.each([
    [undefined, {}],
    [
      { b: { c: 1, a: true }, a: 'x' },
      { a: 'x', 'b.a': 'true', 'b.c': '1' },
    ],
    [{ 'a.b': { c: 'x' } }, { 'a.b.c': 'x' }],
    [{ tags: ['a=1', 'b=2'] }, { tags: 'a=1,b=2' }],
    [{ none: null, empty: '' }, { empty: '' }],
  ])('flattens %j', (options, flat) => {
    expect(Object.fromEntries(flattenOptions(options))).toEqual(flat);
  });
});

describe('optionArguments', () => {
  it('sorts the arguments, so that pods do not roll for an order', () => {
    expect(
      optionArguments(
        new Map([
          ['b', '2'],
          ['a', '1'],
        ]),
      ),
    ).toEqual(['--a=1', '--b=2']);
  });
});
