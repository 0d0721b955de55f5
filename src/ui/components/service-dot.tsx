import './service-dot.css';
import type { CSSProperties, ReactElement } from 'react';
import { wholeNumber } from '../number-text.ts';
import { useServiceColor } from '../service-colors.ts';
import { text } from '../text/common-text.ts';
import { SafeText } from './safe-text.tsx';

/** A service's name with its colour, and how many spans it has part in. */
export function ServiceDot({
  name,
  spanCount,
  errorCount = 0,
}: {
  name: string;
  spanCount?: number;
  errorCount?: number;
}): ReactElement {
  const color: CSSProperties = { background: useServiceColor()(name) };
  return (
    <span className="service-dot" data-error={errorCount > 0}>
      <span className="service-dot-mark" style={color} />
      <SafeText>{name}</SafeText>
      {spanCount !== undefined && (
        <span className="service-dot-count numbers">{wholeNumber(spanCount)}</span>
      )}
      {errorCount > 0 && (
        <span className="service-dot-errors numbers" title={text.failed(errorCount)}>
          {wholeNumber(errorCount)}!
        </span>
      )}
    </span>
  );
}
