import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../../src/model/span.ts';
import { JsonBytes } from '../../../src/query/api/json-bytes.ts';
import { jsonText } from '../../../src/query/api/json-text.ts';
import type { SpanPiece } from '../../../src/query/api/span-piece.ts';
import { OtlpListWriter } from '../../../src/query/api/write-otlp-spans.ts';
import { resourceSpansText } from '../../../src/wire/otlp/otlp-json.ts';
import { aResource, aScope, aSpan, aTrace } from '../../harness/a-span.ts';
import { arbitrarySpans } from '../../wire/otlp/arbitrary-spans.ts';
import { commonSpan, pieceOf } from './pieces.ts';

const PIECE_BYTES = 256;

function listWriter(): OtlpListWriter {
  return new OtlpListWriter(new JsonBytes(64), PIECE_BYTES);
}

function writtenAs(piece: SpanPiece): string {
  return Buffer.concat([...listWriter().write(piece)]).toString();
}

function expected(spans: readonly Span[]): string {
  return [...resourceSpansText(spans, jsonText)].join('');
}

describe('spans written as OTLP JSON', () => {
  it.each([false, true])('are what objects become, for any span (planned: %s)', (isPlanned) => {
    fc.assert(
      fc.property(arbitrarySpans, (spans) => {
        const piece = pieceOf(spans, isPlanned);
        expect(writtenAs(piece)).toBe(expected(piece.spans()));
        expect(writtenAs({ spans: piece.spans })).toBe(expected(piece.spans()));
      }),
      { numRuns: 150 },
    );
  });

  it.each([false, true])('are the same from bytes as from objects (planned: %s)', (isPlanned) => {
    fc.assert(
      fc.property(fc.array(commonSpan, { maxLength: 8 }), (spans) => {
        const piece = pieceOf(spans, isPlanned, ['too many']);
        expect(writtenAs(piece)).toBe(expected(piece.spans()));
      }),
      { numRuns: 400 },
    );
  });

  it('keep the sign of zero, at every depth', () => {
    const zero = { type: 'double', value: -0 } as const;
    const map = { type: 'map', entries: [{ key: 'd', value: zero }] } as const;
    const span = aSpan({
      attributes: [
        { key: 'd', value: zero },
        { key: 'm', value: map },
      ],
    });
    const text = '{"key":"d","value":{"doubleValue":-0}}';
    for (const written of [expected([span]), writtenAs(pieceOf([span], true))]) {
      expect(written).toContain(`"attributes":[${text},`);
      expect(written).toContain(`"values":[${text}]`);
    }
  });

  it('keep every digit of times and integers', () => {
    const span = aSpan({
      ...{ startTimeUnixNano: 1_750_000_000_000_000_001n, durationNano: 999n, flags: 0x101 },
      attributes: { large: 2n ** 63n - 1n, small: -1n, safe: 2n ** 53n - 1n, zero: 0n },
    });
    const [times, values] = [
      '"startTimeUnixNano":"1750000000000000001","endTimeUnixNano":"1750000000000001000"',
      '9223372036854775807 -1 9007199254740991 0'.split(' '),
    ];
    const text = writtenAs(pieceOf([span], false));
    expect(text).toContain(times);
    for (const value of values) expect(text).toContain(`{"intValue":"${value}"}`);
    expect(text).toBe(expected([span]));
  });

  it('come in pieces of bounded size that make one list', () => {
    const spans = Array.from({ length: 50 }, (_, index) =>
      aSpan({
        resource: aResource(`service ${index % 3}`),
        scope: aScope({ name: `${index % 2}` }),
      }),
    );
    const writer = listWriter();
    const pieces = [spans.slice(0, 20), spans.slice(20)].flatMap((part) => [
      ...writer.write(pieceOf(part, false)),
    ]);
    expect(pieces.length).toBeGreaterThan(5);
    const groups: unknown = JSON.parse(`[${Buffer.concat(pieces).toString()}]`);
    const parts = [spans.slice(0, 20), spans.slice(20)];
    expect(groups).toEqual(
      parts.flatMap((part): unknown => JSON.parse(`[${expected(pieceOf(part, false).spans())}]`)),
    );
  });

  it('make a list that can be ended behind any piece', () => {
    for (const cut of [1, 2, 5]) {
      const writer = listWriter();
      const sent: Uint8Array[] = [];
      for (const bytes of writer.write(pieceOf(aTrace(50), false))) {
        sent.push(bytes);
        if (sent.length === cut) break;
      }
      const text = Buffer.concat([...sent, writer.cut()]).toString();
      expect(() => JSON.parse(`[${text}]`) as unknown).not.toThrow();
    }
  });
});
