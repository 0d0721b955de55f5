import { ReadAhead } from './read-ahead.ts';

/** A decoded page that a cache may let go of. */
interface CachedPage {
  readonly page: unknown;
  readonly bytes: number;
  readonly offset: number;
  readonly owner: Map<number, CachedPage>;
  /** Whether it was used since the hand passed it. */
  isUsed: boolean;
}

/**
 * Decoded pages of many blocks. When it is full, pages leave that were not used since the last look
 * at them, in the order they came.
 */
export class PageCache {
  /** For pages that are not worth a place here. */
  readonly ahead = new ReadAhead();
  private readonly bytesMax: number;
  private bytes = 0;
  /** In the order they came, or were passed over. */
  private readonly ring = new Set<CachedPage>();
  /** Stands behind the pages that left: a new look at the ring would step over the places of all. */
  private hand = this.ring.values();

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get retainedBytes(): number {
    return this.bytes;
  }

  /** A view of the cache for the pages of one block. */
  forBlock(): BlockPageCache {
    return new BlockPageCache(this);
  }

  add(entry: CachedPage): void {
    this.ring.add(entry);
    this.bytes += entry.bytes;
    while (this.bytes > this.bytesMax) this.passOldest();
  }

  drop(entry: CachedPage): void {
    if (!this.ring.delete(entry)) return;
    entry.owner.delete(entry.offset);
    this.bytes -= entry.bytes;
  }

  private passOldest(): void {
    const { done, value: oldest } = this.hand.next();
    if (done === true) {
      this.hand = this.ring.values();
    } else if (oldest.isUsed) {
      oldest.isUsed = false;
      this.ring.delete(oldest);
      this.ring.add(oldest);
    } else {
      this.drop(oldest);
    }
  }
}

/** The pages of one block, each kept for the offset it is at. */
export class BlockPageCache {
  private readonly cache: PageCache;
  private readonly pages = new Map<number, CachedPage>();

  constructor(cache: PageCache) {
    this.cache = cache;
  }

  get(offset: number): unknown {
    const found = this.pages.get(offset);
    if (found === undefined) return undefined;
    found.isUsed = true;
    return found.page;
  }

  set(offset: number, page: unknown, bytes: number): void {
    const before = this.pages.get(offset);
    if (before !== undefined) this.cache.drop(before);
    const entry = { page, bytes, offset, owner: this.pages, isUsed: false };
    this.pages.set(offset, entry);
    this.cache.add(entry);
  }

  forget(offset: number): void {
    const known = this.pages.get(offset);
    if (known !== undefined) this.cache.drop(known);
  }

  get ahead(): ReadAhead {
    return this.cache.ahead;
  }

  clear(): void {
    for (const entry of this.pages.values()) this.cache.drop(entry);
  }
}
