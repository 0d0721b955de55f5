import { X } from 'lucide-react';
import type { ReactElement } from 'react';
import { useUiConfig } from '../../config/ui-config.ts';
import { followLink } from '../../routing.ts';
import { resultsText } from '../../text/results-text.ts';
import type { Brush } from './result-view.ts';
import { CUSTOM_LOOKBACK, searchHref, type SearchRequest } from './search-request.ts';

interface NarrowedBarProps {
  readonly brush: Brush;
  readonly request: SearchRequest | undefined;
  readonly shown: number;
  readonly all: number;
  /** Address of all that was found. */
  readonly wholeHref: string;
}

/** What is left of a result that was narrowed in the plot, and how to search in that part. */
export function NarrowedBar(props: NarrowedBarProps): ReactElement {
  const { brush, request, shown, all, wholeHref } = props;
  const { search } = useUiConfig();
  return (
    <div className="narrowed-bar">
      <span role="status">{resultsText.narrowed(shown, all)}</span>
      <a className="button" href={wholeHref} onClick={followLink}>
        <X size={14} aria-hidden />
        {resultsText.wholeResult}
      </a>
      {request !== undefined && (
        <a
          className="button"
          href={searchHref(brushedSearch(request, brush, search.filters))}
          onClick={followLink}
        >
          {resultsText.searchThisRange}
        </a>
      )}
    </div>
  );
}

/** The same conditions in the part of the plot; durations of traces take operators. */
export function brushedSearch(
  request: SearchRequest,
  { fromUs, toUs, shortestUs, longestUs }: Brush,
  hasFilters: boolean,
): SearchRequest {
  const durations = [
    ...(shortestUs > 0 ? [`trace:duration>=${roundedText(shortestUs, Math.floor)}`] : []),
    ...(longestUs < Number.MAX_SAFE_INTEGER
      ? [`trace:duration<=${roundedText(longestUs, Math.ceil)}`]
      : []),
  ];
  const times = toUs < Number.MAX_SAFE_INTEGER && {
    lookback: CUSTOM_LOOKBACK,
    startUs: fromUs,
    endUs: toUs,
  };
  return {
    ...request,
    ...times,
    filters: [...request.filters, ...(hasFilters ? durations : [])],
  };
}

/** Two digits are as exact as a drag; rounding outwards loses nothing. */
function roundedText(us: number, round: (value: number) => number): string {
  const digit = 10 ** Math.max(0, Math.floor(Math.log10(us)) - 1);
  const rounded = round(us / digit) * digit;
  if (rounded % 1_000_000 === 0) return `${rounded / 1_000_000}s`;
  return rounded % 1_000 === 0 ? `${rounded / 1_000}ms` : `${rounded}us`;
}
