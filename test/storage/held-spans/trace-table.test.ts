import { describe, expect, it } from 'vitest';
import { TraceTable, parseTraceId } from '../../../src/storage/held-spans/trace-table.ts';

const idWords = (number: number): Uint32Array =>
  Uint32Array.of(number % 7, 0, Math.imul(number, 77), number);

describe('the trace table', () => {
  it('finds exactly the traces that have not left, while it grows and turns over', () => {
    const table = new TraceTable(12345);
    for (let number = 0; number < 3000; number++) {
      if (table.size === 400) table.removeOldest();
      expect(table.add(idWords(number), 0)).toBe(number);
    }
    expect(table.size).toBe(400);
    for (let number = 0; number < 3000; number++) {
      expect(table.find(idWords(number), 0)).toBe(number < 2600 ? undefined : number);
    }
  });

  it('writes an id as it was read', () => {
    const table = new TraceTable(1);
    const id = '0123456789abcdef00000000fedcba98';
    const words = parseTraceId(id.toUpperCase());
    expect(words && table.idText(table.add(words, 0))).toBe(id);
    expect(parseTraceId('12')).toBeUndefined();
  });
});
