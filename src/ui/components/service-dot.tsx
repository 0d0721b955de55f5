import './service-dot.css';
import type { CSSProperties, ReactElement } from 'react';
import { visibleText } from '../../model/visible-text.ts';
import { wholeNumber } from '../number-text.ts';
import { useServiceColor } from '../service-colors.ts';
import { text } from '../text/common-text.ts';
import { SafeText } from './safe-text.tsx';

/** From here on a name may be cut. */
const LONG_NAME = 40;

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
    <span className="service-dot" data-error={errorCount > 0} title={titleOf(name)}>
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

/** The whole name where less may be seen of it. */
function titleOf(name: string): string | undefined {
  if (name.length < LONG_NAME) return undefined;
  return visibleText(name)
    .map((part) => part.text)
    .join('');
}
