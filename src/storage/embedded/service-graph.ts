import { forEachCall } from '../../model/service-calls.ts';
import type { ServiceCall } from '../../model/service-calls.ts';
import type { DependencyLink } from '../../model/trace-query.ts';
import { LinkCounts } from '../held-spans/link-counts.ts';
import { callsOfRows } from '../held-spans/service-links.ts';
import type { LinkWindow } from '../held-spans/service-links.ts';
import type { TenantStore } from '../held-spans/tenant-store.ts';
import type { TimeSlice } from '../held-spans/time-slice.ts';
import { traceRows } from '../held-spans/trace-rows.ts';
import type { Block, BlockSpan } from './block/block.ts';
import { traceHash } from './block/trace-numbers.ts';
import { traceIdWords } from './block/trace-rows.ts';
import { createHeadSource } from './head-source.ts';
import type { TraceSource } from './trace-source.ts';
import { spansOfWholeTrace } from './whole-trace.ts';

export interface GraphSources {
  readonly blocks: readonly Block[];
  readonly heads: readonly TenantStore[];
}

/** A trace with spans in several blocks. */
interface SharedTrace {
  /** Calls as each block by itself sees them. */
  readonly apart: readonly ServiceCall[];
  /** Calls of the trace as it is. */
  readonly whole: readonly ServiceCall[];
}

/** Traces looked at between two looks at the clock. */
const TRACES_A_LOOK = 32;

/**
 * Who calls whom, exactly: calls are counted once a block, as if all of a trace were in it, and
 * those of the few traces that are in several blocks are put right. Blocks are looked at once, when
 * somebody first asks after they came.
 */
export class ServiceGraph {
  private blocks = new Map<Block, LinkCounts>();
  /** Hashes of the traces of all blocks. */
  private hashes = new Set<number>();
  private shared = new Map<string, SharedTrace>();
  private total = new LinkCounts();
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
    await this.countHeads(sources, { window, counts, slice });
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
      const known = [...this.blocks.keys(), block];
      const shared = this.sharedWith(block);
      this.blocks.set(block, counts);
      this.total.addAll(counts);
      for (const hash of block.traceHashes()) this.hashes.add(hash);
      for (const id of shared) {
        this.putRight(id, known);
        if (slice.isOver()) await slice.rest();
      }
    }
  }

  private forget(): void {
    this.blocks = new Map();
    this.hashes = new Set();
    this.shared = new Map();
    this.total = new LinkCounts();
  }

  /** Traces of a new block that known blocks may have spans of. */
  private sharedWith(block: Block): readonly string[] {
    const ids: string[] = [];
    for (const hash of new Set(block.traceHashes())) {
      if (this.hashes.has(hash)) ids.push(...block.traceIdsOf(hash));
    }
    return ids;
  }

  private putRight(id: string, blocks: readonly Block[]): void {
    const before = this.shared.get(id);
    if (before !== undefined) {
      addCalls(this.total, before.apart, 1);
      addCalls(this.total, before.whole, -1);
    }
    const holders = blocks.filter((block) => block.mayHave(id));
    const apart = holders.flatMap((block) => [...block.calls(id)]);
    const whole = callsOfSpans(spansOfWholeTrace(holders, id));
    this.shared.set(id, { apart, whole });
    addCalls(this.total, apart, -1);
    addCalls(this.total, whole, 1);
  }

  private async countPart(blocks: readonly Block[], part: Counting): Promise<void> {
    const { window, counts, slice } = part;
    for (const block of blocks) {
      if (isOutside(block, window)) continue;
      const all = isInside(block, window) ? this.blocks.get(block) : undefined;
      if (all === undefined) counts.addAll(await countCalls(block, slice, window));
      else counts.addAll(all);
    }
    for (const { apart, whole } of this.shared.values()) {
      addCalls(counts, apart, -1, window);
      addCalls(counts, whole, 1, window);
    }
  }

  private async countHeads({ blocks, heads }: GraphSources, part: Counting): Promise<void> {
    const { window, counts, slice } = part;
    const seen = new Set<string>();
    const sources: readonly TraceSource[] = [...blocks, createHeadSource(heads)];
    for (const store of heads) {
      const { next } = store.traces;
      for (let trace = store.traces.oldest; trace < next; trace++) {
        if (trace % TRACES_A_LOOK === 0 && slice.isOver()) await slice.rest();
        const id = store.traces.idText(trace);
        const isElsewhere =
          this.hashes.has(traceHash(traceIdWords(id), 0)) ||
          (heads.length > 1 && isInOther(heads, store, id));
        if (!isElsewhere) addCalls(counts, callsOfRows(traceRows(store, trace)), 1, window);
        else if (!seen.has(id)) {
          seen.add(id);
          this.putRightWithHead(id, sources, part);
        }
      }
    }
  }

  private putRightWithHead(
    id: string,
    sources: readonly TraceSource[],
    { window, counts }: Counting,
  ): void {
    const shared = this.shared.get(id);
    const known = shared?.whole ?? [...this.blocks.keys()].flatMap((block) => [...block.calls(id)]);
    addCalls(counts, known, -1, window);
    addCalls(counts, callsOfSpans(spansOfWholeTrace(sources, id)), 1, window);
  }
}

