import { Buffer, isUtf8 } from 'node:buffer';
import { INVALID_SERVICE_NAME } from '../wire/otlp/repair-text.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import { givenServiceName } from './given-service-name.ts';

/** What names beyond the cap are counted as; Jaeger v1 has the same. */
const OTHER_SERVICES = 'other-services';

/** Longer names are counted as if beyond the cap: so many of any length would take any memory. */
const NAME_BYTES_MAX = 512;

/**
 * Turns service names into label values, of which there are at most a fixed number. A service is counted
 * under the name that it is stored with, before and after the sanitizer has given it one.
 */
export interface ServiceLabels {
  /** Spans of a batch by label. */
  countSpans(batch: SpanBatch): ReadonlyMap<string, number>;
}

/** A name that has been met, as it stands in messages. */
interface MetName {
  readonly bytes: Buffer;
  readonly label: string;
}

export function createServiceLabels(namesMax: number): ServiceLabels {
  const known = new Map<string, string>();
  const met = new Map<number, MetName>();
  const labelOf = (name: string): string => {
    const label = known.get(name);
    if (label !== undefined) return label;
    if (known.size >= namesMax) return OTHER_SERVICES;
    const normalized = name.toLowerCase().replace(/[^a-z0-9]/g, '-');
    known.set(name, normalized);
    return normalized;
  };
  const labelAt = (text: Buffer, start: number, end: number): string => {
    if (end - start > NAME_BYTES_MAX) return OTHER_SERVICES;
    const hash = hashOf(text, start, end);
    const before = met.get(hash);
    if (before !== undefined && isName(text, start, end, before.bytes)) return before.label;
    // Names come by the hundred thousand in one request: those beyond the cap are not decoded.
    const isBeyond = before === undefined && known.size >= namesMax && met.size >= known.size;
    if (isBeyond) return OTHER_SERVICES;
    const bytes = text.subarray(start, end);
    const label = labelOf(isUtf8(bytes) ? bytes.toString() : INVALID_SERVICE_NAME);
    if (before === undefined && met.size < namesMax) {
      met.set(hash, { bytes: Buffer.from(bytes), label });
    }
    return label;
  };
  return {
    countSpans: ({ otlp, scan }) => {
      const { resources, resourceRows } = scan;
      const perResource = new Uint32Array(resources.count);
      for (const row of resourceRows) perResource[row] = (perResource[row] ?? 0) + 1;
      const text = Buffer.from(otlp.buffer, otlp.byteOffset, otlp.byteLength);
      const counts = new Map<string, number>();
      for (const [row, spans] of perResource.entries()) {
        if (spans === 0) continue;
        const start = resources.serviceNameStarts[row] ?? 0;
        const end = resources.serviceNameEnds[row] ?? 0;
        const label =
          start === end
            ? labelOf(givenServiceName(text.subarray(resources.starts[row], resources.ends[row])))
            : labelAt(text, start, end);
        counts.set(label, (counts.get(label) ?? 0) + spans);
      }
      return counts;
    },
  };
}

/** FNV-1a: names are compared where it says that they may be the same. */
function hashOf(text: Buffer, start: number, end: number): number {
  let hash = 0x811c9dc5;
  for (let at = start; at < end; at++) hash = Math.imul(hash ^ (text[at] ?? 0), 0x01000193);
  return hash;
}

function isName(text: Buffer, start: number, end: number, name: Buffer): boolean {
  if (name.length !== end - start) return false;
  for (let index = 0; index < name.length; index++) {
    if (text[start + index] !== name[index]) return false;
  }
  return true;
}
