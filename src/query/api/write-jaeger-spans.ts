import type { Span } from '../../model/span.ts';
import type { JsonBytes } from './json-bytes.ts';
import type { SpanPiece, StoredPiece } from './span-piece.ts';
import { StoredSpanFields } from './stored-span-fields.ts';
import { createSpanWriter } from './write-jaeger-span.ts';
import { StoredSpanWriter } from './write-stored-span.ts';

const COMMA = 0x2c;

/** Writes the spans of one trace as a list of `JaegerSpan`s without its brackets. */
export interface SpanListWriter {
  /** Bytes of bounded size, but for that of a single span. */
  write(piece: SpanPiece): Generator<Uint8Array>;
  /** See `SpanWriter.processes`. */
  processes(): string;
}

/** @param fields may serve the lists of an answer one after the other: it knows the keys before */
export function createSpanListWriter(
  json: JsonBytes,
  pieceBytes: number,
  fields = new StoredSpanFields(),
): SpanListWriter {
  const writer = createSpanWriter();
  const storedWriter = new StoredSpanWriter(json, writer.keyOf, fields);
  let isFirst = true;
  const begin = (): void => {
    if (isFirst) isFirst = false;
    else json.addByte(COMMA);
  };
  const addSpan = (span: Span | undefined): void => {
    if (span === undefined) return;
    begin();
    json.addText(writer.write(span));
  };
  const addStored = (stored: StoredPiece, index: number): void => {
    const way = stored.wayOf(index);
    if (way === 'none') return;
    if (way === 'bytes' && storedWriter.write(stored, index, { begin, skew: stored.skewOf(index) }))
      return;
    addSpan(stored.span(index));
  };
  return {
    write: function* (piece) {
      const { stored } = piece;
      const spans = stored === undefined ? piece.spans() : [];
      const count = stored?.count ?? spans.length;
      for (let index = 0; index < count; index++) {
        if (stored === undefined) addSpan(spans[index]);
        else addStored(stored, index);
        if (json.length >= pieceBytes) yield json.take();
      }
      if (json.length > 0) yield json.take();
    },
    processes: writer.processes,
  };
}
