import { expect, it } from 'vitest';
import { leadAttributes } from '../../src/model/lead-attributes.ts';

it('puts attributes first by the order of the prefixes and keeps all others as they came', () => {
  const attributes = ['z', 'db.name', 'HTTP.method', 'a', 'http.url'].map((key) => ({
    key,
    value: '',
  }));
  expect(leadAttributes(attributes, ['http.', 'db.']).map(({ key }) => key)).toEqual([
    'HTTP.method',
    'http.url',
    'db.name',
    'z',
    'a',
  ]);
});
