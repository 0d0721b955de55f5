import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { freeBytes } from '../../src/runtime/free-bytes.ts';

describe('freeing bytes', () => {
  it('empties every view of memory that is all theirs', () => {
    const bytes = Buffer.allocUnsafeSlow(100);
    const view = bytes.subarray(10, 20);
    freeBytes(bytes);
    expect([bytes.length, view.length, bytes.buffer.byteLength]).toEqual([0, 0, 0]);
  });

  it('leaves a part of larger memory alone', () => {
    const whole = Buffer.alloc(100, 7);
    freeBytes(whole.subarray(0, 50));
    expect(whole.every((byte) => byte === 7)).toBe(true);
    expect(whole).toHaveLength(100);
  });

  it('may be done twice, and to no bytes at all', () => {
    const bytes = Buffer.allocUnsafeSlow(100);
    freeBytes(bytes);
    freeBytes(bytes);
    const none = Buffer.alloc(0);
    freeBytes(none);
    expect(none.buffer.detached).toBe(false);
  });
});
