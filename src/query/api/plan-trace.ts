import { Buffer } from 'node:buffer';
import { hostOf } from '../../model/adjust-clock-skew.ts';
import { LIBRARY_KEYS } from '../../model/adjust-library-attributes.ts';
import type { RepeatedSpans, TracePlanner } from '../../model/adjust-trace.ts';
import { SPAN_KINDS } from '../../model/span.ts';
import { decodeResourceMessage, decodeSpans } from '../../wire/otlp/decode-trace.ts';
import type { SpanScan } from '../../wire/span-scan.ts';

/** All keys start with it: one search finds them. */
const LIBRARY = Buffer.from('telemetry.');
const LIBRARY_BYTES = [...LIBRARY_KEYS].map((key) => Buffer.from(key));

/** Plans up to `spansMax` spans from a scan of their bytes; nearly none is decoded. */
export function planChunk(
  planner: TracePlanner,
  { otlp, scan }: { readonly otlp: Uint8Array; readonly scan: SpanScan },
  spansMax: number,
): void {
  const bytes = Buffer.from(otlp.buffer, otlp.byteOffset, otlp.byteLength);
  const count = Math.min(scan.count, spansMax - planner.spanCount);
  const firstRow = planner.spanCount;
  const hosts = new Map<string, string>();
  const spanIds = idTexts(scan.spanIds, count);
  const parentSpanIds = idTexts(scan.parentSpanIds, count);
  for (let index = 0; index < count; index++) {
    const durationNano = scan.durationsNano[index] ?? 0;
    const parentSpanId = parentSpanIds.slice(16 * index, 16 * index + 16);
    planner.add({
      spanId: spanIds.slice(16 * index, 16 * index + 16),
      parentSpanId: parentSpanId === NO_ID ? '' : parentSpanId,
      kind: SPAN_KINDS[scan.kinds[index] ?? 0] ?? 'unspecified',
      startNano: scan.startTimesUnixNano[index] ?? 0n,
      durationNano: durationNano > 0 ? BigInt(durationNano) : 0n,
      host: hostIn(bytes, scan, scan.resourceRows[index] ?? 0, hosts),
    });
  }
  if (!mayHaveLibraryKeys(bytes, scan)) return;
  for (const [index, span] of decodeSpans(otlp).slice(0, count).entries()) {
    planner.libraries.see(span, firstRow + index);
  }
}

/** Compares the spans of a chunk that may be there twice, and returns the row behind the chunk. */
export function compareRepeats(
  found: RepeatedSpans,
  otlp: Uint8Array,
  { firstRow, suspects }: { readonly firstRow: number; readonly suspects: ReadonlySet<number> },
): number {
  const spans = decodeSpans(otlp);
  for (const [index, span] of spans.entries()) {
    if (suspects.has(firstRow + index)) found.add(span, firstRow + index);
  }
  return firstRow + spans.length;
}

const NO_ID = '0'.repeat(16);

/** The ids of so many spans, 16 digits each, one after the other. */
function idTexts(words: Uint32Array, count: number): string {
  const bytes = Buffer.allocUnsafe(8 * count);
  for (let index = 0; index < 2 * count; index++) bytes.writeUInt32BE(words[index] ?? 0, 4 * index);
  return bytes.toString('hex');
}

/** By content: chunks repeat the resource of neighbours. */
function hostIn(bytes: Buffer, scan: SpanScan, row: number, known: Map<string, string>): string {
  const [start = 0, end = 0] = [scan.resources.starts[row], scan.resources.ends[row]];
  const content = bytes.toString('latin1', start, end);
  const found = known.get(content);
  if (found !== undefined) return found;
  const host = hostOf(decodeResourceMessage(bytes.subarray(start, end)));
  known.set(content, host);
  return host;
}

/** Resources have these keys always: only what stands in a span counts. */
function mayHaveLibraryKeys(bytes: Buffer, scan: SpanScan): boolean {
  let row = 0;
  for (let at = bytes.indexOf(LIBRARY); at >= 0; at = bytes.indexOf(LIBRARY, at + 1)) {
    while (row < scan.count && (scan.spanEnds[row] ?? 0) <= at) row += 1;
    if (row >= scan.count || (scan.spanStarts[row] ?? 0) > at) continue;
    if (LIBRARY_BYTES.some((key) => key.equals(bytes.subarray(at, at + key.length)))) return true;
  }
  return false;
}
