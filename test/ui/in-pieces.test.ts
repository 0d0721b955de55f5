import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { inPieces } from '../../src/ui/in-pieces.ts';

const LONG = Array.from({ length: 12_000 }, (_, i) => i);

/** A clock on which an item takes ten microseconds. */
let clockMs = 0;
beforeEach(() => {
  clockMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clockMs);
});
afterEach(() => {
  vi.restoreAllMocks();
});

it('goes through a long list in order and lets other tasks run every few milliseconds', async () => {
  const seen: number[] = [];
  let seenByTimer = -1;
  setTimeout(() => {
    seenByTimer = seen.length;
  }, 0);
  await inPieces(LONG, new AbortController().signal, (item) => {
    seen.push(item);
    clockMs += 0.01;
  });
  expect(seen).toEqual(LONG);
  expect(seenByTimer).toBe(1_700);
});

it('stops before the next piece when aborted', async () => {
  const controller = new AbortController();
  let seen = 0;
  const done = inPieces(LONG, controller.signal, () => {
    seen += 1;
    clockMs += 0.01;
  });
  controller.abort();
  await done;
  expect(seen).toBe(1_700);
});

it('goes through a list at once that takes no longer than a piece', async () => {
  let seen = 0;
  const done = inPieces(LONG, new AbortController().signal, () => (seen += 1));
  expect(seen).toBe(12_000);
  await done;
});
