import './duration.css';
import type { ReactElement } from 'react';
import { durationParts } from '../../model/duration-text.ts';

interface DurationProps {
  readonly us: number;
  /** Says also of what is more than nothing that it is: for differences. */
  readonly signed?: boolean;
}

/** A duration that stands in a column: aligned on the decimal point and on the unit. */
export function Duration({ us, signed = false }: DurationProps): ReactElement {
  const { whole, fraction, unit } = durationParts(signed ? Math.abs(us) : us);
  return (
    <span className="duration numbers" data-signed={signed}>
      <span className="duration-whole">
        {signed && signOf(us)}
        {whole}
      </span>
      {fraction !== '' && <span className="duration-fraction">{fraction}</span>}
      <span className="duration-unit">{unit}</span>
    </span>
  );
}

/** A minus sign that is as wide as the plus. */
function signOf(us: number): string {
  if (us === 0) return '';
  return us > 0 ? '+' : '−';
}
