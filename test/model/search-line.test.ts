import { describe, expect, it } from 'vitest';
import {
  formatSearchLine,
  lineSpot,
  parseSearchLine,
  SearchLineError,
} from '../../src/model/search-line.ts';

const EMPTY = {
  service: '',
  operation: '',
  tags: [],
  filters: [],
  minDuration: '',
  maxDuration: '',
  words: [],
};

const mistake = (line: string): string => {
  try {
    parseSearchLine(line);
  } catch (error) {
    if (error instanceof SearchLineError) return error.message;
    throw error;
  }
  return 'none';
};

describe('parseSearchLine', () => {
  it.each([
    ['', {}],
    [
      'service:cart error=true dur>200ms',
      { service: 'cart', tags: [{ key: 'error', value: 'true' }], minDuration: '200ms' },
    ],
    ['op:"GET /x" dur <= 1m30s', { operation: 'GET /x', maxDuration: '1m30s' }],
    [
      'http.url=https://a.example/?q=1&b=(2) && b="x y"',
      {
        tags: [
          { key: 'http.url', value: 'https://a.example/?q=1&b=(2)' },
          { key: 'b', value: 'x y' },
        ],
      },
    ],
    [
      'a=b&&c=',
      {
        tags: [
          { key: 'a', value: 'b' },
          { key: 'c', value: '' },
        ],
      },
    ],
    [
      'http.status_code>=500 span.x=1 kind=server "kind"=odd',
      {
        filters: ['http.status_code>=500', 'span.x=1', 'kind=server'],
        tags: [{ key: 'kind', value: 'odd' }],
      },
    ],
    ['any."k=v" =~ "a b"', { filters: ['any."k=v"=~"a b"'] }],
    [
      'a exists (b=1 || c in ("x)", y)) d in (1, 2)',
      { filters: ['a exists', '(b=1 || c in ("x)", y))', 'd in (1, 2)'] },
    ],
    ['a=1 a=2', { tags: [{ key: 'a', value: '1' }], filters: ['a=2'] }],
    ['dur>1s dur>=2s', { minDuration: '1s', filters: ['duration>=2s'] }],
    ['trace:duration>=1s', { filters: ['trace:duration>=1s'] }],
    ['cart "two words"', { words: ['cart', 'two words'] }],
    [
      'a=1 [{"key":"b","operator":"exists"}]',
      { tags: [{ key: 'a', value: '1' }], filters: ['[{"key":"b","operator":"exists"}]'] },
    ],
    [String.raw`a="c:\dir"`, { tags: [{ key: 'a', value: 'c:dir' }] }],
  ])('reads %s', (line, wanted) => {
    expect(parseSearchLine(line)).toEqual({ ...EMPTY, ...wanted });
  });

  it.each([
    ['a>x', 'column 1: > needs a number, not "x"'],
    ['ok=1 status=500', 'column 6: "500" is not one of unset, ok, error'],
    ['a=1 || b=2', 'column 5: put alternatives in brackets: (a=1 || b=2)'],
    ['(a=1', 'column 1: this bracket is not closed'],
    ['a="b', 'column 3: this quote is not closed'],
    ['dur>fast', 'column 1: fast is no duration such as 200ms'],
    ['a>', 'column 3: a value is missing'],
    ['service: x', 'column 9: a name is expected'],
    ['a=1 -error=true', 'column 5: - leaves out nothing here; write error!=value or error absent'],
    ['-a', 'column 1: - leaves out nothing here; write a!=value or a absent'],
    ['a=1 )', 'column 5: ) has no meaning here'],
    ['a=~"("', 'none'],
  ])('says where %s is wrong', (line, message) => {
    expect(mistake(line)).toBe(message);
  });
});

describe('formatSearchLine', () => {
  it.each([
    'service:cart operation:"GET /x" error=true "dur"=1 "name"=x a exists dur>=1s dur<=2s',
    'http.url=https://a/?q=1 b="x \\"y\\"" (a=1 || b=2)',
    '"-a"=1 (-b exists)',
    'service:"a b" "span.x"=1 "service:x"=2 [{"key":"b","operator":"exists"}]',
  ])('writes what reads back the same: %s', (line) => {
    expect(formatSearchLine(parseSearchLine(line))).toBe(line);
  });

  it('puts alternatives of an address into brackets', () => {
    expect(formatSearchLine({ filters: ['a=1 || b=2', 'c exists', 'd>x'] })).toBe(
      '(a=1 || b=2) c exists d>x',
    );
  });
});

describe('lineSpot', () => {
  it.each([
    ['', { type: 'key', from: 0, typed: '' }],
    ['a=1 ht', { type: 'key', from: 4, typed: 'ht' }],
    ['(ht', { type: 'key', from: 1, typed: 'ht' }],
    ['a=1 http.route=', { type: 'value', key: 'http.route', from: 15, typed: '' }],
    ['http.status_code >= 5', { type: 'value', key: 'http.status_code', from: 20, typed: '5' }],
    ['"k v"=x', { type: 'value', key: 'k v', from: 6, typed: 'x' }],
    ['b="GET /a', { type: 'value', key: 'b', from: 2, typed: 'GET /a' }],
    ['service:ca', { type: 'value', key: 'service:', from: 8, typed: 'ca' }],
    ['op:', { type: 'value', key: 'operation:', from: 3, typed: '' }],
    ['"open key', undefined],
    ['a=https://b?c=', undefined],
  ])('knows what is being written at the end of %s', (before, spot) => {
    expect(lineSpot(before)).toEqual(spot);
  });
});
