import { cleanup, render } from '@testing-library/react';
import { afterEach, describe, expect, it } from 'vitest';
import { linePath } from '../../src/ui/components/line-path.ts';
import { Sparkline } from '../../src/ui/components/sparkline.tsx';

const AREA = { width: 24, height: 14, margin: 2 };

afterEach(cleanup);

describe('linePath', () => {
  it('goes from zero at the bottom to the largest value at the top', () => {
    expect(linePath([0, 5, 10], AREA)).toBe('M2 12L12 7L22 2');
  });

  it('starts at the smallest value when that is below zero', () => {
    expect(linePath([-10, 10], AREA)).toBe('M2 12L22 2');
  });

  it('is interrupted where a value is missing, and draws a value alone as a dot', () => {
    expect(linePath([10, undefined, 10, 5, undefined, 0], AREA)).toBe('M2 2h0M10 2L14 7M22 12h0');
  });

  it('lies at the bottom when every value is zero, and is nothing without values', () => {
    expect(linePath([0, 0], AREA)).toBe('M2 12L22 12');
    expect(linePath([undefined, undefined], AREA)).toBe('');
    expect(linePath([], AREA)).toBe('');
  });
});

describe('Sparkline', () => {
  it('is an image with the words it was given', () => {
    const { getByRole } = render(<Sparkline values={[1, 2]} label="2 requests a second" />);
    const image = getByRole('img', { name: '2 requests a second' });
    expect(image.getAttribute('viewBox')).toBe('0 0 96 24');
    expect(image.querySelector('.sparkline-line')?.getAttribute('d')).toBe('M2 12L94 2');
  });
});
