import type { ServiceCall } from '../../model/service-calls.ts';
import type { TenantStore } from '../held-spans/tenant-store.ts';
import type { TimeSlice } from '../held-spans/time-slice.ts';
import type { Block } from './block/block.ts';
import { traceKey } from './block/trace-rows.ts';
import type { TraceKey } from './block/trace-rows.ts';
import { CallList } from './call-list.ts';
import type { CallWindow } from './call-list.ts';
import type { EdgeCounts, EdgeTable } from './edge-table.ts';
import { createHeadSource } from './head-source.ts';
import type { TraceSource } from './trace-source.ts';
import { CallsAcrossSources } from './whole-calls.ts';

/** What there is beside blocks, and the blocks. */
export interface HeadPlaces {
  readonly blocks: readonly Block[];
  /** Another one whenever blocks have changed. */
  readonly blocksVersion: number;
  readonly heads: readonly TenantStore[];
}

/** Traces looked at between two looks at the clock. */
const TRACES_A_LOOK = 32;

/** Calls that spans in heads are part of; a trace is looked at again only when it has more spans. */
export class HeadCalls {
  private readonly edges: EdgeTable;
  private calls = new CallsAcrossSources();
  private known: HeadPlaces | undefined;
  /** By head, by trace: how many spans were looked at. */
  private counted: Uint32Array[] = [];
  private ofTraces = new Map<string, CallList>();
  private last: Promise<void> = Promise.resolve();

  constructor(edges: EdgeTable) {
    this.edges = edges;
  }

  /** Adds calls in a window. Callers wait for each other: what one has begun is of use to the next. */
  addTo(
    counts: EdgeCounts,
    window: CallWindow,
    places: HeadPlaces,
    slice: TimeSlice,
  ): Promise<void> {
    const added = this.last.then(async () => {
      await this.catchUp(places, slice);
      for (const calls of this.ofTraces.values()) calls.addTo(counts, window);
    });
    this.last = added.catch(() => {
      this.known = undefined;
    });
    return added;
  }

  private async catchUp(places: HeadPlaces, slice: TimeSlice): Promise<void> {
    const { heads, blocks } = places;
    if (this.known === undefined || !isSamePlaces(this.known, places)) {
      this.counted = heads.map(() => new Uint32Array());
      this.ofTraces = new Map();
      this.calls = new CallsAcrossSources();
    }
    this.known = undefined;
    const source = createHeadSource(heads);
    for (const [place, { traces }] of heads.entries()) {
      const { next } = traces;
      const counted = withRoomFor(this.counted[place] ?? new Uint32Array(), next);
      this.counted[place] = counted;
      for (let trace = traces.oldest; trace < next; trace++) {
        const spans = traces.spanCount(trace);
        if (counted[trace] === spans) continue;
        counted[trace] = spans;
        const id = traces.idText(trace);
        this.ofTraces.set(id, this.callsWith(source, blocks, traceKey(id)));
        if (trace % TRACES_A_LOOK === 0 && slice.isOver()) await slice.rest();
      }
    }
    this.calls.settle();
    this.known = places;
  }

  /** Calls within the head, and between it and blocks. */
  private callsWith(head: TraceSource, blocks: readonly Block[], key: TraceKey): CallList {
    const list = new CallList();
    const holders = blocks.filter((block) => block.mayHave(key));
    const add = ({ parent, child, startMs }: ServiceCall, count: number): void => {
      list.add(this.edges.numberOf(parent, child), startMs, count);
    };
    this.calls.within(head, key, add);
    if (holders.length > 0) {
      this.calls.across([...holders, head], key, add);
      this.calls.across(holders, key, (call, count) => {
        add(call, -count);
      });
    }
    return list;
  }
}

function isSamePlaces(a: HeadPlaces, b: HeadPlaces): boolean {
  return (
    a.blocksVersion === b.blocksVersion &&
    a.heads.length === b.heads.length &&
    a.heads.every((head, place) => head === b.heads[place])
  );
}

function withRoomFor(counted: Uint32Array, traces: number): Uint32Array {
  if (counted.length >= traces) return counted;
  const grown = new Uint32Array(Math.max(traces, 2 * counted.length));
  grown.set(counted);
  return grown;
}
