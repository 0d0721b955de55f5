import type { ReactElement } from 'react';
import { Duration } from '../../components/duration.tsx';
import { columnNumber } from '../../number-text.ts';
import { monitorText } from '../../text/monitor-text.ts';

/** One latency of a column. */
export function Latency({ ms }: { ms: number }): ReactElement {
  return <Duration us={ms * 1_000} />;
}

/** One request rate of a column. */
export function rateCell(perSecond: number): string {
  return monitorText.perSecond(columnNumber(perSecond));
}
