import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Span } from '../../../src/model/span.ts';
import { JsonBytes } from '../../../src/query/api/json-bytes.ts';
import { jsonText } from '../../../src/query/api/json-text.ts';
import type { SpanPiece } from '../../../src/query/api/span-piece.ts';
import { createSpanListWriter } from '../../../src/query/api/write-jaeger-spans.ts';
import { aSpan } from '../../harness/a-span.ts';
import { arbitrarySpans } from '../../wire/otlp/arbitrary-spans.ts';
import { commonSpan, pieceOf } from './pieces.ts';
import { createSpanRenderer } from './render-jaeger-span.ts';

function writtenAs(shown: SpanPiece, isStored: boolean): string {
  const writer = createSpanListWriter(new JsonBytes(64), 256);
  const piece = isStored ? shown : { spans: shown.spans };
  const text = Buffer.concat([...writer.write(piece)]).toString();
  return `[${text}] ${writer.processes()}`;
}

function rendered(spans: readonly Span[]): string {
  const renderer = createSpanRenderer();
  const text = jsonText(spans.map((span) => renderer.render(span)));
  return `${text} ${jsonText(renderer.processes())}`;
}

describe('spans written as Jaeger JSON', () => {
  it.each([false, true])(
    'are what a renderer of objects makes of any span (planned: %s)',
    (isPlanned) => {
      fc.assert(
        fc.property(arbitrarySpans, (spans) => {
          const piece = pieceOf(spans, isPlanned);
          const expected = rendered(piece.spans());
          expect(writtenAs(piece, true)).toBe(expected);
          expect(writtenAs(piece, false)).toBe(expected);
        }),
        { numRuns: 150 },
      );
    },
  );

  it.each([false, true])('are the same from bytes as from objects (planned: %s)', (isPlanned) => {
    fc.assert(
      fc.property(fc.array(commonSpan, { maxLength: 8 }), (spans) => {
        const piece = pieceOf(spans, isPlanned, ['too many']);
        expect(writtenAs(piece, true)).toBe(rendered(piece.spans()));
      }),
      { numRuns: 400 },
    );
  });

  it('come in pieces of bounded size that make one list', () => {
    const spans = Array.from({ length: 50 }, (_, index) => aSpan({ name: `call ${index}` }));
    const piece = pieceOf(spans, false);
    const writer = createSpanListWriter(new JsonBytes(64), 1000);
    const pieces = [...writer.write(piece)];
    expect(pieces.length).toBeGreaterThan(5);
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(2500);
    expect(`[${Buffer.concat(pieces).toString()}] ${writer.processes()}`).toBe(rendered(spans));
  });
});
