import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { encodeSpans } from '../../../src/wire/otlp/encode-trace.ts';
import { jsonToOtlp, jsonToOtlpInSteps } from '../../../src/wire/otlp/json-to-otlp.ts';
import { resourceSpansText } from '../../../src/wire/otlp/otlp-json.ts';
import { scanSpans } from '../../../src/wire/otlp/scan-spans.ts';
import { WireError } from '../../../src/wire/wire-error.ts';
import { arbitrarySpans } from './arbitrary-spans.ts';

const FULL_SPAN = {
  traceId: '5B8EFFF798038103D269B633813FC60C',
  spanId: 'EEE19B7EC3C1B174',
  parentSpanId: 'eee19b7ec3c1b173',
  traceState: 'a=1',
  flags: 257,
  name: "I'm a server span",
  kind: 2,
  startTimeUnixNano: '1544712660000000001',
  endTimeUnixNano: '1544712661000000000',
  attributes: [
    { key: 's', value: { stringValue: '' } },
    { key: 'b', value: { boolValue: true } },
    { key: 'i', value: { intValue: '-9223372036854775808' } },
    { key: 'd', value: { doubleValue: 'NaN' } },
    { key: 'a', value: { arrayValue: { values: [{ intValue: 1 }, {}] } } },
    { key: 'm', value: { kvlistValue: { values: [{ key: 'k', value: { doubleValue: 0.5 } }] } } },
    { key: 'x', value: { bytesValue: 'AQI=' } },
    { key: 'empty' },
  ],
  droppedAttributesCount: 1,
  events: [{ timeUnixNano: '5', name: 'e', attributes: [], droppedAttributesCount: 2 }],
  droppedEventsCount: 3,
  links: [{ traceId: '5b8efff798038103d269b633813fc60c', spanId: 'eee19b7ec3c1b174', flags: 1 }],
  droppedLinksCount: 4,
  status: { code: 2, message: 'no' },
};

function body(span: object, resource: object = {}): string {
  return JSON.stringify({
    resourceSpans: [{ resource, scopeSpans: [{ scope: { name: 'lib' }, spans: [span] }] }],
  });
}

function toOtlp(text: string): Uint8Array {
  return jsonToOtlp(Buffer.from(text));
}

/** Whether it becomes something that the pipeline takes. */
function scans(text: string): boolean {
  try {
    return scanSpans(toOtlp(text)).count === 1;
  } catch {
    return false;
  }
}

function decodeOne(text: string): ReturnType<typeof decodeSpans>[number] | undefined {
  return decodeSpans(toOtlp(text))[0];
}

