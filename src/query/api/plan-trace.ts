import { Buffer } from 'node:buffer';
import { hostOf } from '../../model/adjust-clock-skew.ts';
import { LIBRARY_KEYS } from '../../model/adjust-library-attributes.ts';
import type { RepeatedSpans, TracePlanner } from '../../model/adjust-trace.ts';
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
  planner.add({ ...scan, count, hosts: hostsOf(bytes, scan, count) });
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

/** Of each span; neighbours share theirs. */
function hostsOf(bytes: Buffer, scan: SpanScan, count: number): readonly string[] {
  const known = new Map<string, string>();
  const hosts: string[] = [];
  let row = -1;
  let host = '';
  for (let index = 0; index < count; index++) {
    const own = scan.resourceRows[index] ?? 0;
    if (own !== row) host = hostIn(bytes, scan, own, known);
    row = own;
    hosts.push(host);
  }
  return hosts;
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
