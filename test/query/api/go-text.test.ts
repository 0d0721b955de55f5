import { describe, expect, it } from 'vitest';
import {
  readBool,
  readDuration,
  readFloat,
  readInteger,
  readStringMap,
  readTime,
  readTraceId,
} from '../../../src/query/api/go-text.ts';

const LAYOUT = '"2006-01-02T15:04:05.999999999Z07:00"';

describe('numbers and flags', () => {
  it('are read as Go reads them', () => {
    expect(readInteger('+7', 32)).toBe(7n);
    expect(readInteger('-9223372036854775808', 64)).toBe(-(2n ** 63n));
    expect(readFloat('.5e1')).toBe(5);
    expect([readBool('T'), readBool('0')]).toEqual([true, false]);
  });

  it.each([
    [() => readInteger('1.5', 64), 'strconv.ParseInt: parsing "1.5": invalid syntax'],
    [
      () => readInteger('2147483648', 32),
      'strconv.ParseInt: parsing "2147483648": value out of range',
    ],
    [
      () => readInteger('9'.repeat(50), 64),
      `strconv.ParseInt: parsing "${'9'.repeat(50)}": value out of range`,
    ],
    [() => readInteger('x\u0001', 64, 'Atoi'), 'strconv.Atoi: parsing "x\\x01": invalid syntax'],
    [() => readFloat(''), 'strconv.ParseFloat: parsing "": invalid syntax'],
    [() => readBool('yes'), 'strconv.ParseBool: parsing "yes": invalid syntax'],
  ])('have the error text of Go (%#)', (attempt, message) => {
    expect(attempt).toThrow(new Error(message).message);
  });
});

describe('trace ids', () => {
  it.each([
    ['', 'strconv.ParseUint: parsing "": invalid syntax'],
    ['x200', 'invalid length for TraceID'],
    ['x20', 'invalid length for TraceID'],
    ['x-é', 'strconv.ParseUint: parsing "x-é": invalid syntax'],
    [`${'g'.repeat(9)}${'0'.repeat(16)}`, 'strconv.ParseUint: parsing "ggggggggg": invalid syntax'],
    [`1${'0'.repeat(23)}z`, 'strconv.ParseUint: parsing "000000000000000z": invalid syntax'],
    ['1'.repeat(33), `TraceID cannot be longer than 32 hex characters: ${'1'.repeat(33)}`],
  ])('%j has the error text of Jaeger', (text, message) => {
    expect(() => readTraceId(text)).toThrow(message);
  });
});

describe('times', () => {
  it('are RFC 3339 to the nanosecond; a space is a plus that was not escaped', () => {
    expect(readTime('1970-01-01T00:00:01.000000005Z')).toBe(1_000_000_005n);
    expect(readTime('1970-01-01T02:00:00 02:00')).toBe(0n);
    expect(readTime('1969-12-31T23:00:00-01:00')).toBe(0n);
  });

  it.each([
    ['abc', `parsing time "abc" as ${LAYOUT}: cannot parse "abc" as "2006"`],
    ['2024-01-02', `parsing time "2024-01-02" as ${LAYOUT}: cannot parse "" as "T"`],
    [
      '2024-01-02T03:04:05',
      `parsing time "2024-01-02T03:04:05" as ${LAYOUT}: cannot parse "" as "Z07:00"`,
    ],
    ['2024-02-30T00:00:00Z', 'parsing time "2024-02-30T00:00:00Z": day out of range'],
    ['2024-01-01T24:00:00Z', 'parsing time "2024-01-01T24:00:00Z": hour out of range'],
    ['2024-01-01T00:00:00Zx', 'parsing time "2024-01-01T00:00:00Zx": extra text: "x"'],
  ])('%s has the error text of Go', (text, message) => {
    expect(() => readTime(text)).toThrow(message);
  });
});

describe('durations', () => {
  it.each([
    ['5', 'time: missing unit in duration "5"'],
    ['5x', 'time: unknown unit "x" in duration "5x"'],
    ['s', 'time: invalid duration "s"'],
    ['-x', 'time: invalid duration "-x"'],
  ])('%s has the error text of Go', (text, message) => {
    expect(() => readDuration(text)).toThrow(message);
  });

  it('may be negative, as in Go', () => {
    expect(readDuration('-1.5s')).toBe(-1_500_000_000);
  });
});

describe('maps of texts', () => {
  it('read null as an empty text', () => {
    expect(readStringMap('{"a":"b","c":null}')).toEqual([
      { key: 'a', value: 'b' },
      { key: 'c', value: '' },
    ]);
  });

  it.each([
    ['[]', 'json: cannot unmarshal array into Go value of type map[string]string'],
    ['{"a":1}', 'json: cannot unmarshal number into Go value of type string'],
    ['{"a":true}', 'json: cannot unmarshal bool into Go value of type string'],
    ['x', "invalid character 'x' looking for beginning of value"],
    ['{', 'unexpected end of JSON input'],
  ])('%s has the error text of Go', (text, message) => {
    expect(() => readStringMap(text)).toThrow(message);
  });
});
