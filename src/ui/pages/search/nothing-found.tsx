import './nothing-found.css';
import { type ReactElement, useState } from 'react';
import { useSearchVariants } from '../../api/trace-summaries.ts';
import { BigNotice, WaitNotice } from '../../components/notice.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { lookbackSeconds } from '../../config/lookback.ts';
import { type SearchConfig, useUiConfig } from '../../config/ui-config.ts';
import { followLink } from '../../routing.ts';
import { resultsText } from '../../text/results-text.ts';
import { loosened, widened, withoutConditions } from './loosened-search.ts';
import { searchHref, type SearchRequest } from './search-request.ts';

/** Each is one search more: enough to find the culprit, few enough for the storage. */
const MAX_VARIANTS = 8;

/** Which condition removed everything: tries the search without each one, and in a longer time. */
export function NothingFound({ request }: { request: SearchRequest }): ReactElement {
  const config = useUiConfig().search;
  const [nowMs] = useState(Date.now);
  if (request.traceIds.length > 0) {
    return (
      <BigNotice title={resultsText.nothingByIdTitle}>
        <p className="muted">{resultsText.nothingByIdHint}</p>
      </BigNotice>
    );
  }
  return (
    <BigNotice title={resultsText.noTracesTitle}>
      <p className="muted">{resultsText.noTracesHint}</p>
      <Variants variants={variantsOf(request, config, nowMs)} limit={request.limit} />
    </BigNotice>
  );
}

interface Variant {
  readonly request: SearchRequest;
  /** `3 traces match` and what is different. */
  readonly words: (count: string) => string;
}

function variantsOf(
  request: SearchRequest,
  config: SearchConfig,
  nowMs: number,
): readonly Variant[] {
  const longer = widened(request, config, nowMs);
  const bare = withoutConditions(request);
  const [longest = ''] = [...config.lookbacks.keys()].slice(-1);
  const seconds = lookbackSeconds(longest) ?? 0;
  return [
    ...(longer === undefined
      ? []
      : [{ request: longer, words: (count: string) => resultsText.matchWithin(count, seconds) }]),
    ...(bare === undefined
      ? []
      : [{ request: bare, words: (count: string) => resultsText.matchOnly(count, bare.service) }]),
    ...loosened(request, config).map(({ without, request: loose }) => ({
      request: loose,
      words: (count: string) => resultsText.matchWithout(count, without),
    })),
  ].slice(0, MAX_VARIANTS);
}

function Variants(props: { variants: readonly Variant[]; limit: number }): ReactElement {
  const { variants, limit } = props;
  const answers = useSearchVariants(variants.map((variant) => variant.request));
  const counts = answers.map((answer) => answer.data?.traces.length ?? 0);
  if (answers.some((answer) => answer.isPending)) {
    return <WaitNotice>{resultsText.loosening}</WaitNotice>;
  }
  if (!counts.some((count) => count > 0)) {
    return <p className="muted">{variants.length > 1 && resultsText.nothingElse}</p>;
  }
  return (
    <ul className="loosened">
      {variants.map((variant, index) => {
        const count = counts[index] ?? 0;
        if (count === 0) return null;
        const href = searchHref(variant.request);
        return (
          <li key={href}>
            <a className="button" href={href} onClick={followLink}>
              <SafeText>{variant.words(resultsText.matchAtLeast(count, limit))}</SafeText>
            </a>
          </li>
        );
      })}
    </ul>
  );
}
