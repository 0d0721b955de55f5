import { describe, expect, it } from 'vitest';
import { safeLink } from '../../src/model/safe-link.ts';
import { visibleText } from '../../src/model/visible-text.ts';

describe('visibleText', () => {
  it('leaves ordinary text whole, in any script', () => {
    expect(visibleText('größe 数\t🛒\n')).toEqual([{ text: 'größe 数\t🛒\n', hidden: false }]);
  });

  it('shows blanks where there is nothing else', () => {
    expect(visibleText(' \u00a0')).toEqual([
      { text: 'U+0020', hidden: true },
      { text: 'U+00A0', hidden: true },
    ]);
    expect(visibleText(' '.repeat(9)).map(({ text }) => text)).toEqual([
      ...Array<string>(8).fill('U+0020'),
      '…',
    ]);
    expect(visibleText('')).toEqual([{ text: '', hidden: false }]);
  });

  it('shows control and direction-changing characters as code points', () => {
    expect(visibleText('a\u202eb\u0007')).toEqual([
      { text: 'a', hidden: false },
      { text: 'U+202E', hidden: true },
      { text: 'b', hidden: false },
      { text: 'U+0007', hidden: true },
    ]);
  });
});

describe('safeLink', () => {
  it.each([
    ['https://shop.example/a?b=c', 'https://shop.example/a?b=c'],
    ['HTTP://shop.example', 'http://shop.example/'],
    ['mailto:a@b.example', 'mailto:a@b.example'],
  ])('follows %s', (value, href) => {
    expect(safeLink(value)).toBe(href);
  });

  it.each([
    'javascript:alert(1)',
    ' https://a.example',
    'see https://a.example',
    'data:text/html,<script>alert(1)</script>',
    'https://',
    '//a.example',
    'java\nscript:alert(1)',
  ])('does not follow %j', (value) => {
    expect(safeLink(value)).toBeUndefined();
  });
});
