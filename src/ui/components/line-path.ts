/** The area that a line is drawn in; y grows downwards. */
export interface LineArea {
  readonly width: number;
  readonly height: number;
  /** Free on every side, so that a stroke is not cut off. */
  readonly margin: number;
}

/**
 * SVG path data of a line through equally spaced values, from 0 or the smallest value below it at
 * the bottom to the largest at the top. What is undefined interrupts the line; a value alone between
 * two gaps is a dot. '' without any value.
 */
export function linePath(values: readonly (number | undefined)[], area: LineArea): string {
  const known = values.filter((value) => value !== undefined);
  const low = Math.min(0, ...known);
  const span = Math.max(0, ...known) - low;
  const stepX = (area.width - 2 * area.margin) / Math.max(1, values.length - 1);
  const height = area.height - 2 * area.margin;
  const y = (value: number): number =>
    area.margin + (span === 0 ? height : height * (1 - (value - low) / span));
  return values
    .map((value, index) => {
      if (value === undefined) return '';
      const at = `${shortNumber(area.margin + index * stepX)} ${shortNumber(y(value))}`;
      if (values[index - 1] !== undefined) return `L${at}`;
      // A line of no length with round ends is a dot.
      return values[index + 1] === undefined ? `M${at}h0` : `M${at}`;
    })
    .join('');
}

function shortNumber(value: number): string {
  return String(Math.round(value * 100) / 100);
}
