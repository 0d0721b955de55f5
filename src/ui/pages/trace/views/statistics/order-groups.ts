import { sortedBy } from '../../../../../model/sorted-order.ts';
import type { StatisticsGroup } from '../../../../../model/trace-statistics.ts';
import type { SortChoice } from '../../../../components/data-table.tsx';
import { METRICS } from './statistics-choice.ts';

/** A line of the table: a group, or a part of the group above. */
export interface StatisticsLine {
  readonly key: string;
  readonly group: StatisticsGroup;
  readonly isPart: boolean;
}

/** Groups in the chosen order, each followed by its parts in the same order. */
export function orderGroups(
  groups: readonly StatisticsGroup[],
  sort: SortChoice,
): readonly StatisticsLine[] {
  return ordered(groups, sort).flatMap((group, index) => [
    { key: `${index}`, group, isPart: false },
    ...ordered(group.subGroups, sort).map((part, at) => ({
      key: `${index}-${at}`,
      group: part,
      isPart: true,
    })),
  ]);
}

function ordered(
  groups: readonly StatisticsGroup[],
  { column, descending }: SortChoice,
): readonly StatisticsGroup[] {
  const metric = METRICS.find((name) => name === column);
  return sortedBy(
    groups,
    (group) => (metric === undefined ? (group.name ?? NaN) : group[metric]),
    descending,
  );
}
