import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  JSON_ARRAY,
  JSON_DEPTH_MAX,
  JSON_FALSE,
  JSON_NULL,
  JSON_NUMBER,
  JSON_OBJECT,
  JSON_STRING,
  JSON_TRUE,
  JsonScanner,
} from '../../../src/wire/json/json-scanner.ts';
import { WireError } from '../../../src/wire/wire-error.ts';

const RUNS = { numRuns: 2000 };

function scannerOf(text: string | Uint8Array): JsonScanner {
  return new JsonScanner(Buffer.from(text));
}

/** Builds with the scanner what JSON.parse builds. */
function parse(bytes: Uint8Array): unknown {
  const scanner = new JsonScanner(bytes);
  const value = read(scanner);
  scanner.end();
  return value;
}

function read(scanner: JsonScanner): unknown {
  switch (scanner.peek()) {
    case JSON_OBJECT: {
      const entries: [string, unknown][] = [];
      scanner.enterObject();
      while (scanner.nextKey()) {
        const key = scanner.text.toString('utf8', scanner.keyStart, scanner.keyStop);
        entries.push([key, read(scanner)]);
      }
      return Object.fromEntries(entries);
    }
    case JSON_ARRAY: {
      const items: unknown[] = [];
      scanner.enterArray();
      while (scanner.nextItem()) items.push(read(scanner));
      return items;
    }
    case JSON_STRING:
      scanner.string();
      return scanner.text.toString('utf8', scanner.start, scanner.stop);
    case JSON_NUMBER:
      return scanner.number();
    case JSON_TRUE:
    case JSON_FALSE:
      return scanner.bool();
    case JSON_NULL:
      return scanner.isNull() ? null : undefined;
    default:
      throw scanner.bad('nothing');
  }
}

type Outcome = { readonly value: unknown } | 'refused';

function outcomeOf(make: () => unknown): Outcome {
  try {
    return { value: make() };
  } catch (error) {
    if (error instanceof WireError || error instanceof SyntaxError) return 'refused';
    throw error;
  }
}

/** What JSON.parse makes of the decoded bytes, with halves of surrogate pairs replaced. */
function reference(bytes: Uint8Array): unknown {
  const parsed: unknown = JSON.parse(Buffer.from(bytes).toString('utf8'));
  return wellFormed(parsed);
}

function wellFormed(value: unknown): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  if (Array.isArray(value)) return value.map(wellFormed);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => [key.toWellFormed(), wellFormed(inner)]),
  );
}

function skipped(bytes: Uint8Array): unknown {
  const scanner = new JsonScanner(bytes);
  scanner.skip();
  scanner.end();
  return undefined;
}

describe('JsonScanner', () => {
  it('reads what JSON.parse reads', () => {
    fc.assert(
      fc.property(fc.json({ maxDepth: 5, stringUnit: 'binary' }), fc.nat(3), (text, indent) => {
        const value: unknown = JSON.parse(text);
        const bytes = Buffer.from(JSON.stringify(value, undefined, indent));
        expect(parse(bytes)).toStrictEqual(reference(bytes));
        expect(skipped(bytes)).toBeUndefined();
      }),
      RUNS,
    );
  });

  it('agrees with JSON.parse on texts in which something was changed', () => {
    const pieces = fc.constantFrom(
      ...['"', '\\', '\\u', '\\ud83d', '{', '}', '[', ']', ',', ':', '-', '0', '1e', '.5'],
      ...[' ', '\n', '\0', 'true', 'nul', 'é', '\u{1f600}', '\t', '+', '/'],
    );
    fc.assert(
      fc.property(fc.json({ maxDepth: 3 }), fc.nat(), fc.nat(4), pieces, (text, at, cut, piece) => {
        const from = at % (text.length + 1);
        const bytes = Buffer.from(text.slice(0, from) + piece + text.slice(from + cut));
        const expected = outcomeOf(() => reference(bytes));
        expect(outcomeOf(() => parse(bytes))).toStrictEqual(expected);
        expect(outcomeOf(() => skipped(bytes)) === 'refused').toBe(expected === 'refused');
      }),
      { numRuns: 10_000 },
    );
  });

  it('agrees with JSON.parse on any bytes between quotes', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 12 }), (inner) => {
        const bytes = Buffer.concat([Buffer.from('["'), inner, Buffer.from('"]')]);
        expect(outcomeOf(() => parse(bytes))).toStrictEqual(outcomeOf(() => reference(bytes)));
      }),
      { numRuns: 10_000 },
    );
  });

  it('refuses a text cut off at any byte', () => {
    const whole = Buffer.from('{"a":[1.5e3,"x\\u00e9\\n",true,false,null,{}],"b":-0}');
    expect(parse(whole)).toStrictEqual(reference(whole));
    for (let size = 0; size < whole.length; size += 1) {
      expect(() => parse(whole.subarray(0, size))).toThrow(WireError);
    }
  });

  it.each(['', ' ', '01', '-', '1.', '.5', '+1', '1e', '[1,]', '{"a":1,}', '{a:1}', "'a'", '1 2'])(
    'refuses %j as JSON.parse does',
    (text) => {
      expect(outcomeOf(() => parse(Buffer.from(text)))).toBe('refused');
      expect(outcomeOf(() => skipped(Buffer.from(text)))).toBe('refused');
    },
  );

  it('takes 64 levels and refuses the 65th', () => {
    const nested = (levels: number): Buffer => Buffer.from('['.repeat(levels) + ']'.repeat(levels));
    expect(skipped(nested(JSON_DEPTH_MAX))).toBeUndefined();
    expect(() => skipped(nested(JSON_DEPTH_MAX + 1))).toThrow('nested deeper than 64 levels');
    expect(() => skipped(nested(1_000_000))).toThrow('nested deeper than 64 levels');
  });

  it('keeps all 64 bits of an integer, as a number or a string', () => {
    fc.assert(
      fc.property(fc.bigInt(-(2n ** 63n), 2n ** 64n - 1n), (value) => {
        for (const text of [String(value), `"${value}"`]) {
          const scanner = scannerOf(text);
          scanner.int64();
          const bits = (BigInt(scanner.high) << 32n) | BigInt(scanner.low);
          expect(bits).toBe(BigInt.asUintN(64, value));
        }
      }),
      RUNS,
    );
  });

  it.each(['18446744073709551616', '-9223372036854775809', '1.5', '"x"', '""', '"1 "', '1e400'])(
    'refuses %s as an integer of 64 bits',
    (text) => {
      expect(() => {
        scannerOf(text).int64();
      }).toThrow(WireError);
    },
  );

  it('reads a value again when its position is set back', () => {
    const scanner = scannerOf('["a\\tb", 2]');
    scanner.enterArray();
    scanner.nextItem();
    const { position } = scanner;
    scanner.string();
    scanner.position = position;
    scanner.string();
    expect(scanner.text.toString('utf8', scanner.start, scanner.stop)).toBe('a\tb');
    expect(scanner.nextItem()).toBe(true);
    expect(scanner.number()).toBe(2);
    expect(scanner.nextItem()).toBe(false);
  });

  it('leaves the bytes it was given as they are', () => {
    const bytes = Buffer.from('"a\\u0041"');
    expect(parse(bytes)).toBe('aA');
    expect(bytes.toString()).toBe('"a\\u0041"');
  });

  it('keeps the key __proto__ as any other', () => {
    const scanner = scannerOf('{"__proto__":1}');
    scanner.enterObject();
    expect(scanner.nextKey()).toBe(true);
    expect(scanner.text.toString('utf8', scanner.keyStart, scanner.keyStop)).toBe('__proto__');
  });
});
