import { describe, expect, it } from 'vitest';
import {
  attributeLinks,
  attributeVariables,
  type LinkPattern,
  parseLinkTemplate,
  traceLinks,
  traceVariables,
} from '../../src/model/link-patterns.ts';
import { traceOverview } from '../../src/model/trace-overview.ts';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { aTimelineSpan } from './timeline-spans.ts';

const aPattern = (url: string, more: Partial<LinkPattern> = {}): LinkPattern => ({
  place: undefined,
  fitsKey: undefined,
  fitsValue: undefined,
  url: parseLinkTemplate(url) ?? [],
  text: parseLinkTemplate('look') ?? [],
  ...more,
});

const rows = buildTraceTree([
  aTimelineSpan('root', {
    startUs: 1_795_251_600_000_000,
    durationUs: 1_500,
    tags: [
      { key: 'tenant', value: 'from root tags' },
      { key: 'region', value: 'eu' },
    ],
    process: { serviceName: 'web', tags: [{ key: 'zone', value: 'a/1' }] },
  }),
  aTimelineSpan('child', {
    startUs: 1_795_251_600_000_000,
    parentSpanId: 'root',
    process: { serviceName: 'cart', tags: [{ key: 'tenant', value: 'from own process' }] },
  }),
]);
const overview = traceOverview(rows);
const trace = traceVariables('c0ffee', overview);
const isOneOf =
  (...texts: string[]) =>
  (text: string): boolean =>
    texts.includes(text);
const attribute = { key: 'order', value: '7 & 8' };

function urlsOf(url: string, neighbours = [attribute]): readonly string[] {
  const [, child] = rows;
  if (child === undefined) throw new Error('the tree has two rows');
  const lookup = attributeVariables(rows, child, neighbours, trace);
  return attributeLinks([aPattern(url)], 'tags', attribute, lookup).map((link) => link.url);
}

describe('a link pattern', () => {
  it('encodes values in the address and leaves them as they are in the text', () => {
    const pattern = aPattern('https://shop/#{order}?all', {
      text: parseLinkTemplate('Order #{order}') ?? [],
    });
    expect(attributeLinks([pattern], 'tags', attribute, () => '7 & 8')).toEqual([
      { url: 'https://shop/7%20%26%208?all', text: 'Order 7 & 8' },
    ]);
  });

  it('matches by place, key and value, each of which may be left open', () => {
    const count = (more: Partial<LinkPattern>): number =>
      attributeLinks([aPattern('/x', more)], 'tags', attribute, () => '').length;
    expect(count({})).toBe(1);
    expect(
      count({ place: 'tags', fitsKey: isOneOf('id', 'order'), fitsValue: isOneOf('7 & 8') }),
    ).toBe(1);
    expect(count({ place: 'logs' })).toBe(0);
    expect(count({ fitsKey: isOneOf('Order') })).toBe(0);
    expect(count({ fitsValue: isOneOf('7') })).toBe(0);
  });

  it('looks among the neighbours, then from the span up to the root, then at the trace', () => {
    expect(urlsOf('/#{tenant}', [{ key: 'tenant', value: 'near' }])).toEqual(['/near']);
    expect(urlsOf('/#{tenant}')).toEqual(['/from%20own%20process']);
    expect(urlsOf('/#{region}/#{zone}')).toEqual(['/eu/a%2F1']);
    expect(urlsOf('/#{spanID}/#{operationName}/#{duration}')).toEqual(['/child/op-child/100']);
    expect(urlsOf('/#{trace.traceID}/#{trace.traceName}')).toEqual([
      '/0000000000c0ffee/web%3A%20op-root',
    ]);
  });

  it('makes no link when one of its variables has no value', () => {
    expect(urlsOf('/#{order}/#{missing}')).toEqual([]);
    expect(urlsOf('/#{traceID}')).toEqual([]);
  });

  it('formats values one formatter after the other', () => {
    expect(urlsOf('/#{trace.traceID | pad_start 20 0}')).toEqual(['/00000000000000c0ffee']);
    expect(urlsOf('/#{startTime|add 60000000|epoch_micros_to_date_iso}')).toEqual([
      '/2026-11-21T09%3A01%3A00.000Z',
    ]);
    expect(urlsOf('/#{order | epoch_micros_to_date_iso}')).toEqual([]);
    expect(urlsOf('/#{order | add 1}')).toEqual([]);
  });

  it('is refused with a formatter that is unknown or lacks its argument', () => {
    expect(parseLinkTemplate('/#{a | shout}')).toBeUndefined();
    expect(parseLinkTemplate('/#{a | pad_start}')).toBeUndefined();
    expect(parseLinkTemplate('/#{a | add x}')).toBeUndefined();
  });

  it('never makes an address that would run something', () => {
    expect(urlsOf('javascript:alert(#{order})')).toEqual([]);
    expect(urlsOf('#{order}', [{ key: 'order', value: 'javascript:alert(1)' }])).toEqual([
      'javascript%3Aalert(1)',
    ]);
  });
});

describe('a pattern for whole traces', () => {
  it('has the variables of the trace and matches no attribute', () => {
    const patterns = [
      aPattern('https://logs/#{traceID}?from=#{startTime}&to=#{endTime}', { place: 'traces' }),
    ];
    expect(traceLinks(patterns, trace)).toEqual([
      {
        url: 'https://logs/0000000000c0ffee?from=1795251600000000&to=1795251600001500',
        text: 'look',
      },
    ]);
    expect(attributeLinks(patterns, 'tags', attribute, trace)).toEqual([]);
    expect(traceLinks([aPattern('/x')], trace)).toEqual([]);
  });
});
