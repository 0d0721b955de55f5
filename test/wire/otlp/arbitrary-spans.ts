import fc from 'fast-check';
import type { Attribute, AttributeValue, Resource, Scope, Span } from '../../../src/model/span.ts';
import { SPAN_KINDS, STATUS_CODES } from '../../../src/model/span.ts';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const count = fc.nat({ max: 0xffff_ffff });
const time = fc.bigInt({ min: 0n, max: 2n ** 64n - 1n });

function hexId(bytes: number): fc.Arbitrary<string> {
  return fc
    .uint8Array({ minLength: bytes, maxLength: bytes })
    .map((id) => Buffer.from(id).toString('hex'))
    .filter((id) => /[^0]/.test(id));
}

const { value } = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constant<AttributeValue>({ type: 'empty' }),
    text.map((item): AttributeValue => ({ type: 'string', value: item })),
    fc.boolean().map((item): AttributeValue => ({ type: 'bool', value: item })),
    fc
      .bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n })
      .map((item): AttributeValue => ({ type: 'int', value: item })),
    fc.double({ noNaN: true }).map((item): AttributeValue => ({ type: 'double', value: item })),
    fc.uint8Array({ maxLength: 9 }).map((item): AttributeValue => ({ type: 'bytes', value: item })),
    fc
      .array(tie('value'), { maxLength: 3 })
      .map((values): AttributeValue => ({ type: 'array', values })),
    fc
      .array(fc.record({ key: text, value: tie('value') }), { maxLength: 3 })
      .map((entries): AttributeValue => ({ type: 'map', entries })),
  ),
}));

const attribute: fc.Arbitrary<Attribute> = fc.record({
  key: fc.oneof(text, fc.constantFrom('__proto__', 'constructor', 'toString', 'http.route')),
  value,
});
const attributes = fc.array(attribute, { maxLength: 4 });

const resource: fc.Arbitrary<Resource> = fc
  .record({
    serviceName: text,
    attributes,
    droppedAttributesCount: count,
    schemaUrl: text,
  })
  .map((own) => ({
    ...own,
    attributes:
      own.serviceName === ''
        ? own.attributes
        : [
            { key: 'service.name', value: { type: 'string' as const, value: own.serviceName } },
            ...own.attributes,
          ],
  }));

const scope: fc.Arbitrary<Scope> = fc.record({
  name: text,
  version: text,
  attributes,
  droppedAttributesCount: count,
  schemaUrl: text,
});

const bareSpan = fc.record({
  traceId: hexId(16),
  spanId: hexId(8),
  parentSpanId: fc.oneof(fc.constant(''), hexId(8)),
  traceState: text,
  flags: count,
  name: text,
  kind: fc.constantFrom(...SPAN_KINDS),
  startTimeUnixNano: time,
  endTimeUnixNano: time,
  attributes,
  droppedAttributesCount: count,
  events: fc.array(
    fc.record({ timeUnixNano: time, name: text, attributes, droppedAttributesCount: count }),
    { maxLength: 2 },
  ),
  droppedEventsCount: count,
  links: fc.array(
    fc.record({
      traceId: hexId(16),
      spanId: hexId(8),
      traceState: text,
      attributes,
      droppedAttributesCount: count,
      flags: count,
    }),
    { maxLength: 2 },
  ),
  droppedLinksCount: count,
  status: fc.record({ code: fc.constantFrom(...STATUS_CODES), message: text }),
  warnings: fc.array(text, { maxLength: 2 }),
});

/** Spans grouped as an encoder groups them, so that encoding and decoding keeps their order. */
export const arbitrarySpans: fc.Arbitrary<Span[]> = fc
  .array(
    fc.record({
      resource,
      groups: fc.array(
        fc.record({ scope, spans: fc.array(bareSpan, { minLength: 1, maxLength: 3 }) }),
        { minLength: 1, maxLength: 2 },
      ),
    }),
    { maxLength: 3 },
  )
  .map((batches) =>
    batches.flatMap((batch) =>
      batch.groups.flatMap((group) =>
        group.spans.map((span) => ({ ...span, resource: batch.resource, scope: group.scope })),
      ),
    ),
  );
