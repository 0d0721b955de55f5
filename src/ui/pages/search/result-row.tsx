import './result-row.css';
import { CircleAlert, FileUp, Unlink } from 'lucide-react';
import type { CSSProperties, ReactElement } from 'react';
import { traceIdPart } from '../../../model/trace-id.ts';
import type { FoundTrace } from '../../api/found-trace.ts';
import { Duration } from '../../components/duration.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import { followLink } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { resultsText } from '../../text/results-text.ts';
import { clockTime, dayAndTime, isoTime, relativeTime } from '../../time-text.ts';
import { CompareBox } from './compare-box.tsx';

const MAX_SERVICES = 12;

interface ResultRowProps {
  readonly trace: FoundTrace;
  readonly href: string;
  readonly longestUs: number;
  readonly nowMs: number;
  readonly uploaded: boolean;
}

/** One trace: what it is, how long it took beside the others, who took part, what went wrong. */
export function ResultRow(props: ResultRowProps): ReactElement {
  const { trace, href, longestUs, nowMs, uploaded } = props;
  const { traceIdDisplayLength } = useUiConfig();
  const share: CSSProperties = { width: `${(trace.durationUs / longestUs) * 100}%` };
  return (
    <li className="result-item">
      <CompareBox trace={trace} />
      <a className="result-row" href={href} onClick={followLink}>
        <span className="result-name">
          <TraceName trace={trace} />
          <span className="mono muted result-id">
            {traceIdPart(trace.traceId, traceIdDisplayLength)}
          </span>
        </span>
        <span className="result-duration">
          <Duration us={trace.durationUs} />
        </span>
        <span className="result-services">
          {trace.services.slice(0, MAX_SERVICES).map((service) => (
            <ServiceDot key={service.name} {...service} />
          ))}
          {trace.services.length > MAX_SERVICES && (
            <span className="muted">+{trace.services.length - MAX_SERVICES}</span>
          )}
        </span>
        <ResultFlags trace={trace} uploaded={uploaded} />
        <time
          className="result-time numbers"
          dateTime={isoTime(trace.startUs)}
          title={dayAndTime(trace.startUs)}
        >
          {clockTime(trace.startUs)}
          <span className="muted">{relativeTime(trace.startUs, nowMs)}</span>
        </time>
        <span className="result-share" aria-hidden="true">
          <span style={share} data-error={trace.errorCount > 0} />
        </span>
      </a>
    </li>
  );
}

/** Service and operation of the root. */
export function TraceName({ trace }: { trace: FoundTrace }): ReactElement {
  return (
    <>
      <strong>
        <SafeText>{trace.rootService || text.noRoot}</SafeText>
      </strong>{' '}
      <SafeText>{trace.rootOperation}</SafeText>
    </>
  );
}

function ResultFlags({ trace, uploaded }: { trace: FoundTrace; uploaded: boolean }): ReactElement {
  return (
    <span className="result-flags numbers">
      {trace.errorCount > 0 && (
        <span className="flag error">
          <CircleAlert size={13} aria-hidden />
          {text.errors(trace.errorCount)}
        </span>
      )}
      {trace.orphanCount > 0 && (
        <span className="flag warn" title={resultsText.incompleteHint(trace.orphanCount)}>
          <Unlink size={13} aria-hidden />
          {text.incomplete}
        </span>
      )}
      {uploaded && (
        <span className="flag">
          <FileUp size={13} aria-hidden />
          {resultsText.uploaded}
        </span>
      )}
      <span className="muted">{text.spans(trace.spanCount)}</span>
    </span>
  );
}
