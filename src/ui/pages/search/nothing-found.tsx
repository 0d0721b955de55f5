import './nothing-found.css';
import type { ReactElement } from 'react';
import { useSearchVariants } from '../../api/trace-summaries.ts';
import { BigNotice, WaitNotice } from '../../components/notice.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { followLink } from '../../routing.ts';
import { searchText } from '../../text/search-text.ts';
import { loosened, searchHref, type SearchRequest } from './search-request.ts';

/** Each is one search more: enough to find the culprit, few enough for the storage. */
const MAX_VARIANTS = 6;

/** Which condition removed everything: tries the search without each one. */
export function NothingFound({ request }: { request: SearchRequest }): ReactElement {
  const variants = loosened(request).slice(0, MAX_VARIANTS);
  const answers = useSearchVariants(variants.map((variant) => variant.request));
  const counts = answers.map((answer) => answer.data?.traces.length ?? 0);
  return (
    <BigNotice title={searchText.noTracesTitle}>
      <p className="muted">{searchText.noTracesHint}</p>
      {answers.some((answer) => answer.isPending) && (
        <WaitNotice>{searchText.loosening}</WaitNotice>
      )}
      <ul className="loosened">
        {variants.map(({ without, request: variant }, index) => {
          const count = counts[index] ?? 0;
          if (count === 0) return null;
          return (
            <li key={without}>
              <a className="button" href={searchHref(variant)} onClick={followLink}>
                <SafeText>
                  {searchText.matchWithout(searchText.matchAtLeast(count, request.limit), without)}
                </SafeText>
              </a>
            </li>
          );
        })}
      </ul>
    </BigNotice>
  );
}
