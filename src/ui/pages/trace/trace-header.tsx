import './trace-header.css';
import { ArrowLeft, ChevronDown, ChevronUp, ExternalLink } from 'lucide-react';
import type { ReactElement } from 'react';
import { traceLinks, traceVariables } from '../../../model/link-patterns.ts';
import { parseTraceId, shortTraceId, traceIdPart } from '../../../model/trace-id.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import { useIsStored } from '../../api/trace.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { useEmbed } from '../../config/embed.ts';
import { useLinkTarget, useUiConfig } from '../../config/ui-config.ts';
import { cameFromHere, goBackOrTo } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { traceText } from '../../text/trace-text.ts';
import { ArchiveButton } from './archive-button.tsx';
import { PatternLinks } from './pattern-links.tsx';
import { changedSearch, NOT_IN_FRAME, traceAddress } from './trace-address.ts';
import { type CriticalShare, TraceFacts } from './trace-facts.tsx';
import { SettingsMenu, ViewMenu } from './trace-menus.tsx';
import type { TraceSettings } from './trace-settings.ts';
import type { TraceViewId } from './trace-views.ts';

interface TraceHeaderProps {
  readonly traceId: string;
  /** The address's query. */
  readonly search: string;
  readonly view: TraceViewId | 'timeline';
  readonly overview: TraceOverview;
  readonly shares: readonly CriticalShare[];
  readonly warnings: readonly string[];
  readonly findBox: ReactElement;
  readonly settings: TraceSettings;
  readonly onSettings: (change: Partial<TraceSettings>) => void;
  readonly onHelp: () => void;
  /** Only the title is shown. */
  readonly slim: boolean;
  readonly onSlim: () => void;
}

/** What the trace is and what matters about it. */
export function TraceHeader(props: TraceHeaderProps): ReactElement {
  const { traceId, overview, shares, warnings, slim } = props;
  const { linkPatterns } = useUiConfig();
  const { hideSummary } = useEmbed();
  return (
    <div className="trace-header">
      <div className="trace-header-top">
        <BackButton />
        <Title traceId={traceId} overview={overview} />
        <div className="trace-header-tools">
          {props.findBox}
          <HeaderTools {...props} />
        </div>
      </div>
      {!slim && !hideSummary && <TraceFacts overview={overview} shares={shares} />}
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

/** In another page's frame there is no search to go back to, unless one was left here. */
function BackButton(): ReactElement | null {
  const { embedded } = useEmbed();
  if (embedded && !cameFromHere()) return null;
  return (
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
  );
}

function Title({ traceId, overview }: { traceId: string; overview: TraceOverview }): ReactElement {
  const { root, missingParents } = overview;
  const { traceIdDisplayLength } = useUiConfig();
  const shownId = shortTraceId(parseTraceId(traceId) ?? traceId);
  return (
    <>
      <h1>
        <SafeText>{root?.process.serviceName ?? text.noRoot}</SafeText>{' '}
        <span>
          <SafeText>{root?.operationName ?? ''}</SafeText>
        </span>
      </h1>
      <span className="trace-header-id mono muted">
        {traceIdPart(shownId, traceIdDisplayLength)}
        <CopyButton value={shownId} label={traceText.copyTraceId} />
      </span>
      {missingParents > 0 && (
        <span
          className="trace-pill"
          data-tone="warn"
          title={traceText.incompleteHint(missingParents)}
        >
          {text.incomplete}
        </span>
      )}
    </>
  );
}

function HeaderTools(props: TraceHeaderProps): ReactElement {
  const { traceId, search, view, slim, onSlim } = props;
  const { trace, capabilities } = useUiConfig();
  const { embedded } = useEmbed();
  const target = useLinkTarget();
  const isStored = useIsStored(traceId);
  const slimLabel = slim ? traceText.showSummary : traceText.hideSummary;
  return (
    <>
      <ViewMenu {...{ traceId, view, search, isStored }} />
      {trace.archiveEnabled && capabilities.archiveStorage && isStored && !embedded && (
        <ArchiveButton traceId={traceId} />
      )}
      <SettingsMenu settings={props.settings} onSettings={props.onSettings} onHelp={props.onHelp} />
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
          href={traceAddress(traceId, changedSearch(search, NOT_IN_FRAME))}
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
