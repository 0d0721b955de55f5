import './trace-header.css';
import { ArrowLeft, Braces, Keyboard } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { criticalShares } from '../../../model/critical-path.ts';
import { durationText } from '../../../model/duration-text.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import { traceJsonHref } from '../../api/trace.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { goBackOrTo } from '../../routing.ts';
import { useServiceColor } from '../../service-colors.ts';
import { text } from '../../text.ts';
import { exactTime } from '../../time-text.ts';

type CriticalShare = ReturnType<typeof criticalShares>[number];

interface TraceHeaderProps {
  readonly traceId: string;
  readonly overview: TraceOverview;
  readonly shares: readonly CriticalShare[];
  readonly warnings: readonly string[];
  readonly findBox: ReactElement;
  readonly onHelp: () => void;
}

/** What the trace is and what matters about it. */
export function TraceHeader(props: TraceHeaderProps): ReactElement {
  const { traceId, overview, shares, warnings, findBox, onHelp } = props;
  const { root } = overview;
  return (
    <div className="trace-header">
      <div className="trace-header-top">
        <button
          type="button"
          className="icon-button"
          aria-label={text.backToSearch}
          title={text.backToSearch}
          onClick={() => {
            goBackOrTo('search');
          }}
        >
          <ArrowLeft size={17} aria-hidden />
        </button>
        <h1>
          <SafeText>{root?.process.serviceName ?? text.noRoot}</SafeText>{' '}
          <span>
            <SafeText>{root?.operationName ?? ''}</SafeText>
          </span>
        </h1>
        <span className="trace-header-id mono muted">
          {traceId.slice(0, 7)}
          <CopyButton value={traceId} label={text.copyTraceId} />
        </span>
        <div className="trace-header-tools">
          {findBox}
          <a
            className="icon-button"
            href={`${traceJsonHref(traceId)}?prettyPrint=true`}
            target="_blank"
            rel="noreferrer"
            aria-label={text.traceJsonHint}
            title={text.traceJsonHint}
          >
            <Braces size={16} aria-hidden />
          </a>
          <button
            type="button"
            className="icon-button"
            aria-label={text.help}
            title={text.help}
            onClick={onHelp}
          >
            <Keyboard size={17} aria-hidden />
          </button>
        </div>
      </div>
      <Facts overview={overview} shares={shares} />
      {warnings.map((warning, index) => (
        <p key={index} className="trace-warning">
          <SafeText>{warning}</SafeText>
        </p>
      ))}
    </div>
  );
}

interface FactsProps {
  readonly overview: TraceOverview;
  readonly shares: readonly CriticalShare[];
}

function Facts({ overview, shares }: FactsProps): ReactElement {
  const { startUs, durationUs, services, depth, spanCount, errorCount, missingParents } = overview;
  return (
    <div className="trace-facts">
      <dl className="numbers">
        <Fact name={text.traceStart}>{exactTime(startUs)}</Fact>
        <Fact name={text.traceDuration}>{durationText(durationUs)}</Fact>
        <Fact name={text.traceSpans}>{spanCount.toLocaleString('en')}</Fact>
        <Fact name={text.traceDepth}>{depth}</Fact>
        {errorCount > 0 && (
          <Fact name={text.traceErrors} tone="error">
            {errorCount.toLocaleString('en')}
          </Fact>
        )}
        {missingParents > 0 && (
          <Fact name={text.traceMissing} tone="warn">
            {missingParents.toLocaleString('en')}
          </Fact>
        )}
      </dl>
      <CriticalPathShares shares={shares} />
      <ul className="trace-services" aria-label={text.traceServices} tabIndex={0}>
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
      <span className="muted">{text.criticalPath}</span>
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
