import './value-ring.css';
import type { ReactElement } from 'react';
import type { DecorationValue } from '../../api/decorations.ts';
import { shortNumber } from '../../number-text.ts';
import { SafeText } from '../../components/safe-text.tsx';

const RADIUS = 16;
const LENGTH = 2 * Math.PI * RADIUS;

interface ValueRingProps {
  readonly value: Exclude<DecorationValue, undefined>;
  /** Fills the ring. */
  readonly max: number;
}

/** A number as its share of the largest; a text as it is. The node says it in words. */
export function ValueRing({ value, max }: ValueRingProps): ReactElement {
  if (typeof value === 'string') {
    return (
      <span className="value-text">
        <SafeText>{value}</SafeText>
      </span>
    );
  }
  const share = max > 0 ? Math.min(1, Math.max(0, value / max)) : 0;
  return (
    <svg className="value-ring" viewBox="0 0 40 40" width="34" height="34" aria-hidden>
      <circle className="value-ring-track" cx="20" cy="20" r={RADIUS} />
      {share > 0 && (
        <circle
          className="value-ring-share"
          cx="20"
          cy="20"
          r={RADIUS}
          strokeDasharray={`${share * LENGTH} ${LENGTH}`}
          transform="rotate(-90 20 20)"
        />
      )}
      <text x="20" y="20">
        {shortNumber(value)}
      </text>
    </svg>
  );
}
