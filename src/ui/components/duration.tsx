import './duration.css';
import type { ReactElement } from 'react';
import { durationParts } from '../../model/duration-text.ts';

/** A duration that stands in a column: aligned on the decimal point and on the unit. */
export function Duration({ us }: { us: number }): ReactElement {
  const { whole, fraction, unit } = durationParts(us);
  return (
    <span className="duration numbers">
      <span className="duration-whole">{whole}</span>
      {fraction !== '' && <span className="duration-fraction">{fraction}</span>}
      <span className="duration-unit">{unit}</span>
    </span>
  );
}
