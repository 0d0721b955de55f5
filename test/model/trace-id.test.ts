import { describe, expect, it } from 'vitest';
import { traceIdPart } from '../../src/model/trace-id.ts';

describe('the part of a trace id that is shown where there is little room', () => {
  it('is its beginning', () => {
    expect(traceIdPart('6bafd97c0b1d4a6e', 7)).toBe('6bafd97');
    expect(traceIdPart('0000001c0b1d4a6e', 7)).toBe('0000001');
  });

  it('is its end where the beginning is all zeros and tells nothing apart', () => {
    expect(traceIdPart('00000000000000cd', 7)).toBe('00000cd');
  });

  it('is all of an id that is no longer', () => {
    expect(traceIdPart('cd', 7)).toBe('cd');
    expect(traceIdPart('0000', 7)).toBe('0000');
    expect(traceIdPart('00cd', 0)).toBe('');
  });
});
