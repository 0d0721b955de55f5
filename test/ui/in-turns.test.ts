import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { doInTurns } from '../../src/model/in-turns.ts';
import { createPageTurn, visitInTurns } from '../../src/ui/in-turns.ts';

const LONG = Array.from({ length: 12_000 }, (_, i) => i);
/** Twelve milliseconds of ten microseconds each, and the rest of a step of 32. */
const VISITED_IN_A_TURN = 1216;

/** A clock on which an item takes ten microseconds. */
let clockMs = 0;
beforeEach(() => {
  clockMs = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => clockMs);
});
afterEach(() => {
  vi.restoreAllMocks();
});

it('visits a long list in order and lets other tasks run every few milliseconds', async () => {
  const seen: number[] = [];
  let seenByTimer = -1;
  setTimeout(() => {
    seenByTimer = seen.length;
  }, 0);
  const isWhole = await visitInTurns(LONG, new AbortController().signal, (item) => {
    seen.push(item);
    clockMs += 0.01;
  });
  expect(isWhole).toBe(true);
  expect(seen).toEqual(LONG);
  expect(seenByTimer).toBe(VISITED_IN_A_TURN);
});

it('stops at the next turn when aborted', async () => {
  const controller = new AbortController();
  let seen = 0;
  const isWhole = await visitInTurns(LONG, controller.signal, () => {
    seen += 1;
    if (seen === 100) controller.abort();
  });
  expect(isWhole).toBe(false);
  expect(seen).toBe(128);
});

it('fails with what a visit throws', async () => {
  const visiting = visitInTurns(LONG, new AbortController().signal, (item) => {
    if (item === 40) throw new Error('no such span');
  });
  await expect(visiting).rejects.toThrow('no such span');
});

it('does work whose result somebody waits for, or fails with the reason why nobody does', async () => {
  const controller = new AbortController();
  const work = function* (): Generator<undefined, string> {
    yield;
    return 'done';
  };
  await expect(doInTurns(work(), createPageTurn(controller.signal))).resolves.toBe('done');
  controller.abort(new Error('left'));
  await expect(doInTurns(work(), createPageTurn(controller.signal))).rejects.toThrow('left');
});
