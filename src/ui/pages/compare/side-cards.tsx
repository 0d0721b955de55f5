import './side-cards.css';
import { ArrowLeftRight } from 'lucide-react';
import type { ReactElement } from 'react';
import { durationText } from '../../../model/duration-text.ts';
import { quantile } from '../../../model/quantile.ts';
import type { TraceProfile } from '../../../model/trace-profile.ts';
import { traceIdPart } from '../../../model/trace-id.ts';
import { IconButton } from '../../components/icon-button.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import { followLink, traceHref } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { compareText } from '../../text/compare-text.ts';
import { dayAndTime } from '../../time-text.ts';
import { emptySearch, searchHref } from '../search/search-request.ts';
import type { ComparePart } from './compare-part.ts';
import type { ComparedSide } from './use-compared.ts';

/** What A and B are. */
export function SideCards({ address, compared, go }: ComparePart): ReactElement {
  return (
    <div className="side-cards">
      <SideCard letter="A" side={compared.a} />
      <IconButton
        label={compareText.swap}
        Icon={ArrowLeftRight}
        size={17}
        onClick={() => {
          go({ a: address.b, b: address.a });
        }}
      />
      <SideCard letter="B" side={compared.b} />
    </div>
  );
}

interface SideCardProps {
  readonly letter: 'A' | 'B';
  readonly side: ComparedSide;
}

function SideCard({ letter, side }: SideCardProps): ReactElement {
  const [only] = side.profiles;
  const isOne = side.request === undefined && side.traceIds.length === 1;
  return (
    <section className="side-card" data-side={letter} aria-label={compareText.side(letter)}>
      <span className="side-card-letter" aria-hidden="true">
        {letter}
      </span>
      <div>
        {!side.isChosen ? (
          <p className="muted">{compareText.noneChosen}</p>
        ) : isOne ? (
          <OneTrace traceId={side.traceIds[0] ?? ''} profile={only} />
        ) : (
          <Group side={side} />
        )}
      </div>
    </section>
  );
}

function OneTrace(props: { traceId: string; profile: TraceProfile | undefined }): ReactElement {
  const { traceId, profile } = props;
  const { traceIdDisplayLength } = useUiConfig();
  return (
    <>
      <p className="side-card-name">
        {profile === undefined ? (
          <span className="mono">
            <SafeText>{traceId}</SafeText>
          </span>
        ) : (
          <ProfileName profile={profile} />
        )}
      </p>
      <p className="side-card-facts muted numbers">
        {profile && (
          <>
            <span>{dayAndTime(profile.startUs)}</span>
            <span>{durationText(profile.durationUs)}</span>
            <span>{text.spans(profile.spanCount)}</span>
            {profile.errorCount > 0 && (
              <span className="side-card-errors">{text.errors(profile.errorCount)}</span>
            )}
            <span className="mono">{traceIdPart(traceId, traceIdDisplayLength)}</span>
          </>
        )}
        <a href={traceHref(traceId)} onClick={followLink}>
          {compareText.openTimeline}
        </a>
      </p>
    </>
  );
}

/** Service and operation of the root. */
export function ProfileName({ profile }: { profile: TraceProfile }): ReactElement {
  return (
    <>
      <strong>
        <SafeText>{profile.rootService || text.noRoot}</SafeText>
      </strong>{' '}
      <SafeText>{profile.rootOperation}</SafeText>
    </>
  );
}

function Group({ side }: { side: ComparedSide }): ReactElement {
  const { search } = useUiConfig();
  const { profiles, request, traceIds } = side;
  const durations = profiles.map(({ durationUs }) => durationUs).sort((a, b) => a - b);
  const href = searchHref(request ?? { ...emptySearch(search), traceIds });
  return (
    <>
      <p className="side-card-name">
        {request === undefined ? (
          <strong>{compareText.traceCount(traceIds.length)}</strong>
        ) : (
          <>
            <strong>
              <SafeText>{compareText.ofSearch(request.service || text.allServices)}</SafeText>
            </strong>{' '}
            <SafeText>{searchWords(request)}</SafeText>
          </>
        )}
      </p>
      <p className="side-card-facts muted numbers">
        {request !== undefined && <span>{compareText.traceCount(traceIds.length)}</span>}
        {durations.length > 0 && (
          <span>
            {compareText.durations(
              durationText(quantile(durations, 0.5) ?? 0),
              durationText(quantile(durations, 0.95) ?? 0),
            )}
          </span>
        )}
        <a href={href} onClick={followLink}>
          {compareText.openSearch}
        </a>
      </p>
    </>
  );
}

/** The conditions of a search beside its service, in short. */
function searchWords(request: NonNullable<ComparedSide['request']>): string {
  const { filters, maxDuration, minDuration, operation, tags } = request;
  return [
    operation,
    ...tags.map(({ key, value }) => `${key}=${value}`),
    ...filters,
    minDuration && `≥ ${minDuration}`,
    maxDuration && `≤ ${maxDuration}`,
  ]
    .filter((part) => part !== '')
    .join(' ');
}
