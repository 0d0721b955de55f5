import './sparkline.css';
import type { ReactElement } from 'react';
import { linePath } from './line-path.ts';

interface SparklineProps {
  /** At equal distances; undefined where nothing is known. */
  readonly values: readonly (number | undefined)[];
  /** What a reader who does not see the line should know of it. */
  readonly label: string;
  readonly width?: number;
  readonly height?: number;
}

const MARGIN = 2;

/** A small line that shows how a number has moved, to stand beside the number itself. */
export function Sparkline({
  values,
  label,
  width = 96,
  height = 24,
}: SparklineProps): ReactElement {
  return (
    <svg
      className="sparkline"
      role="img"
      aria-label={label}
      viewBox={`0 0 ${width} ${height}`}
      width={width}
      height={height}
    >
      <path className="sparkline-base" d={`M0 ${height - MARGIN}H${width}`} />
      <path className="sparkline-line" d={linePath(values, { width, height, margin: MARGIN })} />
    </svg>
  );
}
