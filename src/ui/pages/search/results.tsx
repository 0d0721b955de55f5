import { type ReactElement, Suspense } from 'react';
import {
  FIRST_PAGE,
  type PageRange,
  type SearchResult,
  useTraceSummaries,
} from '../../api/trace-summaries.ts';
import { BigNotice, WaitNotice, WaitPage } from '../../components/notice.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import { followLink } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { searchText } from '../../text/search-text.ts';
import { NothingFound, useResultParts } from './result-parts.ts';
import { readResultView, searchWith } from './result-view.ts';
import { SearchFailed } from './search-failed.tsx';
import { searchParameters, type SearchRequest, timeRange } from './search-request.ts';

interface ResultsProps {
  readonly request: SearchRequest;
  readonly search: string;
}

/** What a search has found, or why there is nothing to see. */
export function Results({ request, search }: ResultsProps): ReactElement {
  const { range } = readResultView(search);
  const found = useTraceSummaries(request, range);
  const parts = useResultParts();
  const waiting = (
    <WaitPage title={text.searchTitle}>{searchText.loadingTraces(request.service)}</WaitPage>
  );
  if (found.isPending) return waiting;
  if (found.isError) {
    return <SearchFailed error={found.error} retry={() => void found.refetch()} />;
  }
  const result = found.data;
  const { traces } = result;
  if (traces.length === 0 && range.cursor !== '') {
    return (
      <BigNotice title={searchText.nothingOlderTitle}>
        <p className="muted">{searchText.nothingOlderHint}</p>
        <NewestLink search={search} />
      </BigNotice>
    );
  }
  if (traces.length === 0) {
    return (
      <Suspense fallback={waiting}>
        <NothingFound request={request} />
      </Suspense>
    );
  }
  if (parts === undefined) return waiting;
  const isFull = traces.length >= request.limit * range.pages;
  const older = result.nextCursor === '' ? searchText.atLimit : searchText.hasOlder;
  return (
    <>
      <parts.ResultPanel
        traces={traces}
        nowMs={result.askedAtMs}
        search={search}
        request={request}
        downloadHref={downloadHref(request, result, range)}
        {...(isFull && { note: older })}
      />
      <OlderLinks {...{ request, search, result, range }} isLoading={found.isPlaceholderData} />
    </>
  );
}

interface OlderLinksProps extends ResultsProps {
  readonly result: SearchResult;
  readonly range: PageRange;
  readonly isLoading: boolean;
}

/** One page more below these; where the page would get too long, the older ones by themselves. */
function OlderLinks(props: OlderLinksProps): ReactElement | null {
  const { request, search, result, range, isLoading } = props;
  const { maxLimit } = useUiConfig().search;
  if (isLoading) return <WaitNotice>{searchText.loadingOlder}</WaitNotice>;
  const hasOlder = result.nextCursor !== '';
  const hasRoom = (range.pages + 1) * request.limit <= maxLimit;
  if (!hasOlder && range.cursor === '') return null;
  // Later pages are of the same time as the first.
  const pinned = pinnedSearch(search, request, result.askedAtMs);
  const more = hasRoom
    ? { pages: String(range.pages + 1) }
    : { pages: undefined, cursor: result.nextCursor };
  return (
    <nav className="result-more">
      {range.cursor !== '' && <NewestLink search={search} />}
      {hasOlder && (
        <a className="button" href={searchWith(pinned, more)} onClick={followLink}>
          {hasRoom ? searchText.showOlder(request.limit) : searchText.goOlder}
        </a>
      )}
    </nav>
  );
}

function NewestLink({ search }: { search: string }): ReactElement {
  const href = searchWith(search, { cursor: undefined, pages: undefined });
  return (
    <a className="button" href={href} onClick={followLink}>
      {searchText.goNewest}
    </a>
  );
}

/** The address with the times that were asked. */
function pinnedSearch(search: string, request: SearchRequest, askedAtMs: number): string {
  if (request.startUs !== undefined && request.endUs !== undefined) return search;
  const { startUs, endUs } = timeRange(request, askedAtMs);
  const times = { start: String(startUs), end: String(endUs) };
  return searchWith(search, times).replace(/^search/, '');
}

/** These traces whole, of the API's own export: the same conditions, and as many. */
function downloadHref(request: SearchRequest, result: SearchResult, range: PageRange): string {
  const times = timeRange(request, result.askedAtMs);
  const query = searchParameters({ ...request, ...times, limit: request.limit * range.pages });
  query.delete('lookback');
  for (const id of request.traceIds) query.append('traceID', id);
  if (range.cursor !== FIRST_PAGE.cursor) query.set('cursor', range.cursor);
  query.set('download', 'true');
  return `api/traces?${query}`;
}
