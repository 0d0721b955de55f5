import type { CSSProperties, ReactElement } from 'react';
import type {
  Grouping,
  SpanTimes,
  StatisticsGroup,
} from '../../../../../model/trace-statistics.ts';
import type { Column } from '../../../../components/data-table.tsx';
import { Duration } from '../../../../components/duration.tsx';
import { SafeText } from '../../../../components/safe-text.tsx';
import { ServiceDot } from '../../../../components/service-dot.tsx';
import { wholeNumber } from '../../../../number-text.ts';
import { text } from '../../../../text/common-text.ts';
import { statisticsText } from '../../../../text/trace-statistics-text.ts';
import type { StatisticsLine } from './order-groups.ts';
import { type Metric, METRICS, type StatisticsChoice, tagOf } from './statistics-choice.ts';
import { ValueCell } from '../value-cell.tsx';

/** Characters of a tag's value in a row. */
const VALUE_MAX = 60;

/** A table of groups with all their metrics; the chosen one is drawn as well as written. */
export function statisticsColumns(
  groups: readonly StatisticsGroup[],
  { by, subBy, colorBy }: StatisticsChoice,
): readonly Column<StatisticsLine>[] {
  const name: Column<StatisticsLine> = {
    id: 'name',
    title: [by, ...(subBy === undefined ? [] : [subBy])].map(groupTitle).join(' / '),
    width: 'min(15rem, 44vw)',
    cell: ({ group, isPart }) => (
      <GroupName
        group={group}
        grouping={isPart && subBy !== undefined ? subBy : by}
        isPart={isPart}
      />
    ),
    sortValue: ({ group }) => group.name ?? '',
  };
  const largest = colorBy === 'none' ? 0 : Math.max(...groups.map((group) => group[colorBy]));
  return [
    name,
    ...METRICS.map((metric): Column<StatisticsLine> => ({
      id: metric,
      title: statisticsText.metrics[metric],
      ...(metric in statisticsText.hints && { hint: hintOf(metric) }),
      align: 'end',
      width: metric === 'count' ? '4.5rem' : '5.75rem',
      cell: ({ group }) => (
        <MetricCell
          times={group}
          metric={metric}
          share={metric === colorBy && largest > 0 ? group[metric] / largest : undefined}
        />
      ),
      sortValue: ({ group }) => group[metric],
    })),
  ];
}

interface GroupNameProps {
  readonly group: StatisticsGroup;
  readonly grouping: Grouping;
  readonly isPart: boolean;
}

function GroupName({ group, grouping, isPart }: GroupNameProps): ReactElement {
  const { name, errorCount } = group;
  const tag = tagOf(grouping);
  return (
    <span className="statistics-name" data-part={isPart}>
      {name === undefined || name === '' ? (
        <i className="muted">
          {tag === undefined || name === ''
            ? statisticsText.emptyName
            : statisticsText.without(tag)}
        </i>
      ) : grouping === 'service' ? (
        <ServiceDot name={name} />
      ) : tag === undefined ? (
        <SafeText>{name}</SafeText>
      ) : (
        <ValueCell label={tag} value={name} shownMax={VALUE_MAX} />
      )}
      {errorCount > 0 && (
        <span className="statistics-errors numbers" title={text.failed(errorCount)}>
          {text.errors(errorCount)}
        </span>
      )}
    </span>
  );
}

interface MetricCellProps {
  readonly times: SpanTimes;
  readonly metric: Metric;
  /** Of the largest value; undefined where it is not drawn. */
  readonly share: number | undefined;
}

function MetricCell({ times, metric, share }: MetricCellProps): ReactElement {
  const value = <MetricValue times={times} metric={metric} />;
  if (share === undefined) return value;
  const width: CSSProperties = { width: `${(share * 100).toFixed(1)}%` };
  return (
    <span className="statistics-share">
      <span style={width} />
      {value}
    </span>
  );
}

function MetricValue({ times, metric }: Omit<MetricCellProps, 'share'>): ReactElement {
  const value = times[metric];
  if (metric === 'count') return <span>{wholeNumber(value)}</span>;
  if (metric === 'selfShare') return <span>{(value * 100).toFixed(1)} %</span>;
  return <Duration us={value} />;
}

function groupTitle(grouping: Grouping): string {
  return tagOf(grouping) ?? (grouping === 'service' ? text.service : text.operation);
}

function hintOf(metric: Metric): string {
  const hints: Readonly<Partial<Record<Metric, string>>> = statisticsText.hints;
  return hints[metric] ?? '';
}
