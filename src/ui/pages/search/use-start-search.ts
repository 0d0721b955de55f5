import { useQueryClient } from '@tanstack/react-query';
import { prefetchTraceSummaries } from '../../api/trace-summaries.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { goTo } from '../../routing.ts';
import { keepLastSearch } from './last-search.ts';
import {
  isServiceMissing,
  readSearchUrl,
  searchHref,
  type SearchRequest,
} from './search-request.ts';

/** Goes to a search. Its traces are asked for first: the storage looks while the page is made anew. */
export function useStartSearch(): (request: SearchRequest) => void {
  const client = useQueryClient();
  const config = useUiConfig().search;
  return (request) => {
    keepLastSearch(request);
    const href = searchHref(request);
    // As the page will read it.
    const asked = readSearchUrl(new URL(href, document.baseURI).search, config);
    if (asked !== undefined && !isServiceMissing(asked, config)) {
      prefetchTraceSummaries(client, asked);
    }
    goTo(href);
  };
}
