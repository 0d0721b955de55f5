import { describe, expect, it } from 'vitest';
import { summaryParameters } from '../../src/ui/api/trace-summaries.ts';
import { DEFAULT_UI_CONFIG } from '../../src/ui/config/ui-config.ts';
import { fieldsOf, readFields, readSearchLine } from '../../src/ui/pages/search/search-fields.ts';
import { loosened, widened } from '../../src/ui/pages/search/loosened-search.ts';
import {
  emptySearch,
  pinRange,
  readMarkedSpans,
  readSearchUrl,
  searchHref,
} from '../../src/ui/pages/search/search-request.ts';

const { search: CONFIG } = DEFAULT_UI_CONFIG;
const NO_CURSOR = { cursor: '', nowMs: 0 };
const EMPTY_SEARCH = emptySearch(CONFIG);
const FULL =
  '?end=1795251600000000&limit=50&lookback=2h&maxDuration=2s&minDuration=100ms&operation=GET+%2F' +
  '&service=cart&start=1795244400000000&tags=%7B%22error%22%3A%22true%22%7D' +
  '&filter=http.status_code%3E%3D500&filter=kind%3Dserver';

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
      filters: ['http.status_code>=500', 'kind=server'],
      minDuration: '100ms',
      maxDuration: '2s',
      limit: 50,
      traceIds: [],
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
    const unread = ['start=now', 'tags={'];
    expect(request).toEqual({ ...EMPTY_SEARCH, service: 'a', unread });
  });

  it('takes tag=key:value as well', () => {
    expect(readSearchUrl('?tag=http.url:https://a', CONFIG)?.tags).toEqual([
      { key: 'http.url', value: 'https://a' },
    ]);
  });

  it('takes traces by their ids, also of spans, each once, and as many as an address may hold', () => {
    const request = readSearchUrl('?traceID=ab&traceID=AB&traceID=x&span=1+2%40c', CONFIG);
    expect(request?.traceIds).toEqual(['ab', 'c']);
    expect([...readMarkedSpans('?span=1+2%40c')]).toEqual([['c'.padStart(32, '0'), '1 2']]);
    const many = Array.from({ length: 100 }, (_, index) => String(index).padStart(32, '0'));
    const href = searchHref({ ...EMPTY_SEARCH, traceIds: many });
    expect(href.length).toBeLessThanOrEqual(2_083);
    expect(readSearchUrl(href.slice('search'.length), CONFIG)?.traceIds).toEqual(many.slice(0, 50));
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
    expect(request && Object.fromEntries(summaryParameters(request, NO_CURSOR))).toEqual({
      'query.serviceName': 'cart',
      'query.operationName': 'GET /',
      'query.startTimeMin': '2026-11-21T07:00:00.000000Z',
      'query.startTimeMax': '2026-11-21T09:00:00.123456Z',
      'query.durationMin': '100ms',
      'query.durationMax': '2s',
      'query.attributes': '{"error":"true"}',
      'query.searchDepth': '50',
      'query.cursor': '',
      'query.filter': 'kind=server',
    });
    expect([...summaryParameters(EMPTY_SEARCH, NO_CURSOR).keys()]).toEqual([
      'query.startTimeMin',
      'query.startTimeMax',
      'query.searchDepth',
      'query.cursor',
    ]);
  });
});

describe('loosened', () => {
  it('leaves out one condition at a time', () => {
    const request = readSearchUrl(FULL, CONFIG);
    expect(request && loosened(request, CONFIG).map(({ without }) => without)).toEqual([
      'error=true',
      'http.status_code>=500',
      'kind=server',
      'GET /',
      '≥ 100ms',
      '≤ 2s',
    ]);
  });

  it('tries other services where the storage can, then with any operation', () => {
    const request = { ...EMPTY_SEARCH, service: 'cart', operation: 'x' };
    const variants = loosened(request, { ...CONFIG, withoutService: true });
    expect(variants.at(-1)).toEqual({
      without: 'the service cart',
      request: { ...EMPTY_SEARCH, service: '', operation: '' },
    });
  });
});

describe('widened', () => {
  it('searches the longest time of the form, unless that is searched already', () => {
    const weeks = 4 * 604_800_000_000;
    const request = { ...EMPTY_SEARCH, lookback: '1h' };
    const nowMs = weeks / 1_000;
    expect(widened(request, CONFIG, nowMs)).toEqual({
      ...request,
      lookback: '4w',
      startUs: 0,
      endUs: weeks,
    });
    expect(widened({ ...request, lookback: '4w' }, CONFIG, nowMs)).toBeUndefined();
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

  it('takes operators only where the storage has them', () => {
    const typed = { ...fields, tags: 'a>=1 retry' };
    expect(readFields(typed, CONFIG)).toEqual({
      type: 'errors',
      errors: {
        tags: 'This storage compares for equality only: write key=value, without other operators.',
      },
    });
    const read = readFields(typed, { ...CONFIG, filters: true });
    expect(read.type === 'request' && [read.request.filters, read.request.tags]).toEqual([
      ['a>=1'],
      [{ key: 'retry', value: 'true' }],
    ]);
  });

  it('lets the line of conditions name what has fields of its own', () => {
    const read = readFields({ ...fields, tags: 'service:mail op:Send dur>=2s' }, CONFIG);
    const named = { service: 'mail', operation: 'Send', minDuration: '2s' };
    expect(read.type === 'request' && read.request).toMatchObject(named);
  });
});

describe('readSearchLine', () => {
  const services = ['cart', 'mail'];
  const read = (line: string): unknown =>
    readSearchLine(
      line,
      { ...EMPTY_SEARCH, service: 'mail', lookback: '2h' },
      { services, config },
    );
  const config = { ...CONFIG, filters: true };

  it('makes a search of the line, in the time that is shown', () => {
    expect(read('cart error=true dur>200ms')).toEqual({
      type: 'request',
      request: {
        ...EMPTY_SEARCH,
        lookback: '2h',
        service: 'cart',
        tags: [{ key: 'error', value: 'true' }],
        minDuration: '200ms',
      },
    });
  });

  it('says what it does not understand', () => {
    expect(read('carte error=true')).toEqual({
      type: 'mistake',
      message:
        '“carte” is no service here and no condition. Write service:…, operation:…, key=value or dur>200ms.',
    });
    expect(read('error=true')).toEqual({
      type: 'mistake',
      message: 'Choose a service: this storage finds traces by service.',
    });
    expect(read('cart a>b')).toEqual({
      type: 'mistake',
      message: 'At column 6: > needs a number, not "b".',
    });
  });
});
