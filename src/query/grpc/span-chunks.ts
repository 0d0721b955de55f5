import type { Span } from '../../model/span.ts';
import type { Pace } from '../api/pace.ts';
import type { TraceStream } from '../api/read-traces.ts';

/** Spans of a first guess. */
const SPANS_A_CHUNK = 64;
/** Clients refuse messages above 4 MiB unless told otherwise. */
const CHUNK_BYTES_MAX = 3 * 2 ** 20;

/**
 * Messages of some spans each, of one trace each, small enough for any client. A single span that is
 * larger goes as it is.
 */
export async function* spanChunks(
  traces: AsyncIterable<TraceStream>,
  encode: (spans: readonly Span[]) => Uint8Array,
  pace: Pace,
): AsyncGenerator<Uint8Array> {
  for await (const { pieces } of traces) {
    for await (const piece of pieces) {
      const spans = piece.spans();
      for (let at = 0; at < spans.length; at += SPANS_A_CHUNK) {
        yield* fitting(spans.slice(at, at + SPANS_A_CHUNK), encode);
        await pace();
      }
    }
  }
}

function* fitting(
  spans: readonly Span[],
  encode: (spans: readonly Span[]) => Uint8Array,
): Generator<Uint8Array> {
  const message = encode(spans);
  if (message.length <= CHUNK_BYTES_MAX || spans.length === 1) {
    yield message;
    return;
  }
  const half = spans.length >> 1;
  yield* fitting(spans.slice(0, half), encode);
  yield* fitting(spans.slice(half), encode);
}
