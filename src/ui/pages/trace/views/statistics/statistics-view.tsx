import '../view-frame.css';
import './statistics-view.css';
import { type ReactElement, useCallback, useId, useMemo } from 'react';
import {
  gatherStatistics,
  gatherTagKeys,
  type Grouping,
  type StatisticsGroup,
} from '../../../../../model/trace-statistics.ts';
import { Combobox } from '../../../../components/combobox.tsx';
import { DataTable } from '../../../../components/data-table.tsx';
import { WaitNotice } from '../../../../components/notice.tsx';
import { Select } from '../../../../components/select.tsx';
import { ToolField } from '../../../../components/tool-bar.tsx';
import { text } from '../../../../text/common-text.ts';
import { statisticsText } from '../../../../text/trace-statistics-text.ts';
import type { TraceViewProps } from '../../trace-view-props.ts';
import { useGathered } from '../use-gathered.ts';
import { orderGroups } from './order-groups.ts';
import {
  METRICS,
  readChoice,
  type StatisticsChoice,
  tagOf,
  writeChoice,
} from './statistics-choice.ts';
import { statisticsColumns } from './statistics-columns.tsx';

/** Counts and times of the spans by service, operation or any tag, and by another of them within. */
export function StatisticsView({ rows, search, onSearch }: TraceViewProps): ReactElement {
  const choice = useMemo(() => readChoice(search), [search]);
  const { by, subBy } = choice;
  const start = useCallback(() => gatherStatistics(rows, by, subBy), [rows, by, subBy]);
  const { result, pending } = useGathered(rows, start);
  const change = (changed: Partial<StatisticsChoice>): void => {
    onSearch(writeChoice({ ...choice, ...changed }));
  };
  return (
    <section
      className="view-frame statistics"
      aria-label={statisticsText.title}
      aria-busy={pending}
    >
      <StatisticsBar rows={rows} choice={choice} onChange={change} />
      {result === undefined ? (
        <WaitNotice>{statisticsText.waiting}</WaitNotice>
      ) : (
        <StatisticsTable groups={result} choice={choice} onChange={change} />
      )}
    </section>
  );
}

interface ChoiceProps {
  readonly choice: StatisticsChoice;
  readonly onChange: (changed: Partial<StatisticsChoice>) => void;
}

function StatisticsBar({
  rows,
  choice,
  onChange,
}: ChoiceProps & Pick<TraceViewProps, 'rows'>): ReactElement {
  const colorId = useId();
  const { result: tags = [] } = useGathered(rows, gatherTagKeys);
  const options = useMemo(
    () => [text.service, text.operation, ...tags.map(({ key }) => key)],
    [tags],
  );
  const colors = useMemo(
    () =>
      new Map([
        ['none', statisticsText.noColor],
        ...METRICS.map((metric) => [metric, statisticsText.metrics[metric]] as const),
      ]),
    [],
  );
  return (
    <div className="view-bar">
      <ToolField label={statisticsText.groupBy}>
        <Combobox
          label={statisticsText.groupBy}
          value={groupingText(choice.by)}
          emptyLabel={text.service}
          required
          options={options}
          onChange={(typed) => {
            onChange({ by: groupingOf(typed) ?? 'service' });
          }}
        />
      </ToolField>
      <ToolField label={statisticsText.subGroupBy}>
        <Combobox
          label={statisticsText.subGroupBy}
          value={choice.subBy === undefined ? '' : groupingText(choice.subBy)}
          emptyLabel={statisticsText.noSubGroup}
          options={options.filter((option) => option !== groupingText(choice.by))}
          onChange={(typed) => {
            onChange({ subBy: groupingOf(typed) });
          }}
        />
      </ToolField>
      <ToolField label={statisticsText.colorBy} controlId={colorId}>
        <Select
          id={colorId}
          value={choice.colorBy}
          options={colors}
          onChange={(chosen) => {
            onChange({ colorBy: METRICS.find((metric) => metric === chosen) ?? 'none' });
          }}
        />
      </ToolField>
    </div>
  );
}

function StatisticsTable({
  groups,
  choice,
  onChange,
}: ChoiceProps & { readonly groups: readonly StatisticsGroup[] }): ReactElement {
  const lines = useMemo(() => orderGroups(groups, choice.sort), [groups, choice.sort]);
  const columns = useMemo(() => statisticsColumns(groups, choice), [groups, choice]);
  return (
    <DataTable
      caption={statisticsText.title}
      columns={columns}
      rows={lines}
      rowKey={({ key }) => key}
      sort={choice.sort}
      isSorted
      onSort={(sort) => {
        onChange({ sort });
      }}
    />
  );
}

function groupingText(grouping: Grouping): string {
  return tagOf(grouping) ?? (grouping === 'service' ? text.service : text.operation);
}

function groupingOf(typed: string): Grouping | undefined {
  if (typed === '') return undefined;
  if (typed === text.service) return 'service';
  return typed === text.operation ? 'operation' : `tag:${typed}`;
}
