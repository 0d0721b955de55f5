import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { findRows } from '../../src/model/find-spans.ts';
import type { TimelineSpan } from '../../src/model/timeline-span.ts';
import { timelineSpans } from '../../src/model/trace-columns.ts';
import { buildTraceTree } from '../../src/model/trace-tree.ts';
import { JsonBytes } from '../../src/query/api/json-bytes.ts';
import type { SpanPiece } from '../../src/query/api/span-piece.ts';
import { UiSpanWriter } from '../../src/query/api/ui-trace-spans.ts';
import { createSpanListWriter } from '../../src/query/api/write-jaeger-spans.ts';
import { createTraceColumnsReader } from '../../src/ui/api/trace-columns-reader.ts';
import { timelineTraceOfJaeger } from '../../src/ui/api/trace-of-jaeger.ts';
import { aSpan } from '../harness/a-span.ts';
import { ASCII, commonSpans, pieceOf, simpleAttributes } from '../query/api/pieces.ts';
import { arbitrarySpans } from '../wire/otlp/arbitrary-spans.ts';

const WARNINGS = ['cut'];

function viaJaeger(pieces: readonly SpanPiece[]): readonly TimelineSpan[] {
  const writer = createSpanListWriter(new JsonBytes(64), 256);
  const lists = pieces.map((piece) => Buffer.concat([...writer.write(piece)]).toString());
  const text = `{"spans":[${lists.join('')}],"processes":${writer.processes()}}`;
  return timelineTraceOfJaeger(JSON.parse(text)).spans;
}

function columnSpans(pieces: readonly SpanPiece[]): readonly TimelineSpan[] {
  const writer = new UiSpanWriter();
  const lines = pieces.flatMap((piece) => [...writer.write(piece)].map(textOf));
  const last = writer.finish();
  const reader = createTraceColumnsReader();
  for (const line of [...lines, ...(last === undefined ? [] : [textOf(last)])]) {
    expect(line.indexOf('\n')).toBe(line.length - 1);
    reader.add(JSON.parse(line));
  }
  return timelineSpans(reader.finish());
}

function viaColumns(pieces: readonly SpanPiece[]): readonly TimelineSpan[] {
  return columnSpans(pieces).map(plain);
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString();
}

function plain(span: TimelineSpan): TimelineSpan {
  const { durationUs, isError, kind, operationName, parentSpanId, spanId, startUs } = span;
  const { events, process, references, tags, warnings } = span;
  return {
    ...{ spanId, parentSpanId, operationName, startUs, durationUs, isError, kind },
    ...{ tags, process, events, references, warnings },
  };
}

const texts = fc.oneof(fc.constantFrom('true', 'client', 'é"<\n', 'İa'), ASCII);
/** They become columns without being decoded. */
const commonSpan = commonSpans(
  simpleAttributes(['a', 'b', 'ip', 'error', 'span.kind'], texts),
  fc.constant([]),
);

const findText = fc
  .array(
    fc.oneof(
      fc.constantFrom(
        'A',
        'error=TRUE',
        'r=t',
        'kind=',
        '=c',
        'é',
        'İ',
        'ec',
        'truetrue',
        '-err',
        '-a',
        '"',
        ':',
      ),
      fc.constantFrom('0000000000000001', '000000000000000', 'Server', 'host.id=a', 'cart'),
      ASCII,
    ),
    { maxLength: 3 },
  )
  .map((words) => words.join(' '));

// Many cases each: a busy machine needs its time.
describe('a trace by columns', { timeout: 30_000 }, () => {
  it.each([false, true])(
    'says of any span what its Jaeger JSON says (planned: %s)',
    (isPlanned) => {
      fc.assert(
        fc.property(arbitrarySpans, (spans) => {
          const pieces = [pieceOf(spans, isPlanned, WARNINGS)];
          expect(viaColumns(pieces)).toEqual(viaJaeger(pieces));
        }),
        { numRuns: 100 },
      );
    },
  );

  it.each([false, true])('says the same of common spans (planned: %s)', (isPlanned) => {
    fc.assert(
      fc.property(fc.array(commonSpan, { maxLength: 8 }), (spans) => {
        const pieces = [pieceOf(spans, isPlanned, WARNINGS)];
        expect(viaColumns(pieces)).toEqual(viaJaeger(pieces));
      }),
      { numRuns: 150 },
    );
  });

  it('keeps the link of a span that stands below the one it follows', () => {
    const [first, second] = [aSpan({ parentSpanId: '', links: [] }), aSpan()];
    const { traceId, spanId } = first;
    const link = {
      traceId,
      spanId,
      traceState: '',
      attributes: [],
      droppedAttributesCount: 0,
      flags: 0,
    };
    const follower = { ...second, spanId: '00000000000000ff', parentSpanId: '', links: [link] };
    const pieces = [pieceOf([first, follower], false, WARNINGS)];
    const spans = viaColumns(pieces);
    expect(spans).toEqual(viaJaeger(pieces));
    expect(spans[1]?.parentSpanId).toBe(spanId);
    expect(spans[1]?.references.map((reference) => [reference.kind, reference.spanId])).toEqual([
      ['follows-from', spanId],
    ]);
  });

  it('is laid out as the same spans without columns are', () => {
    fc.assert(
      fc.property(fc.array(commonSpan, { maxLength: 12 }), (spans) => {
        const columns = columnSpans([pieceOf(spans, false, WARNINGS)]);
        const rows = buildTraceTree(columns).map((row) =>
          row.type === 'span' ? { ...row, span: plain(row.span) } : row,
        );
        expect(rows).toEqual(buildTraceTree(columns.map(plain)));
      }),
      { numRuns: 100 },
    );
  });

  it('has everything that is found in the same spans without columns', () => {
    const found = { some: 0 };
    fc.assert(
      fc.property(arbitrarySpans, fc.array(commonSpan), findText, (odd, common, text) => {
        const columns = columnSpans([pieceOf([...odd, ...common], false, WARNINGS)]);
        const expected = findRows(buildTraceTree(columns.map(plain)), text);
        if (expected.length > 0) found.some += 1;
        expect(findRows(buildTraceTree(columns), text)).toEqual(expected);
      }),
      { numRuns: 200 },
    );
    expect(found.some).toBeGreaterThan(20);
  });

  it('keeps what its lines share when they are many', () => {
    const spans = Array.from({ length: 9_000 }, (_, index) =>
      aSpan({
        spanId: (index + 1).toString(16).padStart(16, '0'),
        name: `call ${index % 7}`,
        attributes: [{ key: 'row', value: { type: 'string', value: `${index >> 1}` } }],
        ...(index % 2 === 0 ? { events: [] } : {}),
      }),
    );
    const pieces = [pieceOf(spans, true, WARNINGS)];
    expect(viaColumns(pieces)).toEqual(viaJaeger(pieces));
  });
});
