import type { ReactElement } from 'react';
import { BigNotice } from '../../components/notice.tsx';
import { lookbackSeconds } from '../../config/lookback.ts';
import { followLink } from '../../routing.ts';
import { architectureText } from '../../text/architecture-text.ts';
import {
  type ArchitectureAddress,
  architectureHref,
  LOOKBACK_CHOICES,
} from './architecture-address.ts';

interface NoCallsProps {
  readonly address: ArchitectureAddress;
}

/** Nobody called anybody: why that may be, and what to do. */
export function NoCalls({ address }: NoCallsProps): ReactElement {
  const seconds = lookbackSeconds(address.lookback) ?? 0;
  const longest = LOOKBACK_CHOICES.at(-1) ?? address.lookback;
  const longestSeconds = lookbackSeconds(longest) ?? 0;
  return (
    <BigNotice title={architectureText.emptyTitle}>
      <p className="muted">{architectureText.emptyHint(seconds)}</p>
      <p className="muted">{architectureText.emptyPropagation}</p>
      <p className="architecture-ways">
        {longestSeconds > seconds && (
          <a
            className="button"
            href={architectureHref({ ...address, lookback: longest })}
            onClick={followLink}
          >
            {architectureText.emptyLonger(longestSeconds)}
          </a>
        )}
        <a className="button" href="search" onClick={followLink}>
          {architectureText.emptySearch}
        </a>
      </p>
    </BigNotice>
  );
}

/** The focal service has no part in any call. */
export function NotThere({ address }: NoCallsProps): ReactElement {
  return (
    <BigNotice title={architectureText.notThereTitle(address.service)}>
      <p className="muted">{architectureText.notThereHint}</p>
      <a
        className="button"
        href={architectureHref({ ...address, service: '' })}
        onClick={followLink}
      >
        {architectureText.showAll}
      </a>
    </BigNotice>
  );
}
