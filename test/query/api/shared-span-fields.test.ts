import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonBytes } from '../../../src/query/api/json-bytes.ts';
import { createSharedSpanFields } from '../../../src/query/api/shared-span-fields.ts';
import type { SpanPiece } from '../../../src/query/api/span-piece.ts';
import type { StoredSpanFields } from '../../../src/query/api/stored-span-fields.ts';
import { createSpanListWriter } from '../../../src/query/api/write-jaeger-spans.ts';
import { aSpan } from '../../harness/a-span.ts';
import { arbitrarySpans } from '../../wire/otlp/arbitrary-spans.ts';
import { pieceOf } from './pieces.ts';

/** More than are known at once. */
const MANY_KEYS = 600;
const KEYS_A_SPAN = 100;

/** A step a span. */
function writing(piece: SpanPiece, fields?: StoredSpanFields): Generator<Uint8Array> {
  return createSpanListWriter(new JsonBytes(64), 1, fields).write(piece);
}

function textOf(pieces: Iterable<Uint8Array>): string {
  return Buffer.concat([...pieces]).toString();
}

describe('what answers share to read spans', () => {
  it('has no answer see what another one wrote in between', () => {
    const pieces = fc
      .tuple(arbitrarySpans, fc.boolean())
      .map(([spans, isPlanned]) => pieceOf(spans, isPlanned));
    fc.assert(
      fc.property(pieces, pieces, (one, other) => {
        const fields = createSharedSpanFields()();
        const written = [one, other].map((piece) => ({
          steps: writing(piece, fields),
          bytes: [] as Uint8Array[],
        }));
        for (let open = 2; open > 0;) {
          open = 0;
          for (const { bytes, steps } of written) {
            const step = steps.next();
            if (step.done === true) continue;
            // What is taken may be written over by the next.
            bytes.push(Uint8Array.from(step.value));
            open += 1;
          }
        }
        expect(written.map(({ bytes }) => textOf(bytes))).toEqual(
          [one, other].map((piece) => textOf(writing(piece))),
        );
      }),
      { numRuns: 100 },
    );
  });

  it('is another one when it knows as many keys as it can', () => {
    const fieldsOf = createSharedSpanFields();
    const first = fieldsOf();
    expect(fieldsOf()).toBe(first);
    for (let key = 0; key < MANY_KEYS; key += KEYS_A_SPAN) {
      const attributes = Array.from({ length: KEYS_A_SPAN }, (_, at) => ({
        key: `key-${key + at}`,
        value: { type: 'string', value: 'text' } as const,
      }));
      textOf(writing(pieceOf([aSpan({ attributes })], false), first));
    }
    expect(first.isFull).toBe(true);
    expect(fieldsOf()).not.toBe(first);
  });
});
