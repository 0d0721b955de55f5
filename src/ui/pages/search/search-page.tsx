import './search-page.css';
import { lazy, memo, type ReactElement, Suspense, useDeferredValue, useEffect } from 'react';
import { formatSearchLine } from '../../../model/search-line.ts';
import { WaitPage } from '../../components/notice.tsx';
import { SplitPanel } from '../../components/split-panel.tsx';
import { useEmbed } from '../../config/embed.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { text } from '../../text/common-text.ts';
import { searchText } from '../../text/search-text.ts';
import { StartPage } from '../start/start-page.tsx';
import { preloadResults } from './result-parts.ts';
import { Results } from './results.tsx';
import { SearchBox } from './search-box.tsx';
import {
  asksForIds,
  emptySearch,
  isServiceMissing,
  readSearchUrl,
  type SearchRequest,
  searchParameters,
} from './search-request.ts';
import { SearchSide } from './search-side.tsx';

const UploadedTraces = lazy(async () => ({
  default: (await import('./uploaded-traces.tsx')).UploadedTraces,
}));

const BadIds = lazy(async () => ({ default: (await import('./bad-ids.tsx')).BadIds }));
const Unread = lazy(async () => ({ default: (await import('./unread.tsx')).Unread }));

/** Form on the left; on the right what its URL finds, or where to start. */
export function SearchPage({ search }: { search: string }): ReactElement {
  const config = useUiConfig();
  const { embedded } = useEmbed();
  const request = readSearchUrl(search, config.search);
  const conditions = conditionsOf(request);
  // The form has said what is asked for: what is found comes first.
  const formSearch = useDeferredValue(search);
  const uploads = new URLSearchParams(search).has('upload');
  useEffect(() => {
    const idle = setTimeout(() => void preloadResults(), PRELOAD_AFTER_MS);
    return () => {
      clearTimeout(idle);
    };
  }, []);
  const isStart = !uploads && (request === undefined || isServiceMissing(request, config.search));
  return (
    <main id="content" className="search-page" tabIndex={-1}>
      <title>{`${isStart ? text.searchTitle : titleOf(request)} – ${text.product}`}</title>
      <SplitPanel
        name="search"
        side="left"
        label={searchText.searchForm}
        width={300}
        panel={embedded ? undefined : <FormOf search={formSearch} />}
      >
        <div className="search-main">
          <Suspense
            fallback={<WaitPage title={text.searchTitle}>{searchText.loadingShape}</WaitPage>}
          >
            {uploads && <UploadedTraces search={search} />}
            {isStart && <StartPage request={request ?? emptySearch(config.search)} />}
            {!uploads && !isStart && request !== undefined && (
              <>
                {!embedded && !asksForIds(request) && (
                  <SearchBox
                    key={conditions}
                    request={request}
                    line={formatSearchLine(request)}
                    label={searchText.boxLabel}
                    placeholder={searchText.boxPlaceholder}
                  />
                )}
                <FoundTraces request={request} search={search} />
              </>
            )}
          </Suspense>
        </div>
      </SplitPanel>
    </main>
  );
}

/** Made anew only with another search. */
const FormOf = memo(function FormOf({ search }: { search: string }): ReactElement {
  const request = readSearchUrl(search, useUiConfig().search);
  const isUpload = new URLSearchParams(search).has('upload');
  return <SearchSide conditions={conditionsOf(request)} request={request} isUpload={isUpload} />;
});

function conditionsOf(request: SearchRequest | undefined): string {
  return request === undefined ? '' : searchParameters(request).toString();
}

/** By the service, or by what is shown in place of the traces of one. */
function titleOf(request: SearchRequest | undefined): string {
  if (request === undefined || asksForIds(request)) return text.searchTitle;
  return request.service || text.allServices;
}

/** What cannot be read, or is no id of a trace, is named, and not searched for. */
function FoundTraces({ request, search }: FoundTracesProps): ReactElement {
  const { traceIds, badTraceIds, unread } = request;
  const alone = badTraceIds !== undefined && traceIds.length === 0;
  return (
    <>
      {unread !== undefined && !asksForIds(request) && <Unread conditions={unread} />}
      {badTraceIds !== undefined && <BadIds ids={badTraceIds} alone={alone} />}
      {!alone && <Results request={request} search={search} />}
    </>
  );
}

interface FoundTracesProps {
  readonly request: SearchRequest;
  readonly search: string;
}

/** The form comes first; nobody can have submitted it by then. */
const PRELOAD_AFTER_MS = 300;