interface Counting {
  readonly window: LinkWindow;
  readonly counts: LinkCounts;
  readonly slice: TimeSlice;
}

const EVER: LinkWindow = { startMs: -Infinity, endMs: Infinity };

async function countCalls(block: Block, slice: TimeSlice, window = EVER): Promise<LinkCounts> {
  const counts = new LinkCounts();
  let calls = 0;
  for (const { parent, child, startMs } of block.calls()) {
    if (startMs >= window.startMs && startMs <= window.endMs) counts.add(parent, child);
    if (++calls % 1024 === 0 && slice.isOver()) await slice.rest();
  }
  return counts;
}

function addCalls(
  counts: LinkCounts,
  calls: readonly ServiceCall[],
  sign: 1 | -1,
  window = EVER,
): void {
  for (const { parent, child, startMs } of calls) {
    if (startMs >= window.startMs && startMs <= window.endMs) counts.add(parent, child, sign);
  }
}

function callsOfSpans(spans: readonly BlockSpan[]): readonly ServiceCall[] {
  const count = spans.length;
  const spanIds = new Uint32Array(2 * count);
  const parentSpanIds = new Uint32Array(2 * count);
  spans.forEach(({ spanId, parentSpanId }, row) => {
    spanIds.set(idWords(spanId), 2 * row);
    parentSpanIds.set(idWords(parentSpanId), 2 * row);
  });
  const kinds = Uint8Array.from(spans, ({ kind }) => kind);
  const calls: ServiceCall[] = [];
  forEachCall({ count, spanIds, parentSpanIds, kinds }, (parentRow, childRow) => {
    const parent = spans[parentRow];
    const child = spans[childRow];
    if (parent === undefined || child === undefined) return;
    calls.push({
      parent: parent.resource.serviceName,
      child: child.resource.serviceName,
      startMs: Number(child.startTimeUnixNano) / 1e6,
    });
  });
  return calls;
}

/** '' is an id of zeros. */
function idWords(text: string): readonly [number, number] {
  if (text === '') return [0, 0];
  return [parseInt(text.slice(0, 8), 16), parseInt(text.slice(8), 16)];
}

function isInOther(heads: readonly TenantStore[], store: TenantStore, id: string): boolean {
  const words = traceIdWords(id);
  return heads.some((other) => other !== store && other.traces.find(words, 0) !== undefined);
}

function isInside({ oldestNano, newestNano }: Block, { startMs, endMs }: LinkWindow): boolean {
  return Number(oldestNano) / 1e6 >= startMs && Number(newestNano) / 1e6 <= endMs;
}

function isOutside({ oldestNano, newestNano }: Block, { startMs, endMs }: LinkWindow): boolean {
  return Number(newestNano) / 1e6 < startMs || Number(oldestNano) / 1e6 > endMs;
}
