import './trace-header.css';
import { ArrowLeft, Braces, ChevronDown, ChevronUp, ExternalLink, Keyboard } from 'lucide-react';
import type { ReactElement, ReactNode } from 'react';
import type { criticalShares } from '../../../model/critical-path.ts';
import { durationText } from '../../../model/duration-text.ts';
import { traceLinks, traceVariables } from '../../../model/link-patterns.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import { traceJsonHref } from '../../api/trace.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { useEmbed } from '../../config/embed.ts';
import { useLinkTarget, useUiConfig } from '../../config/ui-config.ts';
import { cameFromHere, goBackOrTo, traceHref } from '../../routing.ts';
import { useServiceColor } from '../../service-colors.ts';
import { text } from '../../text/common-text.ts';
import { traceText } from '../../text/trace-text.ts';
import { exactTime } from '../../time-text.ts';
import { PatternLinks } from './pattern-links.tsx';

type CriticalShare = ReturnType<typeof criticalShares>[number];

interface TraceHeaderProps {
  readonly traceId: string;
  readonly overview: TraceOverview;
  readonly shares: readonly CriticalShare[];
  readonly warnings: readonly string[];
  readonly findBox: ReactElement;
  readonly onHelp: () => void;
  /** Only the title is shown. */
  readonly slim: boolean;
  readonly onSlim: () => void;
}

/** What the trace is and what matters about it. */
export function TraceHeader(props: TraceHeaderProps): ReactElement {
  const { traceId, overview, shares, warnings, findBox, slim } = props;
  const { root } = overview;
  const { traceIdDisplayLength, linkPatterns } = useUiConfig();
  const { embedded, hideSummary } = useEmbed();
  return (
    <div className="trace-header">
      <div className="trace-header-top">
        {(!embedded || cameFromHere()) && (
          <button
            type="button"
            className="icon-button"
            aria-label={traceText.backToSearch}
            title={traceText.backToSearch}
            onClick={() => {
              goBackOrTo('search');
            }}
          >
            <ArrowLeft size={17} aria-hidden />
          </button>
        )}
        <h1>
          <SafeText>{root?.process.serviceName ?? text.noRoot}</SafeText>{' '}
          <span>
            <SafeText>{root?.operationName ?? ''}</SafeText>
          </span>
        </h1>
        <span className="trace-header-id mono muted">
          {traceId.slice(0, traceIdDisplayLength)}
          <CopyButton value={traceId} label={traceText.copyTraceId} />
        </span>
        <div className="trace-header-tools">
          {findBox}
          <HeaderTools {...props} />
        </div>
      </div>
      {!slim && !hideSummary && <Facts overview={overview} shares={shares} />}
      <PatternLinks
        links={traceLinks(linkPatterns, traceVariables(traceId, overview))}
        label={traceText.traceLinks}
      />
      {warnings.map((warning, index) => (
        <p key={index} className="trace-warning">
          <SafeText>{warning}</SafeText>
        </p>
      ))}
    </div>
  );
}

function HeaderTools({ traceId, slim, onSlim, onHelp }: TraceHeaderProps): ReactElement {
  const { disableJsonView } = useUiConfig();
  const { embedded } = useEmbed();
  const target = useLinkTarget();
  const slimLabel = slim ? traceText.showSummary : traceText.hideSummary;
  return (
    <>
      {!disableJsonView && (
        <a
          className="icon-button"
          href={`${traceJsonHref(traceId)}?prettyPrint=true`}
          {...target}
          aria-label={traceText.traceJsonHint}
          title={traceText.traceJsonHint}
        >
          <Braces size={16} aria-hidden />
        </a>
      )}
      <button
        type="button"
        className="icon-button"
        aria-label={traceText.help}
        title={traceText.help}
        onClick={onHelp}
      >
        <Keyboard size={17} aria-hidden />
      </button>
      <button
        type="button"
        className="icon-button"
        aria-label={slimLabel}
        title={slimLabel}
        onClick={onSlim}
      >
        {slim ? <ChevronDown size={17} aria-hidden /> : <ChevronUp size={17} aria-hidden />}
      </button>
      {embedded && (
        <a
          className="icon-button"
          href={traceHref(traceId)}
          {...target}
          aria-label={traceText.openAlone}
          title={traceText.openAlone}
        >
          <ExternalLink size={16} aria-hidden />
        </a>
      )}
    </>
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
        <Fact name={traceText.traceStart}>{exactTime(startUs)}</Fact>
        <Fact name={traceText.traceDuration}>{durationText(durationUs)}</Fact>
        <Fact name={traceText.traceSpans}>{spanCount.toLocaleString('en')}</Fact>
        <Fact name={traceText.traceDepth}>{depth}</Fact>
        {errorCount > 0 && (
          <Fact name={traceText.traceErrors} tone="error">
            {errorCount.toLocaleString('en')}
          </Fact>
        )}
        {missingParents > 0 && (
          <Fact name={traceText.traceMissing} tone="warn">
            {missingParents.toLocaleString('en')}
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
