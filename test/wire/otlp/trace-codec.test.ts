import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SPAN_KINDS, STATUS_CODES } from '../../../src/model/span.ts';
import type { AttributeValue, Span } from '../../../src/model/span.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { encodeSpans } from '../../../src/wire/otlp/encode-trace.ts';
import { scanReceived, scanSpans } from '../../../src/wire/otlp/scan-spans.ts';
import { WireError } from '../../../src/wire/wire-error.ts';
import { aResource, aSpan, spanId, traceId } from '../../harness/a-span.ts';
import { arbitraryParts } from './arbitrary-parts.ts';
import { arbitrarySpans } from './arbitrary-spans.ts';
import { decodeWithProtobufjs, encodeWithProtobufjs } from './otlp-proto.ts';

/** One span as the published field numbers have it, byte by byte. */
const FIXTURE = Buffer.from(
  [
    '0a5d', // TracesData.resource_spans
    '0a14', // ResourceSpans.resource
    '0a12 0a0c736572766963652e6e616d65 12020a00', // service.name = ''
    '1245', // ResourceSpans.scope_spans
    '0a03 0a0161', // scope.name = 'a'
    '123e', // ScopeSpans.spans
    '0a10 000102030405060708090a0b0c0d0e0f', // trace_id
    '1208 1011121314151617', // span_id
    '2a02 4869', // name = 'Hi'
    '3003', // kind = client
    '39 0100000000000000', // start
    '41 0300000001000000', // end = start + 2^32 + 2
    '7a02 1802', // status.code = error
    '8501 01000000', // flags
  ]
    .join('')
    .replaceAll(' ', ''),
  'hex',
);

function textAt(otlp: Uint8Array, start: number | undefined, end: number | undefined): string {
  return Buffer.from(otlp.subarray(start, end)).toString('utf8');
}

/** Invalid surrogates cannot be written as UTF-8; both codecs replace them, in ways of their own. */
function wellFormed(spans: readonly Span[]): boolean {
  return !JSON.stringify(spans, (_key, value: unknown) =>
    typeof value === 'bigint' ? String(value) : value,
  ).includes('\\ud');
}

