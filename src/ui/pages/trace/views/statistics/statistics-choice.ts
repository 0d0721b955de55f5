import type { SpanTimes, Grouping } from '../../../../../model/trace-statistics.ts';
import type { SortChoice } from '../../../../components/data-table.tsx';
import { readSort, writeSort } from '../view-sort.ts';
import { viewChoice, viewParam } from '../view-search.ts';

/** In the order of the columns. */
export const METRICS = [
  'count',
  'total',
  'avg',
  'min',
  'max',
  'p50',
  'p95',
  'selfTotal',
  'selfAvg',
  'selfMin',
  'selfMax',
  'selfShare',
] as const satisfies readonly (keyof SpanTimes)[];

export type Metric = (typeof METRICS)[number];

/** What a person chose to see; all of it is in the address. */
export interface StatisticsChoice {
  readonly by: Grouping;
  readonly subBy: Grouping | undefined;
  readonly colorBy: Metric | 'none';
  readonly sort: SortChoice;
}

const FIRST_SORT: SortChoice = { column: 'total', descending: true };

export function readChoice(search: string): StatisticsChoice {
  const by = readGrouping(viewParam(search, 'groupBy')) ?? 'service';
  const subBy = readGrouping(viewParam(search, 'subGroupBy'));
  return {
    by,
    subBy: subBy === by ? undefined : subBy,
    colorBy: viewChoice(search, 'colorBy', ['none', ...METRICS]),
    sort: readSort(viewParam(search, 'statisticsSort'), FIRST_SORT),
  };
}

/** The parameters of the address that differ from what is chosen without them. */
export function writeChoice(
  choice: StatisticsChoice,
): Readonly<Record<string, string | undefined>> {
  return {
    groupBy: choice.by === 'service' ? undefined : choice.by,
    subGroupBy: choice.subBy,
    colorBy: choice.colorBy === 'none' ? undefined : choice.colorBy,
    statisticsSort: writeSort(choice.sort, FIRST_SORT),
  };
}

/** The tag of a grouping, undefined for the other two. */
export function tagOf(grouping: Grouping): string | undefined {
  return grouping === 'service' || grouping === 'operation'
    ? undefined
    : grouping.slice('tag:'.length);
}

function readGrouping(text: string): Grouping | undefined {
  if (text === 'service' || text === 'operation') return text;
  return text.startsWith('tag:') && text.length > 'tag:'.length
    ? `tag:${text.slice('tag:'.length)}`
    : undefined;
}
