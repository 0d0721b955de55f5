import type { ReactElement, ReactNode } from 'react';
import type { criticalShares } from '../../../model/critical-path.ts';
import { durationText } from '../../../model/duration-text.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import { ServiceDot } from '../../components/service-dot.tsx';
import { wholeNumber } from '../../number-text.ts';
import { useServiceColor } from '../../service-colors.ts';
import { traceText } from '../../text/trace-text.ts';
import { exactTime } from '../../time-text.ts';

export type CriticalShare = ReturnType<typeof criticalShares>[number];

interface TraceFactsProps {
  readonly overview: TraceOverview;
  readonly shares: readonly CriticalShare[];
}

/** The summary of a trace: when, how long, how much, who. */
export function TraceFacts({ overview, shares }: TraceFactsProps): ReactElement {
  const { startUs, durationUs, services, depth, spanCount, errorCount, missingParents } = overview;
  return (
    <div className="trace-facts">
      <dl className="numbers">
        <Fact name={traceText.traceStart}>{exactTime(startUs)}</Fact>
        <Fact name={traceText.traceDuration}>{durationText(durationUs)}</Fact>
        <Fact name={traceText.traceSpans}>{wholeNumber(spanCount)}</Fact>
        <Fact name={traceText.traceDepth}>{depth}</Fact>
        {errorCount > 0 && (
          <Fact name={traceText.traceErrors} tone="error">
            {wholeNumber(errorCount)}
          </Fact>
        )}
        {missingParents > 0 && (
          <Fact name={traceText.traceMissing} tone="warn">
            {wholeNumber(missingParents)}
          </Fact>
        )}
      </dl>
      {shares.length > 0 && <CriticalPathShares shares={shares} />}
      <ul className="trace-services" aria-label={traceText.traceServices} tabIndex={0}>
        {services.map((service) => (
          <li key={service.name}>
            <ServiceDot {...service} />
          </li>
        ))}
      </ul>
    </div>
  );
}

/** Which services the trace waited for, as one bar. */
function CriticalPathShares({ shares }: { shares: readonly CriticalShare[] }): ReactElement {
  const serviceColor = useServiceColor();
  const words = shares.map(({ name, share }) => `${name} ${Math.round(share * 100)} %`).join(', ');
  return (
    <div className="critical-shares">
      <span className="muted">{traceText.criticalPath}</span>
      <span role="img" aria-label={words} title={words}>
        {shares.map(({ name, share }) => (
          <i key={name} style={{ width: `${share * 100}%`, background: serviceColor(name) }} />
        ))}
      </span>
    </div>
  );
}

function Fact(props: { name: string; tone?: 'error' | 'warn'; children: ReactNode }): ReactElement {
  return (
    <div data-tone={props.tone}>
      <dt className="muted">{props.name}</dt>
      <dd>{props.children}</dd>
    </div>
  );
}
