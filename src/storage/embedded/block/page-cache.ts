/** Decoded pages of many blocks, the least recently used of which leave when it is full. */
export class PageCache {
  private readonly bytesMax: number;
  private bytes = 0;
  private nextBlock = 0;
  private readonly pages = new Map<string, { readonly page: unknown; readonly bytes: number }>();

  constructor(bytesMax: number) {
    this.bytesMax = bytesMax;
  }

  get retainedBytes(): number {
    return this.bytes;
  }

  /** A view of the cache for the pages of one block. */
  forBlock(): BlockPageCache {
    const block = this.nextBlock++;
    return new BlockPageCache(this, `${block}/`);
  }

  get(key: string): unknown {
    const found = this.pages.get(key);
    if (found === undefined) return undefined;
    this.pages.delete(key);
    this.pages.set(key, found);
    return found.page;
  }

  set(key: string, page: unknown, bytes: number): void {
    this.drop(key);
    this.pages.set(key, { page, bytes });
    this.bytes += bytes;
    for (const oldest of this.pages.keys()) {
      if (this.bytes <= this.bytesMax) return;
      this.drop(oldest);
    }
  }

  drop(key: string): void {
    const found = this.pages.get(key);
    if (found === undefined) return;
    this.pages.delete(key);
    this.bytes -= found.bytes;
  }
}

/** The pages of one block, each kept for the offset it is at. */
export class BlockPageCache {
  private readonly cache: PageCache;
  private readonly prefix: string;
  private readonly offsets = new Set<number>();

  constructor(cache: PageCache, prefix: string) {
    this.cache = cache;
    this.prefix = prefix;
  }

  get(offset: number): unknown {
    return this.cache.get(`${this.prefix}${offset}`);
  }

  set(offset: number, page: unknown, bytes: number): void {
    this.offsets.add(offset);
    this.cache.set(`${this.prefix}${offset}`, page, bytes);
  }

  clear(): void {
    for (const offset of this.offsets) this.cache.drop(`${this.prefix}${offset}`);
    this.offsets.clear();
  }
}
