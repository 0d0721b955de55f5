import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatLogfmt, parseLogfmt } from '../../src/model/logfmt.ts';

describe('parseLogfmt', () => {
  it('reads plain, quoted, empty and bare values', () => {
    expect(parseLogfmt(' error db="select \\"a\\" b"  http.url=/a=b x= ')).toEqual([
      { key: 'error', value: 'true' },
      { key: 'db', value: 'select "a" b' },
      { key: 'http.url', value: '/a=b' },
      { key: 'x', value: '' },
    ]);
    expect(parseLogfmt('')).toEqual([]);
  });

  it.each(['db="open', '=value', 'a="b"c', '"quoted"'])('refuses %j', (text) => {
    expect(parseLogfmt(text)).toBeUndefined();
  });

  it('reads back what formatLogfmt wrote', () => {
    const key = fc.stringMatching(/^[^\s="]+$/);
    const attributes = fc.array(fc.record({ key, value: fc.string() }));
    fc.assert(
      fc.property(attributes, (written) => {
        expect(parseLogfmt(formatLogfmt(written))).toEqual(written);
      }),
    );
  });
});
