import './search-page.css';
import type { ReactElement } from 'react';
import { useServices } from '../../api/services.ts';
import { useTraceSummaries } from '../../api/trace-summaries.ts';
import { FailNotice, WaitNotice } from '../../components/notice.tsx';
import { useEmbed } from '../../config/embed.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { text } from '../../text/common-text.ts';
import { searchText } from '../../text/search-text.ts';
import { GetStarted } from './get-started.tsx';
import { NothingFound } from './nothing-found.tsx';
import { ResultList } from './result-list.tsx';
import { SearchForm } from './search-form.tsx';
import {
  emptySearch,
  isServiceMissing,
  readSearchUrl,
  searchHref,
  type SearchRequest,
} from './search-request.ts';
import { ServiceChoice } from './service-choice.tsx';
import { readTraceOrder } from './sort-traces.ts';

/** Form on the left; on the right what its URL finds. */
export function SearchPage({ search }: { search: string }): ReactElement {
  const config = useUiConfig();
  const { embedded } = useEmbed();
  const request = readSearchUrl(search, config.search);
  const services = useServices();
  return (
    <div className="search-page" data-alone={embedded}>
      <title>{request?.service ? `${request.service} – ${text.product}` : text.product}</title>
      {!embedded && (
        <aside className="search-side">
          {/* A new search fills the form anew; typing in it changes nothing until it is submitted. */}
          <SearchForm key={search} request={request} />
        </aside>
      )}
      <main id="content" className="search-main" tabIndex={-1}>
        {services.data?.length === 0 ? (
          <GetStarted />
        ) : request === undefined || isServiceMissing(request.service, config.search) ? (
          <ServiceChoice services={services} request={request ?? emptySearch(config.search)} />
        ) : (
          <Results request={request} search={search} />
        )}
      </main>
    </div>
  );
}

function Results({ request, search }: { request: SearchRequest; search: string }): ReactElement {
  const found = useTraceSummaries(request);
  if (found.isPending) return <WaitNotice>{searchText.loadingTraces(request.service)}</WaitNotice>;
  if (found.isError) {
    return <FailNotice error={found.error} retry={() => void found.refetch()} />;
  }
  if (found.data.traces.length === 0) return <NothingFound request={request} />;
  return (
    <ResultList
      result={found.data}
      limit={request.limit}
      order={readTraceOrder(new URLSearchParams(search).get('sort'))}
      hrefInOrder={(order) => `${searchHref(request)}&sort=${order}`}
    />
  );
}
