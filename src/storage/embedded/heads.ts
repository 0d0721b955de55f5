import type { SpanBatch } from '../../wire/span-batch.ts';
import { batchBytes } from '../held-spans/segment.ts';
import { createSegmentArenas } from '../held-spans/segment-arenas.ts';
import type { SegmentArenas } from '../held-spans/segment-arenas.ts';
import { TenantStore } from '../held-spans/tenant-store.ts';

/** When a head is full, so that it becomes a block. */
export interface HeadLimits {
  readonly spans: number;
  readonly bytes: number;
  /** One with `agedSpans` spans is full after `ageMs`; one with any after `ageMaxMs`. */
  readonly ageMs: number;
  readonly agedSpans: number;
  readonly ageMaxMs: number;
}

export const HEAD_LIMITS: HeadLimits = {
  // What comes until the log has another segment is of the head too, some thousand spans. Beyond 65,536
  // the arrays of a block's values, which double as they grow, would take twice the memory.
  spans: 49_152,
  bytes: 32 * 2 ** 20,
  ageMs: 60_000,
  agedSpans: 16_384,
  ageMaxMs: 30 * 60_000,
};

/** Spans in memory that are in some segments of the log, one behind the other, and in no block. */
export interface Head {
  readonly store: TenantStore;
  /** undefined until it has a span. On the monotonic clock. */
  readonly bornAt: number | undefined;
  /** The last segment with spans of it. */
  readonly lastSegment: number;
  readonly isFrozen: boolean;
  /** Memory that was planned for its batches. */
  readonly takenBytes: number;
  /** When its batches came, in Unix ms. */
  readonly firstArrivalMs: number;
  readonly lastArrivalMs: number;
}

/** Where and when the log took a batch. */
export interface Arrival {
  readonly segment: number;
  readonly atMs: number;
}

/** Keeps heads readable that meanwhile become blocks. */
export interface HeadLease {
  readonly stores: readonly TenantStore[];
  release(): void;
}

/** What one tenant has acknowledged and not in a block yet, oldest first. */
export interface Heads {
  readonly all: readonly Head[];
  readonly bytes: number;
  readonly spans: number;
  /** Grows with every change. */
  readonly version: number;
  /** A batch that the log has. */
  add(batch: SpanBatch, arrival: Arrival): void;
  /** All that is here now. */
  lease(): HeadLease;
  /** Whether the last head is one to freeze. */
  isFull(limits: HeadLimits): boolean;
  /** Adds no more to the last head, which has the segments up to this one. */
  freeze(segment: number): void;
  /** Forgets a head that is in a block. */
  drop(head: Head): void;
}

const SEGMENT_BYTES = 4 * 2 ** 20;
/** Enough for a head of spans of half a kilobyte each to become a block while another one grows. */
const FREE_ARENAS_MAX = 16;

/** Memory that the heads of all tenants share. */
export function createHeadArenas(): SegmentArenas {
  return createSegmentArenas(SEGMENT_BYTES, FREE_ARENAS_MAX);
}

interface GrowingHead extends Head {
  bornAt: number | undefined;
  lastSegment: number;
  isFrozen: boolean;
  takenBytes: number;
  firstArrivalMs: number;
  lastArrivalMs: number;
  /** Who reads it. */
  leases: number;
  isDropped: boolean;
}

export interface HeadsOptions {
  readonly monotonic: () => number;
  readonly arenas: SegmentArenas;
}

export function createHeads({ monotonic, arenas }: HeadsOptions): Heads {
  let heads: readonly GrowingHead[] = [];
  let version = 0;
  const current = (): GrowingHead => {
    const last = heads.at(-1);
    if (last?.isFrozen === false) return last;
    const head = createHead(arenas, last);
    heads = [...heads, head];
    return head;
  };
  return {
    get all() {
      return heads;
    },
    get bytes() {
      return heads.reduce((sum, { store }) => sum + store.retainedBytes(), 0);
    },
    get spans() {
      return heads.reduce((sum, { store }) => sum + store.spanCount, 0);
    },
    get version() {
      return version;
    },
    add: (batch, { segment, atMs }) => {
      const frozen = heads.find((head) => head.isFrozen && head.lastSegment >= segment);
      const head = frozen ?? current();
      head.bornAt ??= monotonic();
      head.lastSegment = Math.max(head.lastSegment, segment);
      head.takenBytes += headBytesOf(batch);
      head.firstArrivalMs = Math.min(head.firstArrivalMs, atMs);
      head.lastArrivalMs = Math.max(head.lastArrivalMs, atMs);
      head.store.add(batch);
      version += 1;
    },
    isFull: (limits) => {
      const head = heads.at(-1);
      if (head?.bornAt === undefined || head.isFrozen) return false;
      const { store, bornAt } = head;
      const age = monotonic() - bornAt;
      return (
        store.spanCount >= limits.spans ||
        store.retainedBytes() >= limits.bytes ||
        (age >= limits.ageMs && store.spanCount >= limits.agedSpans) ||
        age >= limits.ageMaxMs
      );
    },
    freeze: (segment) => {
      const head = heads.at(-1);
      if (head === undefined) return;
      head.isFrozen = true;
      head.lastSegment = segment;
    },
    lease: () => leaseOf(heads),
    drop: (dropped) => {
      for (const head of heads) {
        if (head !== dropped) continue;
        head.isDropped = true;
        releaseWhenUnused(head);
      }
      heads = heads.filter((head) => head !== dropped);
      version += 1;
    },
  };
}

function leaseOf(heads: readonly GrowingHead[]): HeadLease {
  let leased = heads;
  for (const head of leased) head.leases += 1;
  return {
    stores: leased.map(({ store }) => store),
    release: () => {
      for (const head of leased) {
        head.leases -= 1;
        releaseWhenUnused(head);
      }
      leased = [];
    },
  };
}

/** `before` is the head that came before, and about as large. */
function createHead(arenas: SegmentArenas, before: Head | undefined): GrowingHead {
  const seed = Math.trunc(Math.random() * 2 ** 31);
  const isLarge = before !== undefined && before.store.retainedBytes() > SEGMENT_BYTES;
  const limits = {
    ...{ maxTraces: Infinity, segmentBytes: SEGMENT_BYTES, arenas },
    ...(isLarge ? { firstSegmentBytes: SEGMENT_BYTES } : {}),
  };
  return {
    store: new TenantStore(limits, seed, { traces: 0, spans: 0 }),
    bornAt: undefined,
    lastSegment: 0,
    isFrozen: false,
    takenBytes: 0,
    firstArrivalMs: Infinity,
    lastArrivalMs: -Infinity,
    leases: 0,
    isDropped: false,
  };
}

function releaseWhenUnused({ store, leases, isDropped }: GrowingHead): void {
  if (isDropped && leases === 0) store.release();
}

/** Memory that a batch takes in a head, at most. */
export const headBytesOf = batchBytes;
