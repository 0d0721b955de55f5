import { describe, expect, it } from 'vitest';
import { findRows, parseFind } from '../../src/model/find-spans.ts';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

const rows = buildTraceTree([
  aTimelineSpan('aa01', {
    operationName: 'GET /Cart',
    tags: [{ key: 'http.url', value: 'https://shop.example/cart?id=7' }],
  }),
  aTimelineSpan('aa02', {
    operationName: 'query',
    startUs: 1_010,
    process: { serviceName: 'postgres', tags: [{ key: 'host', value: 'db-7' }] },
    events: [{ timeUs: 1_011, fields: [{ key: 'message', value: 'lock wait' }] }],
  }),
  aTimelineSpan('aa03', { operationName: 'step', startUs: 1_020, parentSpanId: 'bb99' }),
]);

describe('parseFind', () => {
  it('reads words, quoted phrases and excluded keys', () => {
    expect(parseFind('Cart "lock wait" -http.url -')).toEqual({
      terms: ['cart', 'lock wait', '-'],
      excludedKeys: ['http.url'],
    });
  });
});

describe('findRows', () => {
  it.each([
    ['cart', [0]],
    ['CART postgres', [0, 1]],
    ['"lock wait"', [1]],
    ['host=db', [1]],
    ['http.url=https://shop', [0]],
    ['url=https', [0]],
    ['cart?id=7', [0]],
    ['url=shop', []],
    ['host=db -HOS', []],
    ['id=7 -http.url', []],
    ['id=7 -url', []],
    ['id=7 -urls', [0]],
    ['aa03', [3]],
    ['aa0', []],
    ['bb99', [2]],
    ['', []],
  ])('finds %j in rows %j', (text, expected) => {
    expect(findRows(rows, text)).toEqual(expected);
  });
});
