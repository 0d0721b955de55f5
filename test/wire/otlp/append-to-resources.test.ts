import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../../src/model/span.ts';
import { appendToResources } from '../../../src/wire/otlp/append-to-resources.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { encodeSpans } from '../../../src/wire/otlp/encode-trace.ts';
import { resourceAttributeField } from '../../../src/wire/otlp/resource-attributes.ts';
import { scanSpans } from '../../../src/wire/otlp/scan-spans.ts';
import { aResource, aScope, aSpan } from '../../harness/a-span.ts';
import { arbitrarySpans } from './arbitrary-spans.ts';

/** Short and long enough for lengths of resources that take one, two and three bytes. */
const VALUE_LENGTHS = [1, 100, 20_000];

function attribute(length: number): Span['attributes'][number] {
  return { key: 'zone', value: { type: 'string', value: 'z'.repeat(length) } };
}

/** Appends to the resources that `isChosen` names; expects what a parser makes of it. */
function check(otlp: Uint8Array, length: number, isChosen: (row: number) => boolean): void {
  const added = attribute(length);
  const suffix = resourceAttributeField(added);
  const scan = scanSpans(otlp);
  const result = appendToResources(otlp, scan, (row) => (isChosen(row) ? suffix : undefined));
  expect(result.scan).toEqual(scanSpans(result.otlp));
  const expected = decodeSpans(otlp).map((span, row) => {
    if (!isChosen(scan.resourceRows[row] ?? 0)) return span;
    const attributes = [...span.resource.attributes, added];
    return { ...span, resource: { ...span.resource, attributes } };
  });
  expect(decodeSpans(result.otlp)).toEqual(expected);
}

describe('appending to resources', () => {
  it('moves all else, whichever resources grow and by how much', () => {
    const length = fc.constantFrom(...VALUE_LENGTHS);
    const chosen = fc.array(fc.boolean(), { minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(arbitrarySpans, length, chosen, (spans, size, choice) => {
        check(encodeSpans(spans), size, (row) => choice[row % choice.length] === true);
      }),
      { numRuns: 200 },
    );
  });

  it.each(VALUE_LENGTHS)('moves scopes, names and schema URLs, by %i bytes more', (length) => {
    const spans = ['cart', 'mail', 'cart'].flatMap((name) => {
      const resource = { ...aResource(name), schemaUrl: 'https://r.example/1' };
      return ['a', 'b'].map((lib) =>
        aSpan({ name, resource, scope: aScope({ name: lib, schemaUrl: 'https://s.example/1' }) }),
      );
    });
    check(encodeSpans(spans), length, () => true);
    check(encodeSpans(spans), length, (row) => row === 1);
  });

  it.each([
    ['behind its spans', (resource: Buffer, scopes: Buffer) => [scopes, resource]],
    ['nowhere', (_resource: Buffer, scopes: Buffer) => [scopes]],
  ])('finds a resource that is %s', (_where, arrange) => {
    const whole = Buffer.from(encodeSpans([aSpan()]));
    const { resources } = scanSpans(whole);
    const end = resources.ends[0] ?? 0;
    const resource = whole.subarray((resources.starts[0] ?? 0) - 2, end);
    const body = Buffer.concat(arrange(resource, whole.subarray(end)));
    const length = [(body.length & 0x7f) | 0x80, body.length >>> 7];
    check(Buffer.concat([Buffer.of(0x0a, ...length), body]), 1, () => true);
  });
});
