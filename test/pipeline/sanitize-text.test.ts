import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Attribute, Span } from '../../src/model/span.ts';
import { sanitize } from '../../src/pipeline/sanitize.ts';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { aBatch, aResource, aScope, aSpan, batchOf } from '../harness/a-span.ts';

/** Stands in a text for the byte FF, which no UTF-8 has, and is as long as it. */
const BAD = '\u0001';

/** The spans, encoded with a bad byte wherever a text has `BAD`, after the sanitizer. */
function keptOf(span: Span): Span {
  const otlp = encodeSpans([span]).map((byte, at, all) => {
    const before = all[at - 1] ?? 0;
    return byte === 1 && before === 0x21 ? 0xff : byte;
  });
  const [kept] = decodeSpans(sanitize(batchOf(otlp)).batch.otlp);
  if (kept === undefined) throw new Error('the span is gone');
  return kept;
}

const bad = (text: string): string => `${text}!${BAD}`;
const bytes = (text: string): Uint8Array =>
  new Uint8Array(Buffer.concat([Buffer.from(text), Buffer.from([0x21, 0xff])]));
const bytesAttribute = (key: string, text: string): Attribute => ({
  key,
  value: { type: 'bytes', value: bytes(text) },
});

describe('text that is not UTF-8', () => {
  it('becomes a placeholder as a name, with its bytes in an attribute', () => {
    const span = keptOf(aSpan({ name: bad('op'), traceState: bad('a=b'), attributes: { k: 'v' } }));
    expect([span.name, span.traceState]).toEqual(['invalid-span-name', '']);
    expect(span.attributes).toEqual([
      { key: 'k', value: { type: 'string', value: 'v' } },
      bytesAttribute('invalid-trace-state', 'a=b'),
      bytesAttribute('invalid-span-name', 'op'),
    ]);
  });

  it('becomes bytes as a value, at any depth', () => {
    const list = { type: 'string', value: bad('deep') } as const;
    const span = keptOf(
      aSpan({
        attributes: {
          flat: bad('x'),
          long: bad('y'.repeat(200)),
          nested: {
            type: 'array',
            values: [{ type: 'map', entries: [{ key: 'k', value: list }] }],
          },
        },
      }),
    );
    const deep = { key: 'k', value: { type: 'bytes', value: bytes('deep') } };
    expect(span.attributes).toEqual([
      bytesAttribute('flat', 'x'),
      bytesAttribute('long', 'y'.repeat(200)),
      { key: 'nested', value: { type: 'array', values: [{ type: 'map', entries: [deep] }] } },
    ]);
  });

  it('becomes a numbered key that keeps key and value', () => {
    const span = keptOf(aSpan({ attributes: { [bad('a')]: 7n, fine: true, [bad('b')]: 'text' } }));
    const kept = (key: string, value: string): Uint8Array =>
      new Uint8Array(Buffer.concat([bytes(key), Buffer.from(`:${value}`)]));
    expect(span.attributes).toEqual([
      { key: 'invalid-tag-key-1', value: { type: 'bytes', value: kept('a', '7') } },
      { key: 'fine', value: { type: 'bool', value: true } },
      { key: 'invalid-tag-key-2', value: { type: 'bytes', value: kept('b', 'text') } },
    ]);
  });

  it('is kept where it was: in events, links, the status, scope and resource', () => {
    const plain = { droppedAttributesCount: 0, attributes: [] };
    const span = keptOf(
      aSpan({
        events: [{ ...plain, timeUnixNano: 5n, name: bad('event') }],
        links: [
          {
            ...plain,
            traceId: 'a'.repeat(32),
            spanId: 'b'.repeat(16),
            traceState: bad('t'),
            flags: 0,
          },
        ],
        status: { code: 'error', message: bad('why') },
        scope: aScope({ name: bad('lib'), version: bad('1'), schemaUrl: bad('http') }),
        resource: { ...aResource(bad('cart'), { host: bad('h') }), schemaUrl: bad('url') },
      }),
    );
    expect([span.events[0]?.name, span.events[0]?.attributes]).toEqual([
      'invalid-event-name',
      [bytesAttribute('invalid-event-name', 'event')],
    ]);
    expect([span.links[0]?.traceState, span.links[0]?.attributes]).toEqual([
      '',
      [bytesAttribute('invalid-trace-state', 't')],
    ]);
    expect([span.status.message, span.attributes]).toEqual([
      'invalid-status-message',
      [bytesAttribute('invalid-status-message', 'why')],
    ]);
    expect(span.scope).toEqual({
      ...aScope({ name: 'invalid-scope-name', version: 'invalid-scope-version' }),
      attributes: [
        bytesAttribute('invalid-schema-url', 'http'),
        bytesAttribute('invalid-scope-name', 'lib'),
        bytesAttribute('invalid-scope-version', '1'),
      ],
    });
    expect(span.resource.schemaUrl).toBe('');
    expect(span.resource.serviceName).toBe('invalid-service-name');
    expect(span.resource.attributes.slice(1)).toEqual([
      bytesAttribute('host', 'h'),
      bytesAttribute('invalid-schema-url', 'url'),
      bytesAttribute('invalid-service-name', 'cart'),
    ]);
  });

  it('changes nothing about the other spans of its batch', () => {
    const fine = aSpan({ name: 'größer', attributes: { '': '\u202e\u0007', 'k\u0000': '€' } });
    const otlp = encodeSpans([aSpan({ name: 'op!' }), fine]);
    otlp[Buffer.from(otlp).indexOf('op!') + 2] = 0xc3;
    const [broken, kept] = decodeSpans(sanitize(batchOf(otlp)).batch.otlp);
    expect(broken?.name).toBe('invalid-span-name');
    expect(kept).toEqual(fine);
  });
});

describe('text that is UTF-8', () => {
  it('is never touched, whatever it says', () => {
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.string({ unit: 'binary' }), fc.string({ unit: 'binary' }))),
        fc.string({ unit: 'binary', minLength: 1 }),
        fc.double(),
        fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
        (attributes, name, number, integer) => {
          const entries = attributes.map(([key, value]): Attribute => ({
            key,
            value: { type: 'string', value },
          }));
          const map = { type: 'map', entries } as const;
          const batch = aBatch([
            aSpan({ name, attributes: [...entries, { key: 'm', value: map }] }),
          ]);
          const numbers = aBatch([aSpan({ attributes: { number, integer } })]);
          return sanitize(batch).batch === batch && sanitize(numbers).batch === numbers;
        },
      ),
    );
  });

  it('keeps names that JavaScript objects have of their own', () => {
    const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty'];
    const attributes = names.map((key): Attribute => ({
      key,
      value: { type: 'string', value: key },
    }));
    const map = { type: 'map', entries: attributes } as const;
    const span = aSpan({
      name: '__proto__',
      attributes: [...attributes, { key: 'm', value: map }],
    });
    const bad = aSpan({ spanId: '', name: 'constructor' });
    expect(decodeSpans(sanitize(aBatch([span, bad])).batch.otlp)).toEqual([span]);
  });
});
