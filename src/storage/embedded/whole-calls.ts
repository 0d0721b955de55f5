import { forEachCall, hasDistinctIds } from '../../model/service-calls.ts';
import type { ServiceCall, TraceColumns } from '../../model/service-calls.ts';
import { CallRows } from './block/call-rows.ts';
import { traceIdText } from './block/trace-rows.ts';
import type { TraceKey } from './block/trace-rows.ts';
import type { TraceSource } from './trace-source.ts';
import { blockOfTraces } from './whole-trace.ts';
import type { SharedTrace } from './whole-trace.ts';

/** Takes a call, and how often it counts. */
export type VisitCall = (call: ServiceCall, count: number) => void;

/** A trace that is put together before its calls are named. */
interface PendingTrace extends SharedTrace {
  readonly key: TraceKey;
  readonly visit: VisitCall;
}

/** Spans that are put together at a time: some ten milliseconds of work. */
const PENDING_SPANS_MAX = 2048;

/**
 * Names the calls of traces between places; its memory is used again for each trace. Where spans of
 * one id are in several places the calls of many traces are named together, `settle` names the last.
 */
export class CallsAcrossSources {
  private readonly rows = new CallRows();
  /** Where the rows of each source end. */
  private readonly ends: number[] = [];
  /** By trace id: those that are put together in one block, where a trace can be once. */
  private pending: Map<string, PendingTrace>[] = [];
  private pendingSpans = 0;

  /** The calls within one source. */
  within(source: TraceSource, key: TraceKey, visit: VisitCall): void {
    this.take([source], key);
    eachCall(this.rows, visit, 1);
  }

  /** What the calls of the whole trace are, less those within each of the sources. */
  across(sources: readonly TraceSource[], key: TraceKey, visit: VisitCall): void {
    if (sources.length < 2 || this.take(sources, key) < 2) return;
    if (!hasDistinctIds(this.rows)) {
      // Without repeats there would be no more calls, and reading what tells repeats takes long.
      if (!hasCalls(this.rows)) return;
      this.postpone({ sources, traceId: traceIdText(key.words, 0), key, visit });
      for (const source of sources) {
        this.within(source, key, (call) => {
          visit(call, -1);
        });
      }
      if (this.pendingSpans >= PENDING_SPANS_MAX) this.settle();
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

  /** Names all calls that were not named yet. */
  settle(): void {
    const { pending } = this;
    this.pending = [];
    this.pendingSpans = 0;
    for (const traces of pending) {
      const block = blockOfTraces(traces.values());
      for (const { key, visit } of traces.values()) this.within(block, key, visit);
    }
  }

  private postpone(trace: PendingTrace): void {
    const { traceId } = trace;
    let place = this.pending.find((traces) => !traces.has(traceId));
    if (place === undefined) this.pending.push((place = new Map<string, PendingTrace>()));
    place.set(traceId, trace);
    this.pendingSpans += this.rows.count;
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

function hasCalls(trace: TraceColumns): boolean {
  let found = false;
  forEachCall(trace, () => {
    found = true;
  });
  return found;
}

function eachCall(trace: TraceColumns, visit: VisitCall, count: number): void {
  const { services, startsMs } = trace;
  forEachCall(trace, (from, to) => {
    const parent = services[from] ?? '';
    visit({ parent, child: services[to] ?? '', startMs: startsMs[to] ?? 0 }, count);
  });
}
