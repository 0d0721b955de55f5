import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../../src/model/span.ts';
import { jaegerJsonSpanToOtlp } from '../../../src/wire/jaeger/json-to-otlp.ts';
import { decodeSpans } from '../../../src/wire/otlp/decode-trace.ts';
import { scanSpans } from '../../../src/wire/otlp/scan-spans.ts';
import { WireError } from '../../../src/wire/wire-error.ts';

/** What Jaeger's collector writes with kafka.producer.encoding=json, one value of each type. */
const MESSAGE = `{
  "traceId": "CvdlGRbNQ92ESOshHIAxnA==", "spanId": "t61rcWkgMzE=", "operationName": "GET /dispatch",
  "references": [
    {"traceId": "CvdlGRbNQ92ESOshHIAxnA==", "spanId": "AAAAAAAAAAM="},
    {"traceId": "AAAAAAAAAAAAAAAAAAAAYw==", "spanId": "AAAAAAAAAAQ=", "refType": "FOLLOWS_FROM"}
  ],
  "flags": 1, "startTime": "2023-11-14T22:13:20.000123456Z", "duration": "0.001500s",
  "tags": [
    {"key": "span.kind", "vStr": "client"},
    {"key": "s", "vType": "STRING", "vStr": "\\u00fcn\\u00ef"},
    {"key": "b", "vType": "BOOL", "vBool": true},
    {"key": "l", "vType": "INT64", "vInt64": "-9223372036854775808"},
    {"key": "d", "vType": "FLOAT64", "vFloat64": -1.5e+300},
    {"key": "x", "vType": "BINARY", "vBinary": "AP8="}
  ],
  "logs": [{"timestamp": "2023-11-14T22:13:20.000200Z", "fields": [{"key": "event", "vStr": "e"}]}],
  "process": {"serviceName": "frontend", "tags": [{"key": "ip", "vStr": "10.0.0.1"}]},
  "warnings": ["late"]
}`;

function decode(json: string | object): Span {
  const text = typeof json === 'string' ? json : JSON.stringify(json);
  const otlp = jaegerJsonSpanToOtlp(Buffer.from(text));
  const [span, ...others] = decodeSpans(otlp);
  if (span === undefined || others.length > 0) throw new Error('not one span');
  expect(scanSpans(otlp).count).toBe(1);
  return span;
}

function tagValue(tag: object): unknown {
  const value = decode({ tags: [{ key: 'k', ...tag }] }).attributes[0]?.value;
  return value !== undefined && 'value' in value ? value.value : value;
}

