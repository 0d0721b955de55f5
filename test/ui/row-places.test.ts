import { describe, expect, it } from 'vitest';
import { createRowPlaces } from '../../src/ui/components/row-places.ts';

describe('the places of rows', () => {
  it('are even while nothing is measured', () => {
    const places = createRowPlaces(100_000, 32);
    expect([places.top(0), places.top(1), places.top(99_999)]).toEqual([0, 32, 3_199_968]);
    expect(places.totalPx()).toBe(3_200_000);
    expect([0, 31, 32, 3_199_999, 9e9, -5].map(places.rowAt)).toEqual([0, 0, 1, 99_999, 99_999, 0]);
  });

  it('move with what is measured above them', () => {
    const places = createRowPlaces(7, 10);
    expect(places.setHeight(2, 35)).toBe(25);
    expect(places.setHeight(5, 5)).toBe(-5);
    expect(places.setHeight(2, 30)).toBe(-5);
    expect(places.setHeight(2, 30)).toBe(0);
    expect([0, 1, 2, 3, 4, 5, 6].map(places.top)).toEqual([0, 10, 20, 50, 60, 70, 75]);
    expect(places.totalPx()).toBe(85);
    expect([19, 20, 49, 50, 74, 75, 84].map(places.rowAt)).toEqual([1, 2, 2, 3, 5, 6, 6]);
  });

  it('are none without rows', () => {
    const places = createRowPlaces(0, 32);
    expect([places.totalPx(), places.rowAt(10)]).toEqual([0, 0]);
  });
});
