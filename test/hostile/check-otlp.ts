import type { Buffer } from 'node:buffer';
import type { Span } from '../../src/model/span.ts';
import { sanitize } from '../../src/pipeline/sanitize.ts';
import type { JaegerSpan } from '../../src/query/api/jaeger-json.ts';
import { createSpanWriter } from '../../src/query/api/write-jaeger-span.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { scanSpans } from '../../src/wire/otlp/scan-spans.ts';
import { WireError } from '../../src/wire/wire-error.ts';

const RECEIVED_AT_MS = 1_750_000_000_000;
/** What a converter may need for any input, and for each byte of it. */
const OUTPUT_BYTES_FREE = 64 * 1024;
const OUTPUT_BYTES_PER_BYTE = 4;

export function isWireError(error: unknown): boolean {
  return error instanceof WireError;
}

/**
 * Does with OTLP bytes that a codec has made what the pipeline and a query do, and checks what may
 * never be otherwise.
 * @throws an error that is no WireError: a codec must refuse what nobody can read
 */
export function checkMadeOtlp(otlp: Uint8Array, input: Buffer): readonly Span[] {
  if (otlp.length > OUTPUT_BYTES_FREE + OUTPUT_BYTES_PER_BYTE * input.length) {
    throw new Error(`${otlp.length} bytes were made of ${input.length}`);
  }
  try {
    return checkOtlp(otlp);
  } catch (error) {
    throw new Error('what was made is no OTLP', { cause: error });
  }
}

/**
 * The spans of an OTLP message that the pipeline would keep.
 * @throws WireError for bytes that are refused, any other error for a broken promise
 */
export function checkOtlp(otlp: Uint8Array): readonly Span[] {
  const scan = scanSpans(otlp);
  checkRows(scan.durationsNano, scan.spanStarts, { ends: scan.spanEnds, size: otlp.length });
  const { batch } = keptOf(otlp);
  let spans: Span[];
  try {
    if (decodeSpans(otlp).length !== scan.count) throw new Error('other spans than were scanned');
    spans = decodeSpans(batch.otlp);
  } catch (error) {
    throw new Error('what was scanned cannot be decoded', { cause: error });
  }
  for (const span of spans) checkSpan(span);
  return spans;
}

function keptOf(otlp: Uint8Array): ReturnType<typeof sanitize> {
  const scan = scanSpans(otlp);
  try {
    return sanitize({ tenant: '', otlp, scan, receivedAtMs: RECEIVED_AT_MS, format: 'otlp' });
  } catch (error) {
    throw new Error('what was scanned cannot be sanitized', { cause: error });
  }
}

function checkRows(
  durations: Float64Array,
  starts: Uint32Array,
  { ends, size }: { readonly ends: Uint32Array; readonly size: number },
): void {
  for (const [row, duration] of durations.entries()) {
    const start = starts[row] ?? -1;
    const end = ends[row] ?? -1;
    if (!Number.isFinite(duration) || start < 0 || start > end || end > size) {
      throw new Error(`row ${row} is of [${start}, ${end}) and took ${duration} ns`);
    }
  }
}

const ID = /^(?!0*$)[0-9a-f]{16}$/;
const TRACE_ID = /^(?!0*$)[0-9a-f]{32}$/;

/** What a stored span is like, and that Jaeger's JSON can say it. */
function checkSpan(span: Span): void {
  const { startTime, duration } = JSON.parse(createSpanWriter().write(span)) as JaegerSpan;
  if (!TRACE_ID.test(span.traceId) || !ID.test(span.spanId)) throw new Error('an id is wrong');
  if (span.endTimeUnixNano < span.startTimeUnixNano || span.endTimeUnixNano >= 2n ** 63n) {
    throw new Error(`kept from ${span.startTimeUnixNano} to ${span.endTimeUnixNano}`);
  }
  if (!Number.isFinite(startTime) || !Number.isFinite(duration) || duration < 0) {
    throw new Error(`shown at ${startTime} for ${duration}`);
  }
  if (!span.name.isWellFormed() || span.name === '') throw new Error('the name is no text');
}
