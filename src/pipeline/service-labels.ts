import { Buffer } from 'node:buffer';
import type { SpanBatch } from '../wire/span-batch.ts';

/** What names beyond the cap are counted as; Jaeger v1 has the same. */
const OTHER_SERVICES = 'other-services';

/** Longer names are counted as if beyond the cap: so many of any length would take any memory. */
const NAME_BYTES_MAX = 512;

/** Turns service names into label values, of which there are at most a fixed number. */
export interface ServiceLabels {
  /** Spans of a batch by label. */
  countSpans(batch: SpanBatch): ReadonlyMap<string, number>;
}

export function createServiceLabels(namesMax: number): ServiceLabels {
  const known = new Map<string, string>();
  const labelOf = (name: string): string => {
    const label = known.get(name);
    if (label !== undefined) return label;
    if (known.size >= namesMax) return OTHER_SERVICES;
    const normalized = name.toLowerCase().replace(/[^a-z0-9]/g, '-');
    known.set(name, normalized);
    return normalized;
  };
  return {
    countSpans: ({ otlp, scan }) => {
      const { resources, resourceRows } = scan;
      const perResource = new Uint32Array(resources.count);
      for (const row of resourceRows) perResource[row] = (perResource[row] ?? 0) + 1;
      const text = Buffer.from(otlp.buffer, otlp.byteOffset, otlp.byteLength);
      const counts = new Map<string, number>();
      perResource.forEach((spans, row) => {
        if (spans === 0) return;
        const start = resources.serviceNameStarts[row];
        const end = resources.serviceNameEnds[row] ?? 0;
        const isLong = end - (start ?? 0) > NAME_BYTES_MAX;
        const label = isLong ? OTHER_SERVICES : labelOf(text.toString('utf8', start, end));
        counts.set(label, (counts.get(label) ?? 0) + spans);
      });
      return counts;
    },
  };
}
