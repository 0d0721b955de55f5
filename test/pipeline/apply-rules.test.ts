import { createHash, createHmac } from 'node:crypto';
import { Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import type { Attribute, AttributeValue, Span } from '../../src/model/span.ts';
import { applyingRules } from '../../src/pipeline/apply-rules.ts';
import { createPipeline } from '../../src/pipeline/pipeline.ts';
import { ATTRIBUTE_PLACES, NO_RULES } from '../../src/pipeline/rules.ts';
import type { AttributeRule, PipelineRules, SpanRule } from '../../src/pipeline/rules.ts';
import type { Sink } from '../../src/pipeline/sink.ts';
import { attributeText } from '../../src/model/attribute-text.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import type { Accepted, SpanBatch } from '../../src/wire/span-batch.ts';
import {
  aBatch,
  aResource,
  aScope,
  aSpan,
  batchOf,
  spanId,
  toAttributes,
} from '../harness/a-span.ts';
import type { PlainValue } from '../harness/a-span.ts';

const signal = new AbortController().signal;

function base64(latin1: string): string {
  return Buffer.from(latin1, 'latin1').toString('base64');
}

interface Collected {
  readonly sink: Sink;
  readonly batches: SpanBatch[];
  spans(): readonly Span[];
}

function collecting(): Collected {
  const batches: SpanBatch[] = [];
  return {
    batches,
    spans: () => batches.flatMap(({ otlp }) => decodeSpans(otlp)),
    sink: (batch) => {
      batches.push(batch);
      return Promise.resolve({ accepted: batch.scan.count, refused: [], dropped: [] });
    },
  };
}

function rule(
  action: AttributeRule['action'],
  keys: readonly string[],
  places: AttributeRule['places'] = ATTRIBUTE_PLACES,
): AttributeRule {
  return { action, keys, places };
}

async function edited(
  spans: readonly Span[],
  attributes: readonly AttributeRule[],
  more: Partial<PipelineRules> = {},
): Promise<readonly Span[]> {
  const collected = collecting();
  const rules = { ...NO_RULES, attributes, ...more };
  await applyingRules(collected.sink, { metrics: new Registry(), rules })(aBatch(spans), signal);
  return collected.spans();
}

function plain(attributes: readonly Attribute[] = []): Record<string, unknown> {
  return Object.fromEntries(
    attributes.map(({ key, value }) => [key, 'value' in value ? value.value : value]),
  );
}

function withAttributes(attributes: Record<string, PlainValue>): Span {
  return aSpan({
    attributes,
    events: [
      {
        timeUnixNano: 5n,
        name: 'e',
        attributes: toAttributes(attributes),
        droppedAttributesCount: 0,
      },
    ],
    links: [
      {
        traceId: 'a'.repeat(32),
        spanId: 'b'.repeat(16),
        traceState: '',
        flags: 0,
        attributes: toAttributes(attributes),
        droppedAttributesCount: 0,
      },
    ],
    scope: aScope({ name: 'lib', attributes: toAttributes(attributes) }),
    resource: aResource('cart', attributes),
  });
}

describe('attribute rules', () => {
  const secret = { 'user.email': 'a@b.c', 'http.method': 'GET', id: 7n };

  it('drop an attribute wherever it is', async () => {
    const [span] = await edited([withAttributes(secret)], [rule('drop', ['user.*', 'id'])]);
    const left = { 'http.method': 'GET' };
    expect(plain(span?.attributes)).toEqual(left);
    expect(plain(span?.events[0]?.attributes)).toEqual(left);
    expect(plain(span?.links[0]?.attributes)).toEqual(left);
    expect(plain(span?.scope.attributes)).toEqual(left);
    expect(plain(span?.resource.attributes)).toEqual({ ...left, 'service.name': 'cart' });
  });

  it('apply only in the places they name', async () => {
    const [span] = await edited(
      [withAttributes(secret)],
      [rule('drop', ['id'], ['event', 'scope'])],
    );
    const has = (attributes: readonly Attribute[] = []): boolean => 'id' in plain(attributes);
    expect([
      has(span?.attributes),
      has(span?.events[0]?.attributes),
      has(span?.links[0]?.attributes),
      has(span?.scope.attributes),
      has(span?.resource.attributes),
    ]).toEqual([true, false, true, false, true]);
  });

  it('replace values by a word or by a digest', async () => {
    const digest = createHash('sha256').update('7').digest('hex').slice(0, 32);
    const keyed = createHmac('sha256', 'k').update('7').digest('hex').slice(0, 32);
    const rules = [rule('redact', ['user.email']), rule('hash', ['id'])];
    const expected = { 'user.email': '[redacted]', 'http.method': 'GET', id: digest };
    const [span] = await edited([aSpan({ attributes: secret })], rules);
    expect(plain(span?.attributes)).toEqual(expected);
    const [other] = await edited([aSpan({ attributes: secret })], rules, { hashKey: 'k' });
    expect(plain(other?.attributes)).toEqual({ ...expected, id: keyed });
  });

  it('are decided by the first that matches', async () => {
    const [span] = await edited(
      [aSpan({ attributes: secret })],
      [rule('keep', ['http.*']), rule('drop', ['*'])],
    );
    expect(plain(span?.attributes)).toEqual({ 'http.method': 'GET' });
  });

  describe('in maps and arrays', () => {
    const text = (value: string): AttributeValue => ({ type: 'string', value });
    const map = (entries: Record<string, AttributeValue>): AttributeValue => ({
      type: 'map',
      entries: Object.entries(entries).map(([key, value]) => ({ key, value })),
    });
    const array = (...values: AttributeValue[]): AttributeValue => ({ type: 'array', values });
    const REDACTED = text('[redacted]');

    const request = (password: AttributeValue | undefined): Record<string, PlainValue> => {
      const user = {
        name: text('eve'),
        ...(password === undefined ? {} : { password }),
        id: text('7'),
      };
      return {
        request: map({ users: array(text('x'), array(map(user))), user: map(user) }),
        other: 'x'.repeat(300),
      };
    };

    it.each([
      ['by its own key', 'password'],
      ['by its path', 'request.*.password'],
      ['by a path that ends with it', '*.password'],
    ])('find a key at any depth %s', async (_how, key) => {
      const span = withAttributes(request(text('secret')));
      const edit = async (action: AttributeRule['action']): Promise<Span | undefined> =>
        (await edited([span], [rule(action, [key])]))[0];
      expect(await edit('redact')).toEqual(withAttributes(request(REDACTED)));
      expect(await edit('drop')).toEqual(withAttributes(request(undefined)));
      const digest = createHash('sha256').update('secret').digest('hex').slice(0, 32);
      expect(await edit('hash')).toEqual(withAttributes(request(text(digest))));
    });

    it('tell a path from another that ends the same', async () => {
      const attributes = request(text('secret'));
      const [span] = await edited([aSpan({ attributes })], [rule('redact', ['request.user.name'])]);
      expect(JSON.stringify(plain(span?.attributes)).match(/\[redacted\]/g)).toHaveLength(1);
      const [kept] = await edited([aSpan({ attributes })], [rule('redact', ['user.name'])]);
      expect(kept?.attributes).toEqual(aSpan({ attributes }).attributes);
    });

    it('apply only in the places they name', async () => {
      const span = aSpan({ attributes: request(text('secret')) });
      expect(await edited([span], [rule('drop', ['password'], ['event'])])).toEqual([span]);
    });

    it('leave what is in a kept attribute, but for rules that come before', async () => {
      const attributes = request(text('secret'));
      const only = [rule('keep', ['request']), rule('drop', ['*'])];
      const [span] = await edited([aSpan({ attributes })], only);
      expect(span?.attributes).toEqual(aSpan({ attributes }).attributes.slice(0, 1));
      const [safe] = await edited([aSpan({ attributes })], [rule('redact', ['password']), ...only]);
      const expected = aSpan({ attributes: request(REDACTED) }).attributes.slice(0, 1);
      expect(safe?.attributes).toEqual(expected);
    });

    it('apply to a key inside that has the name of what they never take', async () => {
      const attributes = { a: map({ 'service.name': text('x') }) };
      const [span] = await edited([aSpan({ attributes })], [rule('redact', ['service.name'])]);
      expect(span?.attributes).toEqual(
        aSpan({ attributes: { a: map({ 'service.name': REDACTED }) } }).attributes,
      );
      expect(span?.resource.serviceName).toBe('frontend');
    });

    it('leave a value nested as deep as one may be as it is', async () => {
      let deep = text('x');
      for (let level = 0; level < 11; level += 1) deep = map({ ['k'.repeat(30)]: array(deep) });
      const span = aSpan({ attributes: { deep } });
      expect(await edited([span], [rule('redact', ['kk.*', 'deep.none'])])).toEqual([span]);
    });
  });

  it('never take the name of the service or the warnings of a span', async () => {
    const span = aSpan({ resource: aResource('cart', { a: 'b' }), warnings: ['odd'] });
    const [kept] = await edited([span], [rule('drop', ['*'])]);
    expect(plain(kept?.resource.attributes)).toEqual({ 'service.name': 'cart' });
    expect(kept?.warnings).toEqual(['odd']);
  });

  describe('on keys that are not UTF-8', () => {
    const text = (value: string): AttributeValue => ({ type: 'string', value });
    const map = (key: string, value: AttributeValue): AttributeValue => ({
      type: 'map',
      entries: [{ key, value }],
    });
    /** Stands for the byte FF, and is as long. */
    const BAD = '\u0001';

    /** Sends a span with a bad byte wherever a text has `BAD!`. */
    async function sent(
      span: Span,
      rules: Partial<PipelineRules>,
    ): Promise<Accepted & { readonly kept: readonly Attribute[] }> {
      const collected = collecting();
      const pipeline = createPipeline({
        destination: collected.sink,
        metrics: new Registry(),
        batchesMax: 1,
        bytesMax: 10_000,
        serviceNamesMax: 10,
        tags: new Map(),
        rules: { ...NO_RULES, ...rules },
      });
      const otlp = encodeSpans([span]);
      const marked = otlp.map((byte, at) => (byte === 1 && otlp[at + 1] === 0x21 ? 0xff : byte));
      const result = await pipeline.sinkFor('http')(batchOf(marked), signal);
      return { ...result, kept: collected.spans()[0]?.attributes ?? [] };
    }

    /** What is stored of such attributes, as text. */
    async function stored(
      attributes: Record<string, AttributeValue>,
      rules: readonly AttributeRule[],
    ): Promise<readonly (readonly [string, string])[]> {
      const { kept } = await sent(aSpan({ attributes }), { attributes: rules });
      return kept.map(({ key, value }) => [
        key,
        value.type === 'bytes' ? Buffer.from(value.value).toString('latin1') : attributeText(value),
      ]);
    }

    const secret = { [`${BAD}!x.password`]: text('hunter2'), [`${BAD}!other`]: text('fine') };

    it('drop, redact and hash them by what can be read', async () => {
      const other = ['invalid-tag-key-1', 'ÿ!other:fine'] as const;
      expect(await stored(secret, [rule('drop', ['*.password'])])).toEqual([other]);
      const digest = createHash('sha256').update('hunter2').digest('hex').slice(0, 32);
      for (const [action, value] of [
        ['redact', '[redacted]'],
        ['hash', digest],
      ] as const) {
        expect(await stored(secret, [rule(action, ['*.password'])])).toEqual([
          ['invalid-tag-key-1', `ÿ!x.password:${value}`],
          ['invalid-tag-key-2', 'ÿ!other:fine'],
        ]);
      }
    });

    it('see them in maps, and what is below them', async () => {
      const rules = [rule('redact', ['*password'])];
      const inside = { login: map(`${BAD}!password`, text('hunter2')) };
      expect(await stored(inside, rules)).toEqual([
        ['login', `{"invalid-tag-key-1":"${base64('\xff!password:[redacted]')}"}`],
      ]);
      const below = { [`${BAD}!login`]: map('password', text('hunter2')) };
      expect(await stored(below, rules)).toEqual([
        ['invalid-tag-key-1', 'ÿ!login:{"password":"[redacted]"}'],
      ]);
    });

    it('keep none of them that is not named', async () => {
      expect(await stored(secret, [rule('keep', ['http.*']), rule('drop', ['*'])])).toEqual([]);
    });

    it('leave the keys that can be read to be edited after spans are dropped', async () => {
      const { dropped } = await sent(aSpan({ attributes: { [`${BAD}!a`]: 'b', code: 7n } }), {
        attributes: [rule('drop', ['*'])],
        spans: [{ name: 'r', attributes: [{ key: 'code' }] }],
      });
      expect(dropped).toEqual([{ reason: 'filtered', count: 1, message: 'rule r' }]);
    });
  });

  it('leave a batch without their keys as it is', async () => {
    const collected = collecting();
    const rules = {
      ...NO_RULES,
      attributes: [rule('drop', ['user.*']), rule('redact', ['method'])],
    };
    const batch = aBatch([aSpan({ attributes: { 'http.method': 'GET', method1: 'x' } })]);
    await applyingRules(collected.sink, { metrics: new Registry(), rules })(batch, signal);
    expect(collected.batches).toEqual([batch]);
    expect(collected.batches[0]).toBe(batch);
  });

  it('change nothing else of the spans they touch', async () => {
    const span = withAttributes({
      a: 1.5,
      b: new Uint8Array([0, 255]),
      c: -1n,
      d: 'x'.repeat(300),
    });
    const [kept] = await edited([span], [rule('drop', ['none*', 'a'], ['link'])]);
    const [link] = span.links;
    expect(kept).toEqual({
      ...span,
      links: [{ ...link, attributes: link?.attributes.slice(1) }],
    });
  });

  it.each([
    ['a*c', 'abc', true],
    ['a*c', 'ac', true],
    ['a*c', 'ab', false],
    ['a*a', 'a', false],
    ['*b*', 'abc', true],
    ['*b*d', 'abcd', true],
    ['*b*b', 'ab', false],
    ['größe*', 'größe.x', true],
    ['__proto__', '__proto__', true],
    ['', 'a', false],
  ])('match %j with %j: %j', async (pattern, key, isMatch) => {
    const attributes: Attribute[] = [{ key, value: { type: 'bool', value: true } }];
    const [span] = await edited([aSpan({ attributes })], [rule('drop', [pattern])]);
    expect(span?.attributes.length).toBe(isMatch ? 0 : 1);
  });
});

describe('span rules', () => {
  const spans = [
    aSpan({ name: 'GET /healthz', attributes: { 'http.target': '/healthz', code: 200n } }),
    aSpan({ spanId: spanId(2), name: 'GET /cart', kind: 'client', durationNano: 2_000_000n }),
    aSpan({ spanId: spanId(3), name: 'POST /cart', serviceName: 'cart', durationNano: 500n }),
  ];

  it.each<[string, Omit<SpanRule, 'name'>, readonly number[]]>([
    ['services', { services: ['c*'] }, [1, 2]],
    ['operations', { operations: ['*/healthz', 'POST *'] }, [2]],
    ['kinds', { kinds: ['client'] }, [1, 3]],
    ['a duration', { shorterThanMs: 0.001 }, [1, 2]],
    ['an attribute', { attributes: [{ key: 'http.target', equals: '/healthz' }] }, [2, 3]],
    ['a number', { attributes: [{ key: 'code', equals: '200' }] }, [2, 3]],
    ['a key', { attributes: [{ key: 'code' }] }, [2, 3]],
    [
      'an attribute of the resource',
      { attributes: [{ key: 'service.name', equals: 'cart' }] },
      [1, 2],
    ],
    ['conditions that hold together', { services: ['frontend'], kinds: ['server'] }, [2, 3]],
    ['conditions that hold apart', { services: ['cart'], kinds: ['client'] }, [1, 2, 3]],
    ['all', { operations: ['*'] }, []],
  ])('drop spans by %s', async (_what, condition, left) => {
    const metrics = new Registry();
    const collected = collecting();
    const rules = { ...NO_RULES, spans: [{ name: 'r', ...condition }] };
    const result = await applyingRules(collected.sink, { metrics, rules })(aBatch(spans), signal);
    expect(collected.spans().map((span) => Number(`0x${span.spanId}`))).toEqual(left);
    expect(result.accepted).toBe(left.length);
    const gone = spans.length - left.length;
    const dropped = gone === 0 ? [] : [{ reason: 'filtered', count: gone, message: 'rule r' }];
    expect(result.dropped).toEqual(dropped);
    const filtered = await metrics.getSingleMetric('jaeger_collector_spans_filtered_total')?.get();
    expect(filtered?.values.map(({ labels, value }) => [labels['rule'], value])).toEqual(
      gone === 0 ? [] : [['r', gone]],
    );
  });

  it('see the span as it came, before its attributes are edited', async () => {
    const attributes = [rule('drop', ['code'])];
    const rules = [{ name: 'r', attributes: [{ key: 'code' }] }];
    expect(await edited(spans, attributes, { spans: rules })).toHaveLength(2);
  });

  it('are in the books as dropped, and none of their spans is refused', async () => {
    const metrics = new Registry();
    const pipeline = createPipeline({
      destination: collecting().sink,
      metrics,
      batchesMax: 1,
      bytesMax: 1000,
      serviceNamesMax: 10,
      tags: new Map(),
      rules: { ...NO_RULES, spans: [{ name: 'probes', operations: ['*healthz'] }] },
    });
    const result = await pipeline.sinkFor('http')(aBatch(spans), signal);
    expect([result.accepted, result.refused]).toEqual([2, []]);
    const dropped = await metrics.getSingleMetric('jaeger_collector_spans_dropped_total')?.get();
    expect(dropped?.values).toEqual([
      { labels: { format: 'otlp', transport: 'http', reason: 'filtered' }, value: 1 },
    ]);
  });

  it('count nothing of a batch that was not taken', async () => {
    const metrics = new Registry();
    const rules = { ...NO_RULES, spans: [{ name: 'r', services: ['cart'] }] };
    const full: Sink = () => Promise.reject(new Error('full'));
    const sink = applyingRules(full, { metrics, rules });
    await expect(sink(aBatch(spans), signal)).rejects.toThrow('full');
    const filtered = await metrics.getSingleMetric('jaeger_collector_spans_filtered_total')?.get();
    expect(filtered?.values).toEqual([]);
  });
});

describe('span sizes', () => {
  it('are measured when asked for', async () => {
    const metrics = new Registry();
    const sink = applyingRules(collecting().sink, { metrics, measureSpans: true });
    await sink(aBatch([aSpan(), aSpan({ attributes: { big: 'x'.repeat(1000) } })]), signal);
    const text = await metrics.metrics();
    expect(text).toContain('jaeger_collector_span_size_bytes_bucket{le="128"} 1');
    expect(text).toContain('jaeger_collector_span_size_bytes_bucket{le="2048"} 2');
  });
});