describe('OTLP JSON', () => {
  it('names the two ends of a place that is too long to read', () => {
    let value: object = { stringValue: '' };
    for (let depth = 0; depth < 200; depth += 1) value = { arrayValue: { values: [value] } };
    const nested = body({ attributes: [{ key: 'k', value }] });
    expect(() => toOtlp(nested)).toThrow(
      /^json: resourceSpans\[0\]\.scopeSpans.{1,60} … .{80}: values nested more than 30 deep$/,
    );
  });

  it('becomes the span it describes, field by field', () => {
    const attributes = [{ key: 'service.name', value: { stringValue: 'my.service' } }];
    const span = decodeOne(body(FULL_SPAN, { attributes, droppedAttributesCount: 9 }));
    expect(span).toMatchObject({
      traceId: '5b8efff798038103d269b633813fc60c',
      spanId: 'eee19b7ec3c1b174',
      parentSpanId: 'eee19b7ec3c1b173',
      traceState: 'a=1',
      flags: 257,
      name: "I'm a server span",
      kind: 'server',
      startTimeUnixNano: 1544712660000000001n,
      endTimeUnixNano: 1544712661000000000n,
      droppedAttributesCount: 1,
      droppedEventsCount: 3,
      droppedLinksCount: 4,
      events: [{ timeUnixNano: 5n, name: 'e', attributes: [], droppedAttributesCount: 2 }],
      status: { code: 'error', message: 'no' },
      resource: { serviceName: 'my.service', droppedAttributesCount: 9 },
      scope: { name: 'lib' },
    });
    expect(span?.links[0]).toMatchObject({ spanId: 'eee19b7ec3c1b174', flags: 1 });
    expect(span?.attributes).toEqual([
      { key: 's', value: { type: 'string', value: '' } },
      { key: 'b', value: { type: 'bool', value: true } },
      { key: 'i', value: { type: 'int', value: -(2n ** 63n) } },
      { key: 'd', value: { type: 'double', value: Number.NaN } },
      {
        key: 'a',
        value: { type: 'array', values: [{ type: 'int', value: 1n }, { type: 'empty' }] },
      },
      {
        key: 'm',
        value: { type: 'map', entries: [{ key: 'k', value: { type: 'double', value: 0.5 } }] },
      },
      { key: 'x', value: { type: 'bytes', value: Uint8Array.of(1, 2) } },
      { key: 'empty', value: { type: 'empty' } },
    ]);
  });

  it('may have snake_case names, enum names, nulls and fields nobody knows', () => {
    const span = decodeOne(
      JSON.stringify({
        resource_spans: [
          {
            resource: null,
            scope_spans: [
              {
                spans: [
                  {
                    trace_id: '5b8efff798038103d269b633813fc60c',
                    span_id: 'eee19b7ec3c1b174',
                    parent_span_id: null,
                    kind: 'SPAN_KIND_CLIENT',
                    start_time_unix_nano: 7,
                    status: { code: 'STATUS_CODE_OK' },
                    whatever: { deep: [1] },
                  },
                ],
              },
            ],
          },
        ],
      }),
    );
    expect(span).toMatchObject({
      kind: 'client',
      startTimeUnixNano: 7n,
      parentSpanId: '',
      status: { code: 'ok' },
    });
  });

  it('keeps every digit of a 64-bit integer that was written as a number', () => {
    const text = body(FULL_SPAN).replace('"1544712660000000001"', '1544712660000000001');
    expect(decodeOne(text)?.startTimeUnixNano).toBe(1544712660000000001n);
  });

  it('means the same spans that were written as JSON', () => {
    fc.assert(
      fc.property(arbitrarySpans, (spans) => {
        const text = `{"resourceSpans":[${[...resourceSpansText(spans, JSON.stringify)].join('')}]}`;
        expect(decodeSpans(toOtlp(text))).toEqual(decodeSpans(encodeSpans(spans)));
      }),
    );
  });

  it('takes the first of two values of an attribute, and the last of two names of a span', () => {
    const span = {
      ...FULL_SPAN,
      attributes: [{ key: 'k', value: { intValue: 1, boolValue: true } }],
    };
    const decoded = decodeOne(body(span).replace('"kind":2', '"kind":2,"name":"other"'));
    expect(decoded?.attributes).toEqual([{ key: 'k', value: { type: 'int', value: 1n } }]);
    expect(decoded?.name).toBe('other');
  });

  it('may be read in steps, none of which takes long', async () => {
    const spans = Array.from({ length: 3000 }, () => FULL_SPAN);
    const text = JSON.stringify({ resourceSpans: [{ scopeSpans: [{ spans }] }] });
    let steps = 1;
    const otlp = await jsonToOtlpInSteps(Buffer.from(text), () => {
      steps += 1;
      return Promise.resolve();
    });
    expect(otlp).toEqual(toOtlp(text));
    expect(steps).toBe(Math.ceil(text.length / 2 ** 18));
  });

  it('is not fooled by names of the prototype', () => {
    const text = `{"__proto__":{"resourceSpans":[{}]},"constructor":1,"resourceSpans":[]}`;
    expect(toOtlp(text)).toHaveLength(0);
  });

  it.each([
    ['a part of a body', '{"resourceSpans":[', 'json: cut off; an object should be at byte 18'],
    ['an array', '[]', 'json: the body must be an object'],
    ['a string for a list', '{"resourceSpans":"x"}', 'json: resourceSpans must be an array'],
    [
      'an id that is not hex',
      body({ ...FULL_SPAN, traceId: 'zz' }),
      'json: resourceSpans[0].scopeSpans[0].spans[0].traceId must be hex digits',
    ],
    [
      'an id of another length',
      body({ ...FULL_SPAN, spanId: '5B8EFFF798038103D269B633813FC60C' }),
      'json: resourceSpans[0].scopeSpans[0].spans[0].spanId must be hex digits, 16 or none',
    ],
    [
      'a wrong value inside of values',
      body({
        ...FULL_SPAN,
        events: [{}, { attributes: [{ key: 'k', value: { intValue: 1.5 } }] }],
      }),
      'spans[0].events[1].attributes[0].value.intValue must be an integer of 64 bits',
    ],
    [
      'a name that is a number no double can hold',
      body(FULL_SPAN).replace(`"I'm a server span"`, '99999999999999999999'),
      'spans[0].name must be a string',
    ],
    ['bytes that are not base64', body({ attributes: [{ value: { bytesValue: '?' } }] }), 'base64'],
    ['anything behind its end', '{}{}', 'json: the end should be at byte 2'],
    [
      'a time that is not a number',
      body({ ...FULL_SPAN, startTimeUnixNano: 'soon' }),
      'json: resourceSpans[0].scopeSpans[0].spans[0].startTimeUnixNano must be an integer of 64 bits',
    ],
    ...['9223372036854775808', '18446744073709551615', '-9223372036854775809'].map((intValue) => [
      `the integer ${intValue}`,
      body({ ...FULL_SPAN, attributes: [{ key: 'k', value: { intValue } }] }),
      'attributes[0].value.intValue must be an integer of 64 bits',
    ]),
    [
      'a kind nobody knows',
      body({ ...FULL_SPAN, kind: 'SPAN_KIND_ODD' }),
      'json: resourceSpans[0].scopeSpans[0].spans[0].kind must be one of 6 names',
    ],
    [
      'a number too large',
      body({ ...FULL_SPAN, flags: 2 ** 32 }),
      'flags must be an integer from 0',
    ],
  ])('is refused with the place when it is %s', (_what, text, message) => {
    expect(() => toOtlp(text)).toThrow(WireError);
    expect(() => toOtlp(text)).toThrow(message);
  });

  it('takes integers up to the largest of 64 bits', () => {
    const attributes = [{ key: 'k', value: { intValue: '9223372036854775807' } }];
    expect(decodeOne(body({ ...FULL_SPAN, attributes }))?.attributes).toEqual([
      { key: 'k', value: { type: 'int', value: 2n ** 63n - 1n } },
    ]);
  });

  it.each<[string, number, (value: object) => object]>([
    ['arrays', 30, (value) => ({ arrayValue: { values: [value] } })],
    ['maps', 20, (value) => ({ kvlistValue: { values: [{ key: 'k', value }] } })],
  ])(
    'is refused with a word on its values where a scan would refuse %s',
    (_what, refusedFrom, around) => {
      const nested = (depth: number): string => {
        let value: object = { intValue: 1 };
        for (let level = 0; level < depth; level += 1) value = around(value);
        return body({ ...FULL_SPAN, attributes: [{ key: 'k', value }] });
      };
      let depth = 1;
      while (scans(nested(depth))) depth += 1;
      expect(() => toOtlp(nested(depth))).toThrow(/: values nested more than \d+ deep$/);
      expect(() => toOtlp(nested(50))).toThrow(/: values nested more than \d+ deep$/);
      expect(depth).toBe(refusedFrom);
    },
  );

  it('is refused when it is nested too deep, with numbers of any size', () => {
    const deep = `${'{"arrayValue":{"values":['.repeat(200)}{}${']}}'.repeat(200)}`;
    const text = body({ ...FULL_SPAN, attributes: [] }).replace(
      '"attributes":[]',
      `"attributes":[{"key":"k","value":${deep}}]`,
    );
    expect(() => toOtlp(text)).toThrow(WireError);
    const bottomless = `{"a":12345678901234567890,"b":${'['.repeat(200_000)}${']'.repeat(200_000)}}`;
    expect(() => toOtlp(bottomless)).toThrow(WireError);
  });

  it('never fails with anything but a WireError, whatever is changed in it', () => {
    const text = body(FULL_SPAN);
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      '"',
      ',',
      ':',
      'null',
      '-1',
      '1e999',
      '"x"',
      '{}',
      '[]',
      '',
    ];
    let random = 7;
    const next = (below: number): number => {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((random / 2 ** 32) * below);
    };
    let refused = 0;
    for (let round = 0; round < 20_000; round += 1) {
      const at = next(text.length);
      const piece = pieces[next(pieces.length)] ?? '';
      const mutant = text.slice(0, at) + piece + text.slice(at + next(6));
      try {
        scanSpans(toOtlp(mutant));
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        refused += 1;
      }
    }
    expect(refused).toBeGreaterThan(5000);
  });

  it('makes bytes that the scan takes', () => {
    expect(scanSpans(toOtlp(body(FULL_SPAN))).count).toBe(1);
  });
});
