import { describe, expect, it } from 'vitest';
import { createHeadArenas, createHeads } from '../../../src/storage/embedded/heads.ts';
import type { Head, Heads } from '../../../src/storage/embedded/heads.ts';
import type { SegmentArenas } from '../../../src/storage/held-spans/segment-arenas.ts';
import { aBatch, aSpan, toAttributes, traceId } from '../../harness/a-span.ts';

/** Ten batches of a megabyte: more than segments of ordinary memory have room for. */
function aLargeHead(): { heads: Heads; head: Head; arenas: SegmentArenas } {
  const arenas = createHeadArenas();
  const heads = createHeads({ monotonic: () => 0, arenas });
  for (let number = 1; number <= 10; number++) {
    const attributes = toAttributes({ payload: 'x'.repeat(2 ** 20) });
    const batch = aBatch([aSpan({ traceId: traceId(number), attributes })]);
    heads.add(batch, { segment: 1, atMs: 1000 + number });
  }
  heads.freeze(1);
  const [head] = heads.all;
  if (head === undefined) throw new Error('no head');
  return { heads, head, arenas };
}

describe('the memory of a head', () => {
  it('is for others once the head is in a block', () => {
    const { heads, head, arenas } = aLargeHead();
    expect(arenas.freeBytes).toBe(0);
    heads.drop(head);
    expect(arenas.freeBytes).toBeGreaterThan(2 ** 22);
  });

  it('is not for others while somebody reads it', () => {
    const { heads, head, arenas } = aLargeHead();
    const first = heads.lease();
    const second = heads.lease();
    heads.drop(head);
    first.release();
    first.release();
    expect(arenas.freeBytes).toBe(0);
    expect(second.stores[0]?.spanCount).toBe(10);
    second.release();
    expect(arenas.freeBytes).toBeGreaterThan(2 ** 22);
  });

  it('is not shared where there are few spans', () => {
    const arenas = createHeadArenas();
    const heads = createHeads({ monotonic: () => 0, arenas });
    heads.add(aBatch([aSpan({})]), { segment: 1, atMs: 1 });
    const [segment] = heads.all[0]?.store.segments() ?? [];
    expect(segment?.bytes.buffer).toBeInstanceOf(ArrayBuffer);
  });
});

describe('a head', () => {
  it('knows when its first and its last batch came', () => {
    const { head } = aLargeHead();
    expect(head).toMatchObject({ firstArrivalMs: 1001, lastArrivalMs: 1010 });
  });

  it('takes a late batch of a segment it ends with', () => {
    const { heads, head } = aLargeHead();
    heads.add(aBatch([aSpan({})]), { segment: 1, atMs: 2000 });
    heads.add(aBatch([aSpan({})]), { segment: 2, atMs: 2000 });
    expect(heads.all.map(({ store }) => store.spanCount)).toEqual([11, 1]);
    expect(heads.all[0]).toBe(head);
  });
});
