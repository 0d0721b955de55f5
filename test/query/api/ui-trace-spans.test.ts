import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { SpanPiece } from '../../../src/query/api/span-piece.ts';
import type { UiTracePiece } from '../../../src/query/api/ui-trace-json.ts';
import { UiSpanWriter } from '../../../src/query/api/ui-trace-spans.ts';
import { commonSpan, pieceOf } from './pieces.ts';

/** Numbers before those of its pairs: span, time, and how many those are. */
const EVENT_HEAD = 3;

/** The only line of a few spans, with texts for the numbers of dictionaries: these may be others. */
function contentOf(piece: SpanPiece): unknown {
  const writer = new UiSpanWriter();
  expect([...writer.write(piece)]).toEqual([]);
  const last = writer.finish();
  if (last === undefined) return undefined;
  const line = JSON.parse(Buffer.from(last).toString()) as UiTracePiece;
  const { keys, names, pairKeys, pairLengths, pairText, processes, ...columns } = line;
  let at = 0;
  const pairs = pairLengths.map((length, pair) => {
    at += length;
    return `${keys[pairKeys[pair] ?? 0] ?? ''}=${pairText.slice(at - length, at)}`;
  });
  const pairsOf = (numbers: readonly number[]): unknown => numbers.map((pair) => pairs[pair]);
  return {
    ...columns,
    operations: columns.operations.map((name) => names[name]),
    processOf: columns.processOf.map((process) => {
      const { serviceName, tags } = processes[process] ?? { serviceName: '', tags: [] };
      return { serviceName, tags: pairsOf(tags) };
    }),
    tags: pairsOf(columns.tags),
    events: eventsOf(columns.events, pairsOf),
  };
}

function eventsOf(
  numbers: readonly number[],
  pairsOf: (numbers: readonly number[]) => unknown,
): readonly unknown[] {
  const events: unknown[] = [];
  for (let at = 0; at < numbers.length;) {
    const [span, time, count = 0] = numbers.slice(at, at + EVENT_HEAD);
    at += EVENT_HEAD + count;
    events.push({ span, time, pairs: pairsOf(numbers.slice(at - count, at)) });
  }
  return events;
}

// Many cases: a busy machine needs its time.
describe('spans written by columns', { timeout: 30_000 }, () => {
  it.each([false, true])('are the same from bytes as from objects (planned: %s)', (isPlanned) => {
    fc.assert(
      fc.property(fc.array(commonSpan, { minLength: 1, maxLength: 6 }), (spans) => {
        const piece = pieceOf(spans, isPlanned);
        expect(contentOf(piece)).toEqual(contentOf({ spans: piece.spans }));
      }),
      { numRuns: 150 },
    );
  });
});
