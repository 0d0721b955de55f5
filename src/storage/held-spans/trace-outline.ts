import { hasLibraryKey } from '../../wire/otlp/library-keys.ts';
import { ResourceHosts } from '../../wire/otlp/resource-hosts.ts';
import type { OutlinedSpans, TraceOutline } from '../storage.ts';
import type { TraceRows } from './trace-rows.ts';

/** Rows that are looked at without a rest in between. */
const ROWS_TOGETHER = 4096;
/** Bytes between two spans that are rather searched through than searched around. */
const GAP_BYTES = 4096;

/** What the rows of a trace have to do with each other. */
export function outlineOfRows(rows: TraceRows): TraceOutline {
  const spanCount = rows.rows.length;
  return {
    spanCount,
    spans: function* () {
      const hosts = new ResourceHosts();
      for (let first = 0; first < spanCount; first += ROWS_TOGETHER) {
        yield outlined(rows, first, Math.min(spanCount, first + ROWS_TOGETHER), hosts);
      }
    },
  };
}

function outlined(all: TraceRows, first: number, end: number, hosts: ResourceHosts): OutlinedSpans {
  const count = end - first;
  const spanIds = new Uint32Array(2 * count);
  const parentSpanIds = new Uint32Array(2 * count);
  const kinds = new Uint8Array(count);
  const startTimesUnixNano = new BigUint64Array(count);
  const startWords = new Uint32Array(startTimesUnixNano.buffer);
  const durationsNano = new Float64Array(count);
  for (let index = 0; index < count; index++) {
    const row = all.rows[first + index] ?? 0;
    const segment = all.segments[first + index];
    if (segment === undefined) continue;
    spanIds[2 * index] = segment.spanIds[2 * row] ?? 0;
    spanIds[2 * index + 1] = segment.spanIds[2 * row + 1] ?? 0;
    parentSpanIds[2 * index] = segment.parentSpanIds[2 * row] ?? 0;
    parentSpanIds[2 * index + 1] = segment.parentSpanIds[2 * row + 1] ?? 0;
    kinds[index] = segment.kinds[row] ?? 0;
    // A segment has the high word first.
    startWords[2 * index] = segment.starts[2 * row + 1] ?? 0;
    startWords[2 * index + 1] = segment.starts[2 * row] ?? 0;
    durationsNano[index] = segment.durationsNano[row] ?? 0;
  }
  return {
    ...{ count, spanIds, parentSpanIds, kinds, startTimesUnixNano, durationsNano },
    hosts: hostsOf(all, first, end, hosts),
    mayDescribeSdk: mayDescribeSdk(all, first, end),
  };
}

/** Of each row; neighbours share theirs. */
function hostsOf(
  { rows, segments }: TraceRows,
  first: number,
  end: number,
  hosts: ResourceHosts,
): readonly string[] {
  const found: string[] = [];
  let segment: TraceRows['segments'][number] | undefined;
  let resource = -1;
  let host = '';
  for (let index = first; index < end; index++) {
    const own = segments[index];
    const ownResource = own?.resourceRows[rows[index] ?? 0] ?? 0;
    if (own !== undefined && (own !== segment || ownResource !== resource)) {
      const { ends, starts } = own.resources;
      host = hosts.of(own.bytes, starts[ownResource] ?? 0, ends[ownResource] ?? 0);
      segment = own;
      resource = ownResource;
    }
    found.push(host);
  }
  return found;
}

/** Spans that stand close to each other are searched as one. */
function mayDescribeSdk({ rows, segments }: TraceRows, first: number, end: number): boolean {
  for (let from = first; from < end;) {
    const segment = segments[from];
    const starts: number[] = [];
    const ends: number[] = [];
    let to = from;
    for (; to < end && segments[to] === segment; to++) {
      const start = segment?.spanStarts[rows[to] ?? 0] ?? 0;
      const last = ends.at(-1) ?? start;
      if (start < last || start - last > GAP_BYTES) break;
      starts.push(start);
      ends.push(segment?.spanEnds[rows[to] ?? 0] ?? 0);
    }
    if (segment !== undefined && hasLibraryKey(segment.bytes, { starts, ends, count: to - from })) {
      return true;
    }
    from = Math.max(to, from + 1);
  }
  return false;
}
