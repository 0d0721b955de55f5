import { doInTurns } from '../../model/in-turns.ts';
import type { InTurns } from '../../model/in-turns.ts';
import type { ServiceCall } from '../../model/service-calls.ts';
import type { DependencyLink } from '../../model/trace-query.ts';
import type { TenantStore } from '../held-spans/tenant-store.ts';
import { TimeSlice } from '../held-spans/time-slice.ts';
import type { Logger } from '../../runtime/logger.ts';
import { errorText } from '../../runtime/errors.ts';
import type { Block, BlockCallCounts } from './block/block.ts';
import type { CallCounts } from './block/call-counts.ts';
import { readCallsAcross, writeCallsAcross } from './call-file.ts';
import type { CallsAcross } from './call-file.ts';
import { CallList } from './call-list.ts';
import type { CallWindow } from './call-list.ts';
import { EdgeCounts, EdgeTable } from './edge-table.ts';
import { HeadCalls } from './head-calls.ts';
import { settledCalls } from './settled-calls.ts';
import { callsOfChange } from './shared-traces.ts';
import type { BlockChange } from './shared-traces.ts';

/** Calls within one block. */
interface OwnCalls {
  readonly edges: Uint32Array;
  readonly counts: Float64Array;
  /** Whether the edges are those that the block has counted, in its order. */
  readonly isOfBlock: boolean;
}

const NO_CALLS: OwnCalls = {
  edges: new Uint32Array(),
  counts: new Float64Array(),
  isOfBlock: false,
};

/** Of the calls between blocks one in so many may be there only to take back another. */
const TAKEN_BACK_PART = 4;

/** A block, and how its file is called. */
export interface NamedBlock {
  readonly name: string;
  readonly block: Block;
}

/**
 * Who calls whom, exactly. Three sums: calls within a block, which the block has counted by page;
 * calls between blocks, which are looked up when a block comes or goes, before that is seen; and calls
 * that spans in heads are part of. The calls between blocks are kept in a file for the next start.
 */
export class ServiceGraph {
  private readonly edges = new EdgeTable();
  private readonly head = new HeadCalls(this.edges);
  private readonly file: string;
  private readonly logger: Logger;
  private own = new Map<Block, OwnCalls>();
  private names = new Map<Block, string>();
  /** By the calls in a page. */
  private readonly listed = new WeakMap<readonly ServiceCall[], CallList>();
  private across = new CallList();
  /** Of those between blocks, whenever: adding them up again for each block would take ever longer. */
  private readonly acrossTotal = new EdgeCounts();
  /** Of all blocks, whenever: within them, and between them too. */
  private ownTotal = new EdgeCounts();
  private total = new EdgeCounts();
  private version = 0;
  private savedVersion = -1;
  private opening: Promise<void> = Promise.resolve();

  /** `file` is where calls between blocks are kept. */
  constructor(file: string, logger: Logger) {
    this.file = file;
    this.logger = logger;
  }

  /** Begins to count the calls of blocks that are there at first. */
  open(blocks: readonly NamedBlock[]): void {
    this.opening = this.load(blocks);
    // Who asks is told.
    this.opening.catch(() => undefined);
  }

  /** Resolves when the blocks that were there at first are counted. */
  ready(): Promise<void> {
    return this.opening;
  }

  /**
   * Looks up what changes with blocks that come and go; one change after the other. All of their
   * files can be read until it is done. Returns what makes the change seen.
   */
  async prepare(blocks: {
    readonly added: readonly NamedBlock[];
    readonly removed: readonly Block[];
  }): Promise<() => void> {
    await this.opening;
    const slice = new TimeSlice();
    const added = blocks.added.map(({ block }) => block);
    const removed = blocks.removed.filter((block) => this.own.has(block));
    const own = new Map<Block, OwnCalls>();
    for (const block of added) own.set(block, await this.ownCalls(block, slice));
    const change = await this.acrossAfter({ added, removed }, slice);
    const settled = await this.settledWith(change, slice);
    return () => {
      for (const { block, name } of blocks.added) this.names.set(block, name);
      for (const [block, calls] of own) this.own.set(block, calls);
      for (const block of removed) {
        this.own.delete(block);
        this.names.delete(block);
      }
      this.addAcross(change);
      if (settled !== undefined) this.across = settled;
      this.sumUp();
    };
  }