describe('the OTLP trace codec', () => {
  it('reads a span written by hand from the published field numbers', () => {
    const [span] = decodeSpans(FIXTURE);
    expect(span).toEqual(
      aSpan({
        traceId: '000102030405060708090a0b0c0d0e0f',
        spanId: '1011121314151617',
        name: 'Hi',
        kind: 'client',
        startTimeUnixNano: 1n,
        endTimeUnixNano: 2n ** 32n + 3n,
        status: { code: 'error', message: '' },
        flags: 1,
        resource: {
          ...aResource(''),
          attributes: [{ key: 'service.name', value: { type: 'string', value: '' } }],
        },
        scope: { ...aSpan().scope, name: 'a' },
      }),
    );
  });

  it('scans the same bytes into a row', () => {
    const scan = scanSpans(FIXTURE);
    expect(scan.count).toBe(1);
    expect([...scan.traceIds]).toEqual([0x00010203, 0x04050607, 0x08090a0b, 0x0c0d0e0f]);
    expect([...scan.spanIds]).toEqual([0x10111213, 0x14151617]);
    expect([...scan.parentSpanIds]).toEqual([0, 0]);
    expect(scan.startTimesUnixNano[0]).toBe(1n);
    expect(scan.durationsNano[0]).toBe(2 ** 32 + 2);
    expect(scan.kinds[0]).toBe(3);
    expect(scan.statusCodes[0]).toBe(2);
    expect(textAt(FIXTURE, scan.nameStarts[0], scan.nameEnds[0])).toBe('Hi');
    expect(scan.resources.serviceNameStarts[0]).toBe(scan.resources.serviceNameEnds[0]);
  });

  it('decodes what it encodes', () => {
    fc.assert(
      fc.property(arbitrarySpans.filter(wellFormed), (spans) => {
        expect(decodeSpans(encodeSpans(spans))).toEqual(spans);
      }),
      { numRuns: 300 },
    );
  });

  it('scans every span as it decodes it', () => {
    fc.assert(
      fc.property(arbitrarySpans, (spans) => {
        const otlp = encodeSpans(spans);
        const scan = scanSpans(otlp);
        const rows = decodeSpans(otlp).map((span, row) => {
          const words = (array: Uint32Array, size: number): string =>
            [...array.subarray(row * size, row * size + size)]
              .map((word) => word.toString(16).padStart(8, '0'))
              .join('');
          const parent = words(scan.parentSpanIds, 2);
          const resource = scan.resourceRows[row] ?? -1;
          expect({
            traceId: words(scan.traceIds, 4),
            spanId: words(scan.spanIds, 2),
            parentSpanId: /^0*$/.test(parent) ? '' : parent,
            start: scan.startTimesUnixNano[row],
            kind: SPAN_KINDS[scan.kinds[row] ?? 0],
            status: STATUS_CODES[scan.statusCodes[row] ?? 0],
            name: textAt(otlp, scan.nameStarts[row], scan.nameEnds[row]),
            service: textAt(
              otlp,
              scan.resources.serviceNameStarts[resource],
              scan.resources.serviceNameEnds[resource],
            ),
          }).toEqual({
            traceId: span.traceId,
            spanId: span.spanId,
            parentSpanId: span.parentSpanId,
            start: span.startTimeUnixNano,
            kind: span.kind,
            status: span.status.code,
            name: span.name,
            service: span.resource.serviceName,
          });
          expect(scan.durationsNano[row]).toBeCloseTo(
            Number(span.endTimeUnixNano - span.startTimeUnixNano),
            -5,
          );
          return row;
        });
        expect(scan.count).toBe(rows.length);
      }),
      { numRuns: 300 },
    );
  });

  it('reads resources, scopes and statuses that come in parts as protobufjs does', () => {
    fc.assert(
      fc.property(arbitraryParts, (split) => {
        const message = decodeWithProtobufjs('TracesData', split);
        const expected = decodeSpans(encodeWithProtobufjs('TracesData', withBytes(message)));
        expect(decodeSpans(split)).toEqual(expected);
        const { otlp, scan } = scanReceived(split);
        expect(decodeSpans(otlp)).toEqual(expected);
        expect(decodeWithProtobufjs('TracesData', otlp)).toEqual(message);
        expect([...scan.statusCodes]).toEqual(
          expected.map(({ status }) => STATUS_CODES.indexOf(status.code)),
        );
        for (const [row, span] of expected.entries()) {
          const { serviceNameStarts, serviceNameEnds } = scan.resources;
          const at = scan.resourceRows[row] ?? -1;
          expect(textAt(otlp, serviceNameStarts[at], serviceNameEnds[at])).toBe(
            span.resource.serviceName,
          );
        }
      }),
      { numRuns: 500 },
    );
  });

  it('keeps the bytes of a message that is whole', () => {
    const otlp = encodeSpans([aSpan()]);
    expect(scanReceived(otlp).otlp).toBe(otlp);
  });

  it('writes what protobufjs reads, and reads what protobufjs writes', () => {
    fc.assert(
      fc.property(arbitrarySpans.filter(wellFormed), (spans) => {
        const ours = decodeWithProtobufjs('TracesData', encodeSpans(spans));
        const theirs = encodeWithProtobufjs('TracesData', withBytes(ours));
        expect(decodeSpans(theirs)).toEqual(spans);
        expect(scanSpans(theirs).count).toBe(spans.length);
      }),
      { numRuns: 200 },
    );
  });

  it('shares resources and scopes by reference', () => {
    const resource = aResource('cart');
    const spans = decodeSpans(
      encodeSpans([aSpan({ resource }), aSpan({ resource, spanId: spanId(2) })]),
    );
    expect(spans[0]?.resource).toBe(spans[1]?.resource);
  });

  it('reads a resource that stands behind its spans', () => {
    const spans = decodeSpans(
      Buffer.concat([
        Buffer.from('0a26', 'hex'),
        Buffer.from('1206 1204 2a02 4869'.replaceAll(' ', ''), 'hex'),
        Buffer.from(
          '0a19 0a17 0a0c736572766963652e6e616d65 1207 0a0563617274 73'.replaceAll(' ', ''),
          'hex',
        ),
        Buffer.from('1a01 75'.replaceAll(' ', ''), 'hex'),
      ]),
    );
    expect(spans[0]?.resource.serviceName).toBe('carts');
    expect(spans[0]?.resource.schemaUrl).toBe('u');
  });

  it('replaces invalid UTF-8 instead of failing', () => {
    const otlp = encodeSpans([aSpan({ name: 'abc' })]);
    otlp[Buffer.from(otlp).indexOf('abc') + 1] = 0xff;
    expect(decodeSpans(otlp)[0]?.name).toBe('a\ufffdc');
  });

  it('skips fields it does not know, of every wire type', () => {
    const otlp = encodeSpans([aSpan()]);
    const unknown = Buffer.from(
      'a00601 a1060102030405060708 a2060161 a50601020304'.replaceAll(' ', ''),
      'hex',
    );
    expect(decodeSpans(Buffer.concat([unknown, otlp, unknown]))).toHaveLength(1);
    expect(scanSpans(Buffer.concat([unknown, otlp, unknown])).count).toBe(1);
  });

  it('leaves the ids of a span zero when they have a wrong length', () => {
    const scan = scanSpans(
      encodeSpans([
        aSpan({ traceId: 'abcd' }),
        aSpan({ spanId: 'abcd' }),
        aSpan({ parentSpanId: 'abcd' }),
        aSpan(),
      ]),
    );
    expect([...scan.traceIds].filter((_word, at) => at % 4 === 3)).toEqual([0, 1, 1, 1]);
    expect([...scan.spanIds].filter((_word, at) => at % 2 === 1)).toEqual([1, 0, 0, 1]);
  });

  it('carries warnings in an attribute of their own', () => {
    const [span] = decodeSpans(encodeSpans([aSpan({ warnings: ['late', 'odd'] })]));
    expect(span?.warnings).toEqual(['late', 'odd']);
    expect(span?.attributes).toEqual([]);
  });

  it('keeps names of the prototype as plain attributes', () => {
    const attributes = { ['__proto__']: 'a', constructor: 'b', hasOwnProperty: 'c' };
    const given = Object.entries(attributes).map(([key, value]) => ({
      key,
      value: { type: 'string' as const, value },
    }));
    expect(decodeSpans(encodeSpans([aSpan({ attributes: given })]))[0]?.attributes).toEqual(given);
  });
});

