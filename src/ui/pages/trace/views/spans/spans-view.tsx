import '../view-frame.css';
import './spans-view.css';
import { type ReactElement, useCallback, useMemo } from 'react';
import { gatherSpanNames, gatherSpans } from '../../../../../model/span-list.ts';
import type { SpanRow } from '../../../../../model/trace-tree.ts';
import { DataTable } from '../../../../components/data-table.tsx';
import { WaitNotice } from '../../../../components/notice.tsx';
import { text } from '../../../../text/common-text.ts';
import { spansText } from '../../../../text/trace-spans-text.ts';
import type { TraceViewProps } from '../../trace-view-props.ts';
import { useGathered } from '../use-gathered.ts';
import { useSorted } from '../use-sorted.ts';
import { NameFilter } from './name-filter.tsx';
import { readSpansChoice, type SpansChoice, writeSpansChoice } from './spans-choice.ts';
import { spanColumns } from './span-columns.tsx';

/** Every span as a row of a table. */
export function SpansView(props: TraceViewProps): ReactElement {
  const { traceId, rows, overview, found, showSpan, search, onSearch } = props;
  const choice = useMemo(() => readSpansChoice(search), [search]);
  const start = useCallback(() => gatherSpans(choice), [choice]);
  const { result: gathered, pending } = useGathered(rows, start);
  const columns = useMemo(
    () => spanColumns({ traceId, startUs: overview.startUs, showSpan }),
    [traceId, overview, showSpan],
  );
  const spans = useSorted(gathered, columns, choice.sort);
  const change = (changed: Partial<SpansChoice>): void => {
    onSearch(writeSpansChoice({ ...choice, ...changed }));
  };
  return (
    <section className="view-frame" aria-label={spansText.title} aria-busy={pending}>
      <SpansBar rows={rows} choice={choice} onChange={change}>
        {spans === undefined ? '' : spansText.shown(spans.length, overview.spanCount)}
      </SpansBar>
      {spans === undefined ? (
        <WaitNotice>{spansText.waiting}</WaitNotice>
      ) : (
        <DataTable
          caption={spansText.title}
          columns={columns}
          rows={spans}
          rowKey={rowKey}
          rowMark={(row) => (found.has(row.index) ? 'found' : undefined)}
          sort={choice.sort}
          isSorted
          onSort={(sort) => {
            change({ sort });
          }}
          empty={spansText.none}
        />
      )}
    </section>
  );
}

interface SpansBarProps extends Pick<TraceViewProps, 'rows'> {
  readonly choice: SpansChoice;
  readonly onChange: (changed: Partial<SpansChoice>) => void;
  readonly children: string;
}

function SpansBar({ rows, choice, onChange, children }: SpansBarProps): ReactElement {
  const { result: names } = useGathered(rows, gatherSpanNames);
  return (
    <div className="view-bar">
      <NameFilter
        label={text.service}
        names={names?.services ?? []}
        chosen={choice.services}
        onChange={(services) => {
          onChange({ services });
        }}
      />
      <NameFilter
        label={text.operation}
        names={names?.operations ?? []}
        chosen={choice.operations}
        onChange={(operations) => {
          onChange({ operations });
        }}
      />
      <span className="view-bar-note numbers muted" role="status">
        {children}
      </span>
    </div>
  );
}

function rowKey(row: SpanRow): string {
  return String(row.index);
}
