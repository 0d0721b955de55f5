import './compare-page.css';
import { lazy, type ReactElement, Suspense, useState } from 'react';
import { FailNotice, WaitNotice } from '../../components/notice.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { ToolBar } from '../../components/tool-bar.tsx';
import { useLinkTarget, useUiConfig } from '../../config/ui-config.ts';
import type { PageProps } from '../../page-props.ts';
import { goTo } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { compareText } from '../../text/compare-text.ts';
import { type CompareAddress, compareHref, readCompareAddress } from './compare-address.ts';
import type { ComparePart } from './compare-part.ts';
import { Difference } from './difference.tsx';
import { SideCards } from './side-cards.tsx';
import { type Compared, useCompared } from './use-compared.ts';

/** Most comparisons come with their traces chosen. */
const Chooser = lazy(async () => ({ default: (await import('./chooser.tsx')).Chooser }));

/** Two traces, or two groups of traces, path by path. */
export function ComparePage({ id, search }: PageProps): ReactElement {
  const address = readCompareAddress(id, search);
  const compared = useCompared(address);
  const isWhole = compared.a.isChosen && compared.b.isChosen;
  const [asked, setAsked] = useState(false);
  const go = (changed: Partial<CompareAddress>, mode: 'push' | 'replace' = 'push'): void => {
    goTo(compareHref({ ...address, ...changed }), mode);
  };
  return (
    <main id="content" className="compare-page" tabIndex={-1}>
      <title>{`${text.compareTitle} – ${text.product}`}</title>
      <ToolBar title={text.compareTitle}>
        <HelpLink />
        {isWhole && (
          <button
            type="button"
            className="button"
            aria-expanded={asked}
            onClick={() => {
              setAsked(!asked);
            }}
          >
            {compareText.choose}
          </button>
        )}
      </ToolBar>
      <SideCards address={address} compared={compared} go={go} />
      {(asked || !isWhole) && (
        <Suspense fallback={<WaitNotice>{text.loadingPage}</WaitNotice>}>
          <Chooser address={address} compared={compared} go={go} />
        </Suspense>
      )}
      <Failures compared={compared} />
      {isWhole && <Outcome address={address} compared={compared} go={go} />}
    </main>
  );
}

function HelpLink(): ReactElement | null {
  const { traceDiffHelpLink } = useUiConfig();
  const target = useLinkTarget();
  if (traceDiffHelpLink === '') return null;
  return (
    <a className="button" href={traceDiffHelpLink} {...target}>
      {compareText.help}
    </a>
  );
}

function Failures({ compared }: { compared: Compared }): ReactElement | null {
  const { failures } = compared;
  if (failures.size === 0) return null;
  return (
    <details className="compare-failures">
      <summary>{compareText.notLoaded(failures.size)}</summary>
      <ul>
        {[...failures].map(([traceId, error]) => (
          <li key={traceId}>
            <span className="mono">
              <SafeText>{traceId}</SafeText>
            </span>{' '}
            {error.message}
          </li>
        ))}
      </ul>
    </details>
  );
}

/** What stands in the way of a comparison, or the comparison. */
function Outcome({ address, compared, go }: ComparePart): ReactElement {
  const { a, b, progress } = compared;
  const failed = [a, b].find(({ searchError }) => searchError !== undefined);
  if (failed?.searchError !== undefined) {
    return <FailNotice error={failed.searchError} retry={failed.searchAgain} />;
  }
  if (a.isSearching || b.isSearching) return <WaitNotice>{compareText.searching}</WaitNotice>;
  if (progress.done < progress.all) {
    return <WaitNotice>{compareText.loading(progress.done, progress.all)}</WaitNotice>;
  }
  for (const [name, side] of [
    ['A', a],
    ['B', b],
  ] as const) {
    if (side.profiles.length > 0) continue;
    const words = side.traceIds.length === 0 ? compareText.searchFoundNone : compareText.emptySide;
    return <p className="compare-nothing muted">{words(name)}</p>;
  }
  return <Difference address={address} a={a.profiles} b={b.profiles} go={go} />;
}
