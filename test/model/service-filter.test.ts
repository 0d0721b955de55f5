import { describe, expect, it } from 'vitest';
import {
  hidesAllRoots,
  parseServiceFilter,
  serviceFilterText,
} from '../../src/model/service-filter.ts';

const SERVICES = { all: ['db', 'api', 'cache', 'auth'], roots: new Set(['api']) };
const hidden = (...names: string[]): ReadonlySet<string> => new Set(names);

describe('the service filter of an address', () => {
  // The checksum and the mask are what Jaeger UI makes of these names, sorted.
  it('has a checksum of all services and a bit for each that is shown', () => {
    expect(serviceFilterText(hidden('auth', 'cache'), SERVICES)).toBe('7d06.9');
    expect(parseServiceFilter('7d06.9', SERVICES)).toEqual(hidden('auth', 'cache'));
  });

  it('is absent when nothing is hidden', () => {
    expect(serviceFilterText(hidden(), SERVICES)).toBeUndefined();
    expect(serviceFilterText(hidden('elsewhere'), SERVICES)).toBeUndefined();
  });

  it('has room for more services than a number has bits', () => {
    const all = Array.from({ length: 80 }, (_, i) => `s${String(i).padStart(2, '0')}`);
    const services = { all, roots: new Set(['s00']) };
    const text = serviceFilterText(hidden('s79'), services) ?? '';
    expect(text).toMatch(/^[0-9a-f]{1,4}\.7f{19}$/);
    expect(parseServiceFilter(text, services)).toEqual(hidden('s79'));
  });

  it.each(['', '7d06', '.9', '7d06.xyz', 'ffff.9', '7d06.f', '7d06.0', '7d06.10', '7d06.9.9'])(
    'hides nothing for %j',
    (text) => {
      expect(parseServiceFilter(text, SERVICES)).toEqual(hidden());
    },
  );

  it('ignores bits beyond the services', () => {
    expect(parseServiceFilter('7d06.f9', SERVICES)).toEqual(hidden('auth', 'cache'));
  });

  it('keeps the only root, and everything rather than none of several roots', () => {
    expect(parseServiceFilter('7d06.8', SERVICES)).toEqual(hidden('auth', 'cache'));
    const roots = new Set(['api', 'auth']);
    expect(parseServiceFilter('7d06.8', { ...SERVICES, roots })).toEqual(hidden());
    expect(parseServiceFilter('7d06.a', { ...SERVICES, roots })).toEqual(hidden('api', 'cache'));
    expect(hidesAllRoots(hidden('api', 'auth'), { ...SERVICES, roots })).toBe(true);
    expect(hidesAllRoots(hidden('api'), { ...SERVICES, roots })).toBe(false);
  });
});
