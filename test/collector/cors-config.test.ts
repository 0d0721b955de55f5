import { describe, expect, it } from 'vitest';
import { corsSettings } from '../../src/collector/cors-config.ts';

const { corsAllowedOrigins } = corsSettings('some.http');

describe('the origins whose pages may send spans', () => {
  it.each([
    'https://shop.example',
    'https://shop.example:8443',
    'HTTP://[::1]:8080',
    'https://*.shop.example',
    'http*://shop.example',
    '*.shop.example',
    '*://shop.example',
    'capacitor://localhost',
    '*',
  ])('may be %s', (origin) => {
    expect(corsAllowedOrigins.parse(origin)).toEqual([origin]);
  });

  it.each([
    ['without a scheme, which no browser sends', 'shop.example'],
    ['with a path, which none sends either', 'https://shop.example/'],
    ['with more than one *', 'https://*.shop.*'],
    ['of nothing', ','],
    ['with a space', 'https://shop example'],
  ])('may not be %s', (_what, origin) => {
    expect(corsAllowedOrigins.parse(origin)).toBeUndefined();
  });
});