  /** Of blocks as they are now, which may be read until the end, and of heads. Be `ready` first. */
  async links(
    heads: readonly TenantStore[],
    window: CallWindow,
    slice: TimeSlice,
  ): Promise<readonly DependencyLink[]> {
    const blocks = [...this.own.keys()];
    const counts = new EdgeCounts();
    const { version: blocksVersion } = this;
    const partly = this.addWhole(blocks, window, counts);
    if (heads.length > 0) {
      await this.head.addTo(counts, window, { blocks, blocksVersion, heads }, slice);
    }
    for (const block of partly) await this.addPartOf(block, window, counts, slice);
    return this.edges.links(counts);
  }

  /** Keeps the calls between blocks, when they have changed. */
  async save(): Promise<void> {
    await this.opening;
    const { version } = this;
    if (version === this.savedVersion) return;
    await writeCallsAcross(this.file, {
      blocks: [...this.names.values()],
      edges: this.edges,
      calls: this.across,
    });
    this.savedVersion = version;
  }

  private async load(blocks: readonly NamedBlock[]): Promise<void> {
    const slice = new TimeSlice();
    const kept = await this.readFile();
    const known = new Set(kept?.blocks);
    const isUsable = [...known].every((name) => blocks.some((one) => one.name === name));
    const isKept = ({ name }: NamedBlock): boolean => isUsable && known.has(name);
    // Those that the file knows come first: the others are looked up beside all before them.
    const inOrder = [...blocks.filter(isKept), ...blocks.filter((one) => !isKept(one))];
    for (const one of inOrder) {
      const { name, block } = one;
      const own = await this.ownCalls(block, slice);
      const across = isKept(one)
        ? undefined
        : await this.acrossAfter({ added: [block], removed: [] }, slice);
      this.own.set(block, own);
      this.names.set(block, name);
      if (across !== undefined) this.addAcross(across);
    }
    if (kept !== undefined && isUsable) this.addAcross(kept.calls);
    this.sumUp();
    if (kept !== undefined && known.size === blocks.length && isUsable) {
      this.savedVersion = this.version;
    }
  }

  /** What cannot be read is counted again. */
  private async readFile(): Promise<CallsAcross | undefined> {
    try {
      return await readCallsAcross(this.file, this.edges);
    } catch (error) {
      this.logger.error(`${this.file} cannot be read: ${errorText(error)}`);
      return undefined;
    }
  }

  private async acrossAfter(change: BlockChange, slice: TimeSlice): Promise<CallList> {
    const calls = new CallList();
    const kept = [...this.own.keys()].filter((block) => !change.removed.includes(block));
    await callsOfChange(
      kept,
      change,
      ({ parent, child, startMs }, count) => {
        calls.add(this.edges.numberOf(parent, child), startMs, count);
      },
      slice,
    );
    return calls.takenBack === 0 ? calls : inSlices(settledCalls(calls), slice);
  }

  /**
   * All calls between blocks with those of a change, when so many are taken back that it is worth it:
   * undefined otherwise.
   */
  private async settledWith(change: CallList, slice: TimeSlice): Promise<CallList | undefined> {
    const { length, takenBack } = this.across;
    const all = length + change.length;
    if (TAKEN_BACK_PART * (takenBack + change.takenBack) < all) return undefined;
    const calls = new CallList();
    calls.addAll(this.across);
    calls.addAll(change);
    return inSlices(settledCalls(calls), slice);
  }

  private sumUp(): void {
    this.ownTotal = new EdgeCounts();
    for (const { counts, edges } of this.own.values()) this.ownTotal.addEach(edges, counts);
    this.total = new EdgeCounts();
    this.total.addAll(this.ownTotal);
    this.total.addAll(this.acrossTotal);
    this.version += 1;
  }

  private addAcross(calls: CallList): void {
    this.across.addAll(calls);
    calls.addTo(this.acrossTotal, { startMs: -Infinity, endMs: Infinity });
  }

  /** Adds what needs no page to be read; returns blocks of which only a part is in the window. */
  private addWhole(
    blocks: readonly Block[],
    window: CallWindow,
    counts: EdgeCounts,
  ): readonly Block[] {
    const places = blocks.map((block) => placeOf(block, window));
    const inside = blocks.filter((_, at) => places[at] === 'inside');
    if (inside.length === blocks.length) {
      counts.addAll(this.total);
      return [];
    }
    this.across.addTo(counts, window);
    if (2 * inside.length > blocks.length) {
      counts.addAll(this.ownTotal);
      this.addOwn(
        blocks.filter((_, at) => places[at] !== 'inside'),
        counts,
        -1,
      );
    } else {
      this.addOwn(inside, counts, 1);
    }
    return blocks.filter((_, at) => places[at] === 'partly');
  }

