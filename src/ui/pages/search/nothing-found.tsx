import './nothing-found.css';
import { type ReactElement, useState } from 'react';
import { useSearchVariants } from '../../api/trace-summaries.ts';
import { BigNotice, WaitNotice } from '../../components/notice.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { lookbackSeconds } from '../../config/lookback.ts';
import { useUiConfig } from '../../config/ui-config.ts';
import { followLink } from '../../routing.ts';
import { resultsText } from '../../text/results-text.ts';
import { loosened, widened } from './loosened-search.ts';
import { searchHref, type SearchRequest } from './search-request.ts';

/** Each is one search more: enough to find the culprit, few enough for the storage. */
const MAX_VARIANTS = 8;

/** Which condition removed everything: tries the search without each one, and in a longer time. */
export function NothingFound({ request }: { request: SearchRequest }): ReactElement {
  const config = useUiConfig().search;
  const [nowMs] = useState(Date.now);
  const wider = widened(request, config, nowMs);
  const [longest = ''] = [...config.lookbacks.keys()].slice(-1);
  const words = (count: string): string =>
    resultsText.matchWithin(count, lookbackSeconds(longest) ?? 0);
  const variants = [
    ...(wider === undefined ? [] : [{ request: wider, words }]),
    ...loosened(request, config).map((variant) => ({
      request: variant.request,
      words: (count: string): string => resultsText.matchWithout(count, variant.without),
    })),
  ].slice(0, MAX_VARIANTS);
  const isById = request.traceIds.length > 0;
  const answers = useSearchVariants(isById ? [] : variants.map((variant) => variant.request));
  if (isById) {
    return (
      <BigNotice title={resultsText.nothingByIdTitle}>
        <p className="muted">{resultsText.nothingByIdHint}</p>
      </BigNotice>
    );
  }
  return (
    <BigNotice title={resultsText.noTracesTitle}>
      <p className="muted">{resultsText.noTracesHint}</p>
      {answers.some((answer) => answer.isPending) && (
        <WaitNotice>{resultsText.loosening}</WaitNotice>
      )}
      <ul className="loosened">
        {variants.map((variant, index) => {
          const count = answers[index]?.data?.traces.length ?? 0;
          if (count === 0) return null;
          const href = searchHref(variant.request);
          return (
            <li key={href}>
              <a className="button" href={href} onClick={followLink}>
                <SafeText>{variant.words(resultsText.matchAtLeast(count, request.limit))}</SafeText>
              </a>
            </li>
          );
        })}
      </ul>
    </BigNotice>
  );
}