/** `decodeWithProtobufjs` shows bytes as hex; the encoder wants them back. */
function withBytes(value: unknown): object {
  const idNames = new Set(['traceId', 'spanId', 'parentSpanId', 'bytesValue']);
  const convert = (item: unknown, key: string): unknown => {
    if (typeof item === 'string' && idNames.has(key)) return Buffer.from(item, 'hex');
    if (Array.isArray(item)) return item.map((inner) => convert(inner, ''));
    if (typeof item !== 'object' || item === null) return item;
    return Object.fromEntries(
      Object.entries(item).map(([name, inner]) => [name, convert(inner, name)]),
    );
  };
  const converted = convert(value, '');
  return typeof converted === 'object' && converted !== null ? converted : {};
}

function nested(levels: number): AttributeValue {
  let value: AttributeValue = { type: 'bool', value: true };
  for (let level = 0; level < levels; level += 1) value = { type: 'array', values: [value] };
  return value;
}

describe('hostile OTLP bytes', () => {
  it.each([
    ['a number of eleven bytes', '0a'.padEnd(24, 'ff')],
    ['a length past the end', '0aff01'],
    ['a length of four gigabytes', '0affffffff0f'],
    ['a message cut off', '0a05 1203'],
    ['field number 0', '0001'],
    ['a group', '0b0c'],
    ['a known field of a wrong type', '0801'],
  ])('are refused: %s', (_what, hex) => {
    const bytes = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    expect(() => scanSpans(bytes)).toThrow(WireError);
  });

  it('are refused when values are nested deeper than the limit', () => {
    const deep = (levels: number): Uint8Array =>
      encodeSpans([aSpan({ attributes: [{ key: 'deep', value: nested(levels) }] })]);
    expect(scanSpans(deep(29)).count).toBe(1);
    expect(decodeSpans(deep(29))).toHaveLength(1);
    expect(() => scanSpans(deep(30))).toThrow('nested more than 64 deep');
    expect(() => decodeSpans(deep(30))).toThrow(WireError);
    expect(() => scanSpans(deep(1000))).toThrow(WireError);
  });

  it('are judged alike by the scan and the decoder at every depth', () => {
    const outcome = (read: () => unknown): string => {
      try {
        read();
        return 'taken';
      } catch (error) {
        return error instanceof WireError ? 'refused' : String(error);
      }
    };
    const outcomes = Array.from({ length: 30 }, (_, levels) => {
      let value: AttributeValue = { type: 'string', value: 'leaf' };
      for (let level = 0; level < levels; level += 1) {
        value = { type: 'map', entries: [{ key: 'k', value }] };
      }
      const otlp = encodeSpans([aSpan({ attributes: [{ key: 'deep', value }] })]);
      expect(outcome(() => scanSpans(otlp))).toBe(outcome(() => decodeSpans(otlp)));
      return outcome(() => scanSpans(otlp));
    });
    expect(outcomes.lastIndexOf('taken')).toBe(19);
  });

  it('cannot make a scan that is far larger than they are', () => {
    const spans = Buffer.alloc(2_000_000);
    for (let at = 0; at < spans.length; at += 2) spans[at] = 0x12;
    const inScope = Buffer.concat([Buffer.from([0x12, 0x80, 0x89, 0x7a]), spans]);
    const size = inScope.length;
    const length = Buffer.from([(size & 0x7f) | 0x80, ((size >> 7) & 0x7f) | 0x80, size >> 14]);
    expect(() => scanSpans(Buffer.concat([Buffer.from([0x0a]), length, inScope]))).toThrow(
      'nearly all empty',
    );
  });

  it('never crash the scan or the decoder, and what is scanned can be decoded', () => {
    const seeds = fc.sample(arbitrarySpans, { numRuns: 40, seed: 7 }).map(encodeSpans);
    seeds.push(
      FIXTURE,
      encodeSpans([aSpan({ traceId: traceId(2) }), aSpan({ attributes: { a: 1n } })]),
    );
    let random = 42;
    const next = (below: number): number => {
      random = (Math.imul(random, 1_664_525) + 1_013_904_223) >>> 0;
      return Math.floor((random / 2 ** 32) * below);
    };
    let refused = 0;
    let accepted = 0;
    for (let round = 0; round < 25_000; round += 1) {
      const seed = seeds[next(seeds.length)] ?? FIXTURE;
      const mutant = mutate(Buffer.from(seed), next);
      try {
        const { count } = scanSpans(mutant);
        accepted += 1;
        expect(decodeSpans(mutant)).toHaveLength(count);
      } catch (error) {
        if (!(error instanceof WireError)) throw error;
        refused += 1;
        decodeOrWireError(mutant);
      }
    }
    expect(refused).toBeGreaterThan(2000);
    expect(accepted).toBeGreaterThan(2000);
  });
});

function decodeOrWireError(bytes: Uint8Array): void {
  try {
    decodeSpans(bytes);
  } catch (error) {
    if (!(error instanceof WireError)) throw error;
  }
}

function mutate(bytes: Buffer, next: (below: number) => number): Buffer {
  if (bytes.length === 0) return bytes;
  let mutant = bytes;
  for (let change = next(3); change >= 0; change -= 1) {
    const at = next(mutant.length);
    const kind = next(4);
    if (kind === 0) mutant[at] = next(256);
    else if (kind === 1) mutant[at] = (mutant[at] ?? 0) ^ (1 << next(8));
    else if (kind === 2) mutant = mutant.subarray(0, at + 1);
    else mutant = Buffer.concat([mutant.subarray(0, at), mutant.subarray(next(mutant.length))]);
    if (mutant.length === 0) return mutant;
  }
  return mutant;
}
