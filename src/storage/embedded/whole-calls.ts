import { forEachCall, hasDistinctIds } from '../../model/service-calls.ts';
import type { ServiceCall, TraceColumns } from '../../model/service-calls.ts';
import type { BlockSpan } from './block/block.ts';
import { CallRows } from './block/call-rows.ts';
import { traceIdText } from './block/trace-rows.ts';
import type { TraceKey } from './block/trace-rows.ts';
import type { TraceSource } from './trace-source.ts';
import { spansOfWholeTrace } from './whole-trace.ts';

/** Takes a call, and how often it counts. */
export type VisitCall = (call: ServiceCall, count: number) => void;

/** Names the calls of traces between places; its memory is used again for each trace. */
export class CallsAcrossSources {
  private readonly rows = new CallRows();
  /** Where the rows of each source end. */
  private readonly ends: number[] = [];

  /** The calls within one source. */
  within(source: TraceSource, key: TraceKey, visit: VisitCall): void {
    this.take([source], key);
    eachCall(this.rows, visit, 1);
  }

  /** What the calls of the whole trace are, less those within each of the sources. */
  across(sources: readonly TraceSource[], key: TraceKey, visit: VisitCall): void {
    if (sources.length < 2 || this.take(sources, key) < 2) return;
    if (!hasDistinctIds(this.rows)) {
      eachCall(columnsOf(spansOfWholeTrace(sources, traceIdText(key.words, 0))), visit, 1);
      for (const source of sources) {
        this.within(source, key, (call) => {
          visit(call, -1);
        });
      }
      return;
    }
    const { services, startsMs } = this.rows;
    // Where no two spans have one id, what other sources have changes nothing within one.
    forEachCall(this.rows, (from, to) => {
      if (this.sourceOf(from) === this.sourceOf(to)) return;
      const parent = services[from] ?? '';
      visit({ parent, child: services[to] ?? '', startMs: startsMs[to] ?? 0 }, 1);
    });
  }

  /** Returns how many sources have some of the trace. */
  private take(sources: readonly TraceSource[], key: TraceKey): number {
    this.rows.clear();
    this.ends.length = 0;
    for (const source of sources) {
      if (source.addCallRows(key, this.rows)) this.ends.push(this.rows.count);
    }
    return this.ends.length;
  }

  private sourceOf(row: number): number {
    let source = 0;
    while ((this.ends[source] ?? Infinity) <= row) source += 1;
    return source;
  }
}

function eachCall(trace: TraceColumns, visit: VisitCall, count: number): void {
  const { services, startsMs } = trace;
  forEachCall(trace, (from, to) => {
    const parent = services[from] ?? '';
    visit({ parent, child: services[to] ?? '', startMs: startsMs[to] ?? 0 }, count);
  });
}

function columnsOf(spans: readonly BlockSpan[]): TraceColumns {
  const count = spans.length;
  const spanIds = new Uint32Array(2 * count);
  const parentSpanIds = new Uint32Array(2 * count);
  spans.forEach(({ spanId, parentSpanId }, row) => {
    spanIds.set(idWords(spanId), 2 * row);
    parentSpanIds.set(idWords(parentSpanId), 2 * row);
  });
  return {
    count,
    spanIds,
    parentSpanIds,
    kinds: Uint8Array.from(spans, ({ kind }) => kind),
    services: spans.map(({ resource }) => resource.serviceName),
    startsMs: Float64Array.from(spans, (span) => Number(span.startTimeUnixNano) / 1e6),
  };
}

/** '' is an id of zeros. */
function idWords(text: string): readonly [number, number] {
  if (text === '') return [0, 0];
  return [parseInt(text.slice(0, 8), 16), parseInt(text.slice(8), 16)];
}
