import { Buffer } from 'node:buffer';
import type { RepeatedSpans, TracePlanner } from '../../model/adjust-trace.ts';
import { decodeSpans } from '../../wire/otlp/decode-trace.ts';
import { hasLibraryKey } from '../../wire/otlp/library-keys.ts';
import { ResourceHosts } from '../../wire/otlp/resource-hosts.ts';
import type { SpanScan } from '../../wire/span-scan.ts';

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
  const spans = { starts: scan.spanStarts, ends: scan.spanEnds, count: scan.count };
  if (!hasLibraryKey(bytes, spans)) return;
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
  const known = new ResourceHosts();
  const hosts: string[] = [];
  let row = -1;
  let host = '';
  for (let index = 0; index < count; index++) {
    const own = scan.resourceRows[index] ?? 0;
    if (own !== row) host = known.of(bytes, scan.resources.starts[own], scan.resources.ends[own]);
    row = own;
    hosts.push(host);
  }
  return hosts;
}