describe('jaegerJsonSpanToOtlp', () => {
  it('reads what Jaeger writes', () => {
    expect(decode(MESSAGE)).toMatchObject({
      traceId: '0af7651916cd43dd8448eb211c80319c',
      spanId: 'b7ad6b7169203331',
      parentSpanId: '0000000000000003',
      name: 'GET /dispatch',
      kind: 'client',
      flags: 1,
      startTimeUnixNano: 1_700_000_000_000_123_456n,
      endTimeUnixNano: 1_700_000_000_001_623_456n,
      attributes: [
        { key: 's', value: { type: 'string', value: 'ünï' } },
        { key: 'b', value: { type: 'bool', value: true } },
        { key: 'l', value: { type: 'int', value: -(2n ** 63n) } },
        { key: 'd', value: { type: 'double', value: -1.5e300 } },
        { key: 'x', value: { type: 'bytes', value: new Uint8Array([0, 255]) } },
      ],
      events: [{ timeUnixNano: 1_700_000_000_000_200_000n, name: 'e', attributes: [] }],
      links: [{ traceId: `${'0'.repeat(30)}63`, spanId: '0000000000000004' }],
      warnings: ['late'],
      resource: {
        serviceName: 'frontend',
        attributes: [
          { key: 'service.name', value: { type: 'string', value: 'frontend' } },
          { key: 'ip', value: { type: 'string', value: '10.0.0.1' } },
        ],
      },
    });
  });

  it('takes names as the .proto file writes them', () => {
    const snake = MESSAGE.replaceAll(/"([a-z]+[A-Z]\w*)":/g, (_, name: string) => {
      return `"${name.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)}":`;
    });
    expect(snake).toContain('"v_int64":');
    expect(decode(snake)).toEqual(decode(MESSAGE));
  });

  it('ignores fields it does not know and takes null for absent', () => {
    const names = ['references', 'flags', 'logs', 'process', 'processId', 'warnings', 'tags'];
    const nulls = Object.fromEntries(names.map((name) => [name, null]));
    const tag = { key: 'k', vType: null, vStr: null };
    const span = decode({ ...nulls, spanId: 'AAAAAAAAAAE=', more: [{ tags: {} }], tags: [tag] });
    expect(span).toMatchObject({
      spanId: '0000000000000001',
      attributes: [{ key: 'k', value: { type: 'string', value: '' } }],
      resource: { attributes: [] },
    });
  });

  it.each([
    ['a number for INT64', { vType: 2, vInt64: 42 }, 42n],
    ['text for INT64', { vType: 'INT64', vInt64: '9223372036854775807' }, 2n ** 63n - 1n],
    ['an exponent for INT64', { vType: 'INT64', vInt64: 1e3 }, 1000n],
    ['text for FLOAT64', { vType: 3, vFloat64: '2.5' }, 2.5],
    ['NaN', { vType: 3, vFloat64: 'NaN' }, Number.NaN],
    ['-Infinity', { vType: 3, vFloat64: '-Infinity' }, -Infinity],
    ['base64 for addresses', { vType: 4, vBinary: '-_8' }, new Uint8Array([251, 255])],
    ['long base64', { vType: 4, vBinary: 'QUJD'.repeat(100) }, Buffer.from('ABC'.repeat(100))],
  ])('takes %s', (_, tag, value) => {
    const read = tagValue(tag);
    expect(read instanceof Uint8Array ? Buffer.from(read) : read).toEqual(
      value instanceof Uint8Array ? Buffer.from(value) : value,
    );
  });

  it('takes times of any offset, before 1970 and of Go that has none', () => {
    const start = (startTime: string): bigint => decode({ startTime }).startTimeUnixNano;
    expect(start('1970-01-01T01:30:00.5+01:30')).toBe(500_000_000n);
    expect(start('1969-12-31T22:00:01-02:00')).toBe(1_000_000_000n);
    expect(start('0001-01-01T00:00:00Z')).toBe(0n);
    expect(BigInt.asIntN(64, start('1969-12-31T23:59:59.9999995Z'))).toBeLessThan(0n);
    expect(start('2024-02-29t23:59:59.000000001z')).toBe(1_709_251_199_000_000_001n);
    const span = decode({ startTime: '1970-01-01T00:00:02Z', duration: '-1.25s' });
    expect(span.endTimeUnixNano).toBe(750_000_000n);
  });

  it('takes 8 bytes as the low half of a trace id', () => {
    expect(decode({ traceId: 'AQIDBAUGBwg=' }).traceId).toBe(`${'0'.repeat(16)}0102030405060708`);
  });

  it.each([
    ['{"tags":[{"key":"a"},{"vType":"INT"}]}', /STRING.* at byte \d+, in tags\[1\]\.vType$/],
    ['{"tags":[{"vInt64":"x"}]}', /an integer of 64 bits .*, in tags\[0\]\.vInt64$/],
    ['{"tags":[{"vInt64":9223372036854775808}]}', /below 2\^63 .*, in tags\[0\]\.vInt64$/],
    ['{"tags":[{"vFloat64":"1 000"}]}', /a number should end .*, in tags\[0\]\.vFloat64$/],
    ['{"tags":{}}', /an array should be at byte 8, in tags$/],
    ['{"logs":[{"timestamp":"yesterday"}]}', /a timestamp such as .*, in logs\[0\]\.timestamp$/],
    ['{"startTime":"2024-13-01T00:00:00Z"}', /, in startTime$/],
    ['{"startTime":"2023-02-29T00:00:00Z"}', /, in startTime$/],
    ['{"startTime":"2024-01-01T24:00:00Z"}', /, in startTime$/],
    ['{"startTime":"2024-01-01T00:00:00.Z"}', /, in startTime$/],
    ['{"startTime":"2024-01-01T00:00:00.0000000001Z"}', /, in startTime$/],
    ['{"startTime":"2024-01-01T00:00:00+1:00"}', /, in startTime$/],
    ['{"startTime":"2024-01-01T00:00:00"}', /, in startTime$/],
    ['{"duration":".5s"}', /, in duration$/],
    ['{"duration":"1.s"}', /, in duration$/],
    ['{"duration":"1.5ss"}', /, in duration$/],
    ['{"duration":"5000ns"}', /a duration such as 0\.5s .*, in duration$/],
    [
      '{"traceId":"0af7651916cd43dd8448eb211c80319c"}',
      /base64 of 16 bytes at most .*, in traceId$/,
    ],
    ['{"spanId":"AA=A"}', /base64 should end .*, in spanId$/],
    ['{"spanId":"A"}', /, in spanId$/],
    ['{"flags":-1}', /an integer from 0 to 4294967295 .*, in flags$/],
    ['{"process":{"serviceName":7}}', /a string should be at byte \d+, in process\.serviceName$/],
    ['{} {}', /^json: the end should be at byte 3$/],
    ['[]', /^json: an object should be at byte 0$/],
    ['', /^json: cut off/],
  ])('refuses %s and says where it is wrong', (json, message) => {
    expect(() => decode(json)).toThrow(WireError);
    expect(() => decode(json)).toThrow(message);
  });

  it('refuses a message cut off anywhere, and throws nothing but WireError for damage', () => {
    const bytes = Buffer.from(MESSAGE);
    for (let end = 0; end < bytes.length; end += 1) {
      expect(() => jaegerJsonSpanToOtlp(bytes.subarray(0, end))).toThrow(WireError);
    }
    let refused = 0;
    for (let at = 0; at < bytes.length; at += 1) {
      for (const byte of Buffer.from('"{}[]:,\\0-9e\0\xff', 'latin1')) {
        const mutant = Buffer.from(bytes);
        mutant[at] = byte;
        try {
          scanSpans(jaegerJsonSpanToOtlp(mutant));
        } catch (error) {
          if (!(error instanceof WireError)) throw error;
          refused += 1;
        }
      }
    }
    expect(refused).toBeGreaterThan(5000);
  });
});
