import { grown } from '../../../model/grown.ts';
import type { TraceColumns } from '../../../model/service-calls.ts';

const FIRST_CAPACITY = 64;

/** Spans of one trace, of one place after the other; made once for many traces. */
export class CallRows implements TraceColumns {
  count = 0;
  spanIds = new Uint32Array(2 * FIRST_CAPACITY);
  parentSpanIds = new Uint32Array(2 * FIRST_CAPACITY);
  kinds = new Uint8Array(FIRST_CAPACITY);
  startsMs = new Float64Array(FIRST_CAPACITY);
  readonly services: string[] = [];

  clear(): void {
    this.cut(0);
  }

  /** Forgets all rows but the first. */
  cut(count: number): void {
    this.count = count;
    this.services.length = count;
  }

  /** Makes room for more rows. */
  reserve(more: number): void {
    const needed = this.count + more;
    if (needed <= this.kinds.length) return;
    const capacity = Math.max(needed, 2 * this.kinds.length);
    this.spanIds = grown(Uint32Array, this.spanIds, 2 * capacity);
    this.parentSpanIds = grown(Uint32Array, this.parentSpanIds, 2 * capacity);
    this.kinds = grown(Uint8Array, this.kinds, capacity);
    this.startsMs = grown(Float64Array, this.startsMs, capacity);
  }

  addAll(trace: TraceColumns): void {
    const { count } = trace;
    this.reserve(count);
    this.spanIds.set(trace.spanIds.subarray(0, 2 * count), 2 * this.count);
    this.parentSpanIds.set(trace.parentSpanIds.subarray(0, 2 * count), 2 * this.count);
    this.kinds.set(trace.kinds.subarray(0, count), this.count);
    this.startsMs.set(trace.startsMs.subarray(0, count), this.count);
    for (let row = 0; row < count; row++) this.services.push(trace.services[row] ?? '');
    this.count += count;
  }
}
