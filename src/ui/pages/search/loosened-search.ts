import { formatSearchLine } from '../../../model/search-line.ts';
import { lookbackSeconds } from '../../config/lookback.ts';
import type { SearchConfig } from '../../config/ui-config.ts';
import { resultsText } from '../../text/results-text.ts';
import { CUSTOM_LOOKBACK, type SearchRequest, timeRange } from './search-request.ts';

/** A search with one condition less, and that condition in words. */
export interface LoosenedSearch {
  readonly without: string;
  readonly request: SearchRequest;
}

/** All the ways to leave one condition out; the time range stays. */
export function loosened(request: SearchRequest, config: SearchConfig): readonly LoosenedSearch[] {
  const { service, operation, tags, filters, minDuration, maxDuration } = request;
  const variants: LoosenedSearch[] = [];
  const leaveOut = (without: string, changed: Partial<SearchRequest>): void => {
    variants.push({ without, request: { ...request, ...changed } });
  };
  for (const tag of tags) {
    leaveOut(formatSearchLine({ tags: [tag] }), { tags: tags.filter((other) => other !== tag) });
  }
  for (const filter of filters) {
    leaveOut(filter, { filters: filters.filter((other) => other !== filter) });
  }
  if (operation !== '') leaveOut(operation, { operation: '' });
  if (minDuration !== '') leaveOut(`≥ ${minDuration}`, { minDuration: '' });
  if (maxDuration !== '') leaveOut(`≤ ${maxDuration}`, { maxDuration: '' });
  if (service !== '' && config.withoutService) {
    // Another service's operation could not match either.
    leaveOut(resultsText.serviceCondition(service), { service: '', operation: '' });
  }
  return variants;
}

/** Only the service and the time range; undefined when there is nothing else to leave out. */
export function withoutConditions(request: SearchRequest): SearchRequest | undefined {
  const { operation, tags, filters, minDuration, maxDuration } = request;
  const conditions = [operation, ...tags, ...filters, minDuration, maxDuration];
  if (conditions.filter((condition) => condition !== '').length < 2) return undefined;
  const none = { operation: '', tags: [], filters: [], minDuration: '', maxDuration: '' };
  return { ...request, ...none };
}

/** The same conditions in the longest time the form offers; undefined when that is none longer. */
export function widened(
  request: SearchRequest,
  config: SearchConfig,
  nowMs: number,
): SearchRequest | undefined {
  const [longest] = [...config.lookbacks.keys()].slice(-1);
  const seconds = lookbackSeconds(longest ?? '');
  if (longest === undefined || seconds === undefined) return undefined;
  const { startUs } = timeRange(request, nowMs);
  const earliestUs = nowMs * 1_000 - seconds * 1_000_000;
  if (earliestUs >= startUs) return undefined;
  const lookback = request.lookback === CUSTOM_LOOKBACK ? CUSTOM_LOOKBACK : longest;
  return { ...request, lookback, startUs: earliestUs, endUs: nowMs * 1_000 };
}
