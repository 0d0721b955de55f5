import { describe, expect, it } from 'vitest';
import { summaryParameters } from '../../src/ui/api/trace-summaries.ts';
import { DEFAULT_UI_CONFIG } from '../../src/ui/config/ui-config.ts';
import { fieldsOf, readFields } from '../../src/ui/pages/search/search-fields.ts';
import {
  emptySearch,
  loosened,
  pinRange,
  readSearchUrl,
  searchHref,
} from '../../src/ui/pages/search/search-request.ts';

const { search: CONFIG } = DEFAULT_UI_CONFIG;
const EMPTY_SEARCH = emptySearch(CONFIG);
const FULL =
  '?end=1795251600000000&limit=50&lookback=2h&maxDuration=2s&minDuration=100ms&operation=GET+%2F' +
  '&service=cart&start=1795244400000000&tags=%7B%22error%22%3A%22true%22%7D';

describe('the URL of a search', () => {
  it('has Jaeger’s parameters and reads back the same', () => {
    const request = readSearchUrl(FULL, CONFIG);
    expect(request).toEqual({
      service: 'cart',
      operation: 'GET /',
      tags: [{ key: 'error', value: 'true' }],
      lookback: '2h',
      startUs: 1_795_244_400_000_000,
      endUs: 1_795_251_600_000_000,
      minDuration: '100ms',
      maxDuration: '2s',
      limit: 50,
    });
    expect(request && searchHref(request)).toBe(`search${FULL}`);
  });

  it('is no search without any condition', () => {
    expect(readSearchUrl('', CONFIG)).toBeUndefined();
    expect(readSearchUrl('?sort=longest', CONFIG)).toBeUndefined();
  });

  it('falls back to the defaults for what cannot be read', () => {
    const request = readSearchUrl(
      '?service=a&limit=0&lookback=9y&start=now&tags={&operation=all',
      CONFIG,
    );
    expect(request).toEqual({ ...EMPTY_SEARCH, service: 'a' });
  });

  it('takes tag=key:value as well', () => {
    expect(readSearchUrl('?tag=http.url:https://a', CONFIG)?.tags).toEqual([
      { key: 'http.url', value: 'https://a' },
    ]);
  });

  it('fixes a lookback to the clock when it is submitted, and keeps a custom range', () => {
    const pinned = pinRange({ ...EMPTY_SEARCH, lookback: '5m', startUs: 1, endUs: 2 }, 600_000);
    expect([pinned.startUs, pinned.endUs]).toEqual([300_000_000, 600_000_000]);
    const custom = { ...EMPTY_SEARCH, lookback: 'custom', startUs: 1, endUs: 2 };
    expect(pinRange(custom, 600_000)).toBe(custom);
  });
});

describe('summaryParameters', () => {
  it('asks api_v3 with exact microseconds and only the conditions that are set', () => {
    const request = readSearchUrl(FULL.replace('1795251600000000', '1795251600123456'), CONFIG);
    expect(request && Object.fromEntries(summaryParameters(request, 0))).toEqual({
      'query.serviceName': 'cart',
      'query.operationName': 'GET /',
      'query.startTimeMin': '2026-11-21T07:00:00.000000Z',
      'query.startTimeMax': '2026-11-21T09:00:00.123456Z',
      'query.durationMin': '100ms',
      'query.durationMax': '2s',
      'query.attributes': '{"error":"true"}',
      'query.searchDepth': '50',
    });
    expect([...summaryParameters(EMPTY_SEARCH, 0).keys()]).toEqual([
      'query.startTimeMin',
      'query.startTimeMax',
      'query.searchDepth',
    ]);
  });
});

describe('loosened', () => {
  it('leaves out one condition at a time', () => {
    const request = readSearchUrl(FULL, CONFIG);
    expect(request && loosened(request).map(({ without }) => without)).toEqual([
      'error=true',
      'GET /',
      '≥ 100ms',
      '≤ 2s',
    ]);
  });
});

describe('readFields', () => {
  const fields = fieldsOf({ ...EMPTY_SEARCH, service: 'cart' }, 0);

  it('names each field that cannot be searched with', () => {
    const read = readFields(
      {
        ...fields,
        tags: 'a="b',
        minDuration: '5',
        limit: '1501',
        lookback: 'custom',
        from: '2026-11-21T10:00:00',
        to: '2026-11-21T09:00:00',
      },
      CONFIG,
    );
    expect(read.type === 'errors' && Object.keys(read.errors).sort()).toEqual([
      'limit',
      'minDuration',
      'tags',
      'to',
    ]);
  });

  it.each([
    ['2s', '1s', true],
    ['1001us', '1ms', true],
    ['1m30s', '89.5s', true],
    ['1.2s', '1200ms', false],
    ['1µs', '1us', false],
    ['2s', '', false],
    ['', '1s', false],
  ])('of a duration from %s to %s: refused is %s', (minDuration, maxDuration, refused) => {
    const read = readFields({ ...fields, minDuration, maxDuration }, CONFIG);
    const errors = { maxDuration: 'Must not be shorter than the min duration.' };
    expect(read.type === 'errors' && read.errors).toEqual(refused && errors);
  });

  it('needs a service only where the storage does', () => {
    const everywhere = { ...fields, service: '' };
    expect(readFields(everywhere, CONFIG)).toEqual({
      type: 'errors',
      errors: { service: 'Choose a service: this storage finds traces by service.' },
    });
    expect(readFields(everywhere, { ...CONFIG, withoutService: true }).type).toBe('request');
  });

  it('makes a request of fields that are right', () => {
    expect(readFields({ ...fields, tags: 'error=true', minDuration: ' 5ms ' }, CONFIG)).toEqual({
      type: 'request',
      request: {
        ...EMPTY_SEARCH,
        service: 'cart',
        tags: [{ key: 'error', value: 'true' }],
        minDuration: '5ms',
      },
    });
  });
});
