import { serviceCalls } from '../../model/service-calls.ts';
import type { ServiceCall } from '../../model/service-calls.ts';
import type { DependencyLink } from '../../model/trace-query.ts';
import { LinkCounts } from '../held-spans/link-counts.ts';
import type { LinkWindow } from '../held-spans/service-links.ts';
import type { TenantStore } from '../held-spans/tenant-store.ts';
import type { TimeSlice } from '../held-spans/time-slice.ts';
import type { Block } from './block/block.ts';
import { traceHash } from './block/trace-numbers.ts';
import { traceIdWords } from './block/trace-rows.ts';
import { CallList, EVER, isInside } from './call-list.ts';
import { createHeadSource } from './head-source.ts';
import type { TraceSource } from './trace-source.ts';
import { callsOfWholeTrace } from './whole-calls.ts';

export interface GraphSources {
  readonly blocks: readonly Block[];
  readonly heads: readonly TenantStore[];
  /** Another one whenever blocks or heads have changed. */
  readonly version: string;
}

/** Traces looked at between two looks at the clock. */
const TRACES_A_LOOK = 32;

/**
 * Who calls whom, exactly: calls are counted once a block, as if all of a trace were in it, and
 * those of the traces that are in several blocks are put right. Blocks are looked at once, when
 * somebody first asks after they came; the same holds for heads that stand still.
 */
export class ServiceGraph {
  private blocks = new Map<Block, LinkCounts>();
  /** Which blocks may have a trace, by its hash. */
  private holders = new Map<number, Block | readonly Block[]>();
  /** What to add for a trace in several blocks. */
  private shared = new Map<string, CallList>();
  private total = new LinkCounts();
  private headPart: { readonly version: string; readonly calls: CallList } | undefined;
  private syncing: Promise<void> = Promise.resolve();

  async links(
    sources: GraphSources,
    window: LinkWindow,
    slice: TimeSlice,
  ): Promise<readonly DependencyLink[]> {
    await this.syncWith(sources.blocks, slice);
    const counts = new LinkCounts();
    if (sources.blocks.every((block) => isInside(block, window))) counts.addAll(this.total);
    else await this.countPart(sources.blocks, { window, counts, slice });
    (await this.headCalls(sources, slice)).addTo(counts, window);
    return counts.links();
  }

  /** Callers wait for each other: what one has begun is of use to the next. */
  private syncWith(blocks: readonly Block[], slice: TimeSlice): Promise<void> {
    const synced = this.syncing.then(() => this.sync(blocks, slice));
    this.syncing = synced.catch(() => undefined);
    return synced;
  }

  private async sync(blocks: readonly Block[], slice: TimeSlice): Promise<void> {
    const wanted = new Set(blocks);
    if ([...this.blocks.keys()].some((known) => !wanted.has(known))) this.forget();
    for (const block of blocks) {
      if (this.blocks.has(block)) continue;
      const counts = await countCalls(block, slice);
      this.blocks.set(block, counts);
      this.total.addAll(counts);
      for (const hash of this.hold(block)) {
        for (const id of block.traceIdsOf(hash)) this.putRight(id, this.holdersOf(hash));
        if (slice.isOver()) await slice.rest();
      }
    }
  }

  private forget(): void {
    this.blocks = new Map();
    this.holders = new Map();
    this.shared = new Map();
    this.total = new LinkCounts();
  }

  /** Remembers the traces of a block; those that other blocks may have too. */
  private hold(block: Block): ReadonlySet<number> {
    const shared = new Set<number>();
    for (const hash of new Set(block.traceHashes())) {
      const others = this.holdersOf(hash);
      this.holders.set(hash, others.length === 0 ? block : [...others, block]);
      if (others.length > 0) shared.add(hash);
    }
    return shared;
  }

  private holdersOf(hash: number): readonly Block[] {
    const holders = this.holders.get(hash);
    if (holders === undefined) return [];
    return 'length' in holders ? holders : [holders];
  }

  private putRight(id: string, blocks: readonly Block[]): void {
    this.shared.get(id)?.addTo(this.total, EVER, -1);
    const difference = new CallList();
    for (const block of blocks) difference.add(callsIn(block, id), -1);
    difference.add(callsOfWholeTrace(blocks, id), 1);
    this.shared.set(id, difference);
    difference.addTo(this.total, EVER);
  }

  private async countPart(
    blocks: readonly Block[],
    { window, counts, slice }: Counting,
  ): Promise<void> {
    for (const block of blocks) {
      const all = isInside(block, window) ? this.blocks.get(block) : undefined;
      counts.addAll(all ?? (await countCalls(block, slice, window)));
    }
    for (const difference of this.shared.values()) difference.addTo(counts, window);
  }

  private async headCalls(sources: GraphSources, slice: TimeSlice): Promise<CallList> {
    const { version } = sources;
    if (this.headPart?.version === version) return this.headPart.calls;
    const calls = await this.listHeadCalls(sources, slice);
    this.headPart = { version, calls };
    return calls;
  }

  /** Calls in heads, and what they change in blocks. */
  private async listHeadCalls({ heads }: GraphSources, slice: TimeSlice): Promise<CallList> {
    const calls = new CallList();
    const seen = new Set<string>();
    const head = createHeadSource(heads);
    for (const store of heads) {
      const { next } = store.traces;
      for (let trace = store.traces.oldest; trace < next; trace++) {
        if (trace % TRACES_A_LOOK === 0 && slice.isOver()) await slice.rest();
        const id = store.traces.idText(trace);
        if (seen.has(id)) continue;
        if (heads.length > 1) seen.add(id);
        this.addHeadTrace(id, head, calls);
      }
    }
    return calls;
  }

  private addHeadTrace(id: string, head: TraceSource, calls: CallList): void {
    const holders = this.holdersOf(traceHash(traceIdWords(id), 0));
    if (holders.length > 0) {
      this.shared.get(id)?.addToList(calls, -1);
      for (const block of holders) calls.add(callsIn(block, id), -1);
    }
    calls.add(callsOfWholeTrace([...holders, head], id), 1);
  }
}

interface Counting {
  readonly window: LinkWindow;
  readonly counts: LinkCounts;
  readonly slice: TimeSlice;
}

function callsIn(block: Block, id: string): readonly ServiceCall[] {
  const trace = block.traceColumns(id);
  return trace === undefined ? [] : serviceCalls(trace);
}

async function countCalls(block: Block, slice: TimeSlice, window = EVER): Promise<LinkCounts> {
  const counts = new LinkCounts();
  let calls = 0;
  for (const { parent, child, startMs } of block.calls()) {
    if (startMs >= window.startMs && startMs <= window.endMs) counts.add(parent, child);
    if (++calls % 1024 === 0 && slice.isOver()) await slice.rest();
  }
  return counts;
}
