import { expect, it } from 'vitest';
import { inPieces } from '../../src/ui/in-pieces.ts';

const LONG = Array.from({ length: 12_000 }, (_, i) => i);

it('goes through a long list in order and lets other tasks run in between', async () => {
  const seen: number[] = [];
  let seenByTimer = -1;
  setTimeout(() => {
    seenByTimer = seen.length;
  }, 0);
  await inPieces(LONG, new AbortController().signal, (item) => seen.push(item));
  expect(seen).toEqual(LONG);
  expect(seenByTimer).toBe(5_000);
});

it('stops before the next piece when aborted', async () => {
  const controller = new AbortController();
  let seen = 0;
  const done = inPieces(LONG, controller.signal, () => (seen += 1));
  controller.abort();
  await done;
  expect(seen).toBe(5_000);
});
