import type { TimeSlice } from '../held-spans/time-slice.ts';
import type { FoundTrace } from './block/find-traces.ts';
import { traceKey } from './block/trace-rows.ts';
import type { TraceSource } from './trace-source.ts';

/** Traces that are looked up together: few turns of some thousand places each. */
const TRACES_AT_ONCE = 64;

/** A trace, and the places that may have spans of it. */
export interface HeldTrace extends FoundTrace {
  readonly holders: readonly TraceSource[];
}

/** Looks up where traces are, some at a time: there may be a thousand places. */
export async function* heldTraces(
  sources: readonly TraceSource[],
  traces: readonly FoundTrace[],
  slice: TimeSlice,
): AsyncGenerator<HeldTrace> {
  for (let first = 0; first < traces.length; first += TRACES_AT_ONCE) {
    const some = traces.slice(first, first + TRACES_AT_ONCE);
    const keys = some.map(({ traceId }) => traceKey(traceId));
    const holders = some.map((): TraceSource[] => []);
    for (const source of sources) {
      for (const place of source.whichMayBeHere(keys)) holders[place]?.push(source);
    }
    for (const [place, trace] of some.entries()) {
      if (slice.isOver()) await slice.rest();
      yield { ...trace, holders: holders[place] ?? [] };
    }
  }
}
