import { describe, expect, it } from 'vitest';
import { createSegmentArenas } from '../../../src/storage/held-spans/segment-arenas.ts';

describe('buffers of segments', () => {
  it('are used again, the one that was given back last first', () => {
    const arenas = createSegmentArenas(4096, 2);
    const first = arenas.take();
    const second = arenas.take();
    arenas.give(first);
    arenas.give(second);
    expect(arenas.freeBytes).toBe(2 * first.byteLength);
    expect(arenas.take()).toBe(second);
    expect(arenas.take()).toBe(first);
    expect(arenas.freeBytes).toBe(0);
  });

  it('do not wait in any number', () => {
    const arenas = createSegmentArenas(4096, 1);
    const [first, second] = [arenas.take(), arenas.take()];
    arenas.give(first);
    arenas.give(second);
    expect(arenas.freeBytes).toBe(first.byteLength);
    arenas.trim(0);
    expect(arenas.freeBytes).toBe(0);
  });
});