  private addOwn(blocks: readonly Block[], counts: EdgeCounts, sign: 1 | -1): void {
    for (const block of blocks) {
      const own = this.own.get(block) ?? NO_CALLS;
      counts.addEach(own.edges, own.counts, sign);
    }
  }

  private async addPartOf(
    block: Block,
    window: CallWindow,
    counts: EdgeCounts,
    slice: TimeSlice,
  ): Promise<void> {
    const { edges, isOfBlock } = this.own.get(block) ?? NO_CALLS;
    const calls = isOfBlock ? block.callCounts() : undefined;
    for (let page = 0; page < block.pageCount; page++) {
      const place = placeOf(block.pageRange(page), window);
      if (place === 'outside') continue;
      if (place === 'inside' && calls !== undefined) addPage(counts, page, calls, edges);
      else this.callsInPage(block, page).addTo(counts, window);
      if (slice.isOver()) await slice.rest();
    }
  }

  /** Remembered as long as the block remembers them. */
  private callsInPage(block: Block, page: number): CallList {
    const calls = block.callsInPage(page);
    const known = this.listed.get(calls);
    if (known !== undefined) return known;
    const list = new CallList();
    for (const { parent, child, startMs } of calls) {
      list.add(this.edges.numberOf(parent, child), startMs, 1);
    }
    this.listed.set(calls, list);
    return list;
  }

  private async ownCalls(block: Block, slice: TimeSlice): Promise<OwnCalls> {
    const calls = block.callCounts();
    if (slice.isOver()) await slice.rest();
    if (calls === undefined) return this.countOwn(block, slice);
    const edges = this.edgesOf(calls);
    const counts = new Float64Array(edges.length);
    for (let at = 0; at < calls.edges.length; at++) {
      const edge = calls.edges[at] ?? 0;
      counts[edge] = (counts[edge] ?? 0) + (calls.counts[at] ?? 0);
    }
    return { edges, counts, isOfBlock: true };
  }

  /** Of a block of an early version, or one whose counts are damaged. */
  private async countOwn(block: Block, slice: TimeSlice): Promise<OwnCalls> {
    const sums = new Map<number, number>();
    for (let page = 0; page < block.pageCount; page++) {
      for (const { parent, child } of block.callsInPage(page)) {
        const edge = this.edges.numberOf(parent, child);
        sums.set(edge, (sums.get(edge) ?? 0) + 1);
      }
      if (slice.isOver()) await slice.rest();
    }
    return {
      edges: Uint32Array.from(sums.keys()),
      counts: Float64Array.from(sums.values()),
      isOfBlock: false,
    };
  }

  /** Numbers here of the edges of a block. */
  private edgesOf({ services, parents, children }: BlockCallCounts): Uint32Array {
    return parents.map((parent, at) =>
      this.edges.numberOf(services[parent] ?? '', services[children[at] ?? 0] ?? ''),
    );
  }
}

/** `edges` are the numbers here of those of the block. */
function addPage(counts: EdgeCounts, page: number, calls: CallCounts, edges: Uint32Array): void {
  const end = calls.firsts[page + 1] ?? 0;
  for (let at = calls.firsts[page] ?? 0; at < end; at++) {
    counts.add(edges[calls.edges[at] ?? 0] ?? 0, calls.counts[at] ?? 0);
  }
}

function placeOf(
  { oldestNano, newestNano }: Pick<Block, 'oldestNano' | 'newestNano'>,
  { startMs, endMs }: CallWindow,
): 'inside' | 'partly' | 'outside' {
  const oldestMs = Number(oldestNano) / 1e6;
  const newestMs = Number(newestNano) / 1e6;
  if (oldestMs > endMs || newestMs < startMs) return 'outside';
  return oldestMs >= startMs && newestMs <= endMs ? 'inside' : 'partly';
}

function inSlices<T>(work: InTurns<T>, slice: TimeSlice): Promise<T> {
  return doInTurns(work, async () => {
    if (slice.isOver()) await slice.rest();
  });
}
