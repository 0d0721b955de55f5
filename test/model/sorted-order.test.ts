import { describe, expect, it } from 'vitest';
import { sortedOrder, sortSteps } from '../../src/model/sorted-order.ts';

const orderOf = (values: readonly (number | string)[], descending: boolean): readonly number[] =>
  Array.from(sortedOrder(values, descending));

describe('the sorted order', () => {
  it('puts numbers in order of size, equal ones as they stood, in both directions', () => {
    const values = [10, 9, 100, 9, -1, 0];
    expect(orderOf(values, false)).toEqual([4, 5, 1, 3, 0, 2]);
    expect(orderOf(values, true)).toEqual([2, 0, 1, 3, 5, 4]);
  });

  it('puts what has no value last in both directions', () => {
    expect(orderOf([NaN, 2, NaN, 1], false)).toEqual([3, 1, 0, 2]);
    expect(orderOf([NaN, 2, NaN, 1], true)).toEqual([1, 3, 0, 2]);
  });

  it('puts texts in the order of a dictionary, after numbers', () => {
    const values = ['web', 'Cart', 5, 'cart', 'émail', 'web'];
    expect(orderOf(values, false)).toEqual([2, 3, 1, 4, 0, 5]);
    expect(orderOf(values, true)).toEqual([0, 5, 4, 1, 3, 2]);
  });

  it('puts very many different texts in the order of their characters', () => {
    const ids = Array.from({ length: 12_000 }, (_, index) => (index * 7919).toString(16));
    const order = orderOf(ids, false);
    const expected = ids.toSorted();
    expect(order.map((index) => ids[index])).toEqual(expected);
  });

  it('is that of a plain sort for many numbers, among them none', () => {
    const values = Array.from({ length: 30_001 }, (_, index) =>
      index % 11 === 0 ? NaN : (index * 7919) % 10_007,
    );
    const order = orderOf(values, false);
    const numbers = [...values.keys()].filter((index) => !Number.isNaN(values[index]));
    const expected = numbers.toSorted((x, y) => (values[x] ?? 0) - (values[y] ?? 0) || x - y);
    expect(order.slice(0, numbers.length)).toEqual(expected);
    expect(order.slice(numbers.length)).toEqual(
      [...values.keys()].filter((index) => Number.isNaN(values[index])),
    );
  });

  it('comes in many short steps', () => {
    const items = Array.from({ length: 100_000 }, (_, index) => (index * 7919) % 100_003);
    const steps = sortSteps(items, (item) => item, true);
    let count = 1;
    let step = steps.next();
    for (; step.done !== true; step = steps.next()) count += 1;
    expect(step.value).toEqual(items.toSorted((x, y) => y - x));
    expect(count).toBeGreaterThan(100);
  });

  it('has nothing to say about nothing', () => {
    expect(orderOf([], true)).toEqual([]);
  });
});
