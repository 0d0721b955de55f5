import { Buffer } from 'node:buffer';
import type { SpanScan } from '../../wire/span-scan.ts';

/** The service of a span of a scanned message. */
export function serviceNameAt(
  otlp: Uint8Array,
  { resources, resourceRows }: SpanScan,
  row: number,
): string {
  const resource = resourceRows[row] ?? 0;
  const start = resources.serviceNameStarts[resource];
  const end = resources.serviceNameEnds[resource];
  return Buffer.from(otlp.buffer, otlp.byteOffset, otlp.length).toString('utf8', start, end);
}
