import { describe, expect, it } from 'vitest';
import { readExpressionJson, readFilterExpression } from '../../src/model/filter-expression.ts';
import type { SearchFilters } from '../../src/model/build-filter.ts';

function read(json: unknown): SearchFilters {
  return readFilterExpression(readExpressionJson(json));
}

const attr = (key: string, level?: string): object => ({
  attr: { key, ...(level === undefined ? {} : { level }) },
});
const scalar = (value: string): object => ({ scalar: { value } });
const call = (op: string, ...args: readonly object[]): object => ({ op, args });

describe('an expression', () => {
  it('about an attribute without a level is about the span or its resource', () => {
    const test = { operator: '=', value: '500' };
    expect(read(call('eq', attr('http.status_code'), scalar('500')))).toEqual({
      filters: [
        {
          anyOf: [
            [{ subject: { place: 'span', key: 'http.status_code' }, test }],
            [{ subject: { place: 'resource', key: 'http.status_code' }, test }],
          ],
        },
      ],
      traceFilters: [],
    });
  });

  it.each([
    ['eq', '='],
    ['ne', '!='],
    ['gt', '>'],
    ['lt', '<'],
    ['gte', '>='],
    ['lte', '<='],
    ['regex', '=~'],
  ])('compares by %s', (op, operator) => {
    expect(read(call(op, attr('k', 'span'), scalar('5'))).filters).toEqual([
      { subject: { place: 'span', key: 'k' }, test: { operator, value: '5' } },
    ]);
  });

  it('joins conditions, looks into lists and for presence', () => {
    const json = call(
      'and',
      { call: call('exists', attr('a', 'event')) },
      { call: call('in', attr('b', 'link'), { list: { values: ['x', 'y'] } }) },
      { call: call('not_in', attr('c', 'scope'), { list: { values: ['x', 'y'] } }) },
      { call: call('gt', { field: { name: 'duration', level: 'span' } }, scalar('2s')) },
      { call: call('eq', { field: { name: 'service_name', level: 'resource' } }, scalar('shop')) },
    );
    expect(read(json).filters).toEqual([
      { subject: { place: 'event', key: 'a' }, test: { operator: 'exists' } },
      { subject: { place: 'link', key: 'b' }, test: { operator: 'in', values: ['x', 'y'] } },
      { subject: { place: 'scope', key: 'c' }, test: { operator: '!=', value: 'x' } },
      { subject: { place: 'scope', key: 'c' }, test: { operator: '!=', value: 'y' } },
      { subject: { field: 'duration' }, test: { operator: '>', value: '2000000000' } },
      {
        subject: { place: 'resource', key: 'service.name' },
        test: { operator: '=', value: 'shop' },
      },
    ]);
  });

  it('that is denied holds where there is no value, too', () => {
    const subject = { place: 'span', key: 'k' };
    const is = call('eq', attr('k', 'span'), scalar('5'));
    expect(read(call('not', { call: is })).filters).toEqual([
      {
        anyOf: [
          [{ subject, test: { operator: 'absent' } }],
          [{ subject, test: { operator: '!=', value: '5' } }],
        ],
      },
    ]);
    const there = call('exists', attr('k', 'span'));
    expect(read(call('not', { call: there })).filters).toEqual([
      { subject, test: { operator: 'absent' } },
    ]);
    expect(read(call('not', { call: call('not', { call: is }) }))).toEqual(read(is));
  });

  it('denies alternatives one by one, and joined conditions as alternatives', () => {
    const exists = (key: string): object => ({ call: call('exists', attr(key, 'span')) });
    const absent = (key: string): object => ({
      subject: { place: 'span', key },
      test: { operator: 'absent' },
    });
    expect(read(call('not', { call: call('or', exists('a'), exists('b')) })).filters).toEqual([
      absent('a'),
      absent('b'),
    ]);
    expect(read(call('not', { call: call('and', exists('a'), exists('b')) })).filters).toEqual([
      { anyOf: [[absent('a')], [absent('b')]] },
    ]);
  });

  it('about some event is one comparison of what events have', () => {
    const nested = { nested: { level: 'event' } };
    const inside = call('eq', attr('exception.type', 'event'), scalar('E'));
    expect(read(call('some', nested, { call: inside }))).toEqual(read(inside));
  });

  it.each([
    [call('like', attr('k', 'span'), scalar('x')), 'unknown operator "like"'],
    [
      call('eq', attr('k', 'planet'), scalar('x')),
      '"planet" is no level; they are span, resource, scope, event, link',
    ],
    [
      call('eq', { field: { name: 'color', level: 'span' } }, scalar('x')),
      'the field "span.color" cannot be searched',
    ],
    [call('eq', attr('k', 'span')), '"eq" compares with one scalar'],
    [
      call('in', attr('k', 'span'), { list: { values: [] } }),
      '"in" needs a list of at least one value',
    ],
    [call('and', attr('k')), 'the arguments of "and" are calls'],
    [
      call('not', { call: call('lt', attr('k', 'span'), scalar('5')) }),
      '"not" cannot stand before "lt"',
    ],
    [{ op: 'eq', args: [{ what: {} }] }, 'unknown argument "what"'],
    [{ args: [] }, '"op" is a text'],
    [[], 'an object is expected'],
  ])('is refused by name: %j', (json, message) => {
    expect(() => read(json)).toThrow(message);
  });

  it('is refused when it is too deep or too long', () => {
    let deep: object = call('exists', attr('k', 'span'));
    for (let level = 0; level < 9; level++) deep = call('and', { call: deep });
    expect(() => read(deep)).toThrow('more than 8 levels');
    const many = Array.from({ length: 65 }, () => ({ call: call('exists', attr('k', 'span')) }));
    expect(() => read(call('and', ...many))).toThrow('more than 64 conditions');
  });
});
