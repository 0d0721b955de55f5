import { expect, it } from 'vitest';
import { createHeadBudget } from '../../../src/storage/embedded/head-budget.ts';
import { createFakeClock } from '../../harness/fake-clock.ts';

it('keeps memory for heads to come while somebody writes, and lets go of it then', () => {
  const budget = createHeadBudget({ bytesMax: 100, clock: createFakeClock(), onFull: () => 0 });
  const { arenas } = budget;
  budget.take(20);
  arenas.give(arenas.take());
  budget.trim();
  budget.trim();
  expect(arenas.freeBytes).toBeGreaterThan(0);
  budget.giveBack(20);
  budget.take(20);
  budget.trim();
  budget.giveBack(20);
  expect(arenas.freeBytes).toBeGreaterThan(0);
  budget.trim();
  expect(arenas.freeBytes).toBe(0);
});
