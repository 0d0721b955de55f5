import './diff-table.css';
import { type CSSProperties, type ReactElement, type ReactNode, useMemo } from 'react';
import {
  type Change,
  changeKind,
  changeShare,
  type ChangeMetric,
  type DiffPath,
} from '../../../model/trace-diff.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Duration } from '../../components/duration.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { columnNumber, columnShare } from '../../number-text.ts';
import { text } from '../../text/common-text.ts';
import { compareText } from '../../text/compare-text.ts';
import {
  clearChanges,
  countText,
  differenceText,
  NONE,
  shortDifferenceText,
  toneOf,
} from './change-text.ts';
import type { DiffViewProps } from './diff-view-props.ts';

/** Deeper paths do not move further to the right. */
const INDENT_MAX = 12;

interface PathRow {
  readonly path: DiffPath;
  readonly index: number;
}

interface DiffTableProps extends DiffViewProps {
  readonly isPair: boolean;
}

/** The same as the graph in numbers, in the order of the tree or of any column. */
export function DiffTable(props: DiffTableProps): ReactElement {
  const { paths, found, isPair, selected, onSelect } = props;
  const columns = useMemo(() => columnsOf(isPair), [isPair]);
  const rows = useMemo(
    () =>
      paths
        .map((path, index) => ({ path, index }))
        .filter(({ index }) => found === undefined || found.has(index)),
    [paths, found],
  );
  return (
    <DataTable
      caption={compareText.tableLabel}
      columns={columns}
      rows={rows}
      rowKey={({ index }) => String(index)}
      rowMark={({ index }) => (index === selected ? 'selected' : undefined)}
      onRow={({ index }) => {
        onSelect(index);
      }}
      empty={text.noMatch}
    />
  );
}

function columnsOf(isPair: boolean): readonly Column<PathRow>[] {
  return [
    {
      id: 'path',
      title: compareText.path,
      cell: ({ path }) => <PathName path={path} />,
      sortValue: ({ index }) => index,
      width: '22rem',
    },
    ...countColumns(isPair),
    ...(isPair ? meanColumns() : quantileColumns()),
    changeColumn('duration', compareText.durationChange),
    sideColumn('errors-a', compareText.errorsOf('A'), ({ errors }) => errors.a, columnShare),
    sideColumn('errors-b', compareText.errorsOf('B'), ({ errors }) => errors.b, columnShare),
    ...(isPair ? [] : [verdictColumn()]),
  ];
}

function countColumns(isPair: boolean): readonly Column<PathRow>[] {
  const title = isPair ? compareText.spansOf : compareText.perTraceOf;
  // Of several traces it is a mean.
  const count = isPair ? countText : columnNumber;
  return [
    sideColumn('count-a', title('A'), ({ count }) => count.a ?? 0, count),
    sideColumn('count-b', title('B'), ({ count }) => count.b ?? 0, count),
    changeColumn('count', compareText.countChange),
  ];
}

function meanColumns(): readonly Column<PathRow>[] {
  return [
    sideColumn('mean-a', compareText.meanOf('A'), ({ duration }) => duration.a, durationCell),
    sideColumn('mean-b', compareText.meanOf('B'), ({ duration }) => duration.b, durationCell),
  ];
}

function quantileColumns(): readonly Column<PathRow>[] {
  return [
    sideColumn('p50-a', compareText.p50Of('A'), ({ a }) => a.p50Us, durationCell),
    sideColumn('p50-b', compareText.p50Of('B'), ({ b }) => b.p50Us, durationCell),
    sideColumn('p95-a', compareText.p95Of('A'), ({ a }) => a.p95Us, durationCell),
    sideColumn('p95-b', compareText.p95Of('B'), ({ b }) => b.p95Us, durationCell),
  ];
}

function sideColumn(
  id: string,
  title: string,
  valueOf: (path: DiffPath) => number | undefined,
  cell: (value: number) => ReactNode,
): Column<PathRow> {
  return {
    ...{ id, title, align: 'end' },
    cell: ({ path }) => {
      const value = valueOf(path);
      return value === undefined ? NONE : cell(value);
    },
    sortValue: ({ path }) => valueOf(path) ?? NaN,
  };
}

function durationCell(us: number): ReactElement {
  return <Duration us={us} />;
}

function changeColumn(metric: ChangeMetric, title: string): Column<PathRow> {
  return {
    ...{ id: `${metric}-change`, title, align: 'end' },
    cell: ({ path }) => (
      <span className="diff-change" data-tone={toneOf(path, metric)}>
        {metric === 'duration' ? (
          <DurationChange change={path.duration} />
        ) : (
          differenceText(path[metric], metric)
        )}
      </span>
    ),
    // What only one side has has changed most.
    sortValue: ({ path }) => {
      const kind = changeKind(path[metric]);
      if (kind === 'added') return metric === 'count' ? Infinity : NaN;
      if (kind === 'removed') return metric === 'count' ? -1 : NaN;
      return changeShare(path[metric]) ?? 0;
    },
  };
}

/** The difference and its share, each below those of the other rows. */
function DurationChange({ change }: { change: Change }): ReactElement | null {
  const share = shortDifferenceText(change, 'duration');
  if (share === '') return null;
  return (
    <>
      <Duration us={(change.b ?? 0) - (change.a ?? 0)} signed />
      <span className="diff-change-share">({share})</span>
    </>
  );
}

function verdictColumn(): Column<PathRow> {
  return {
    id: 'verdict',
    title: compareText.verdict,
    width: '12rem',
    hint: compareText.verdictHint,
    cell: ({ path }) =>
      clearChanges(path) || <span className="muted">{compareText.noVerdict}</span>,
    sortValue: ({ path }) => clearChanges(path),
  };
}

function PathName({ path }: { path: DiffPath }): ReactElement {
  const style: CSSProperties = { paddingInlineStart: `${Math.min(path.depth, INDENT_MAX) * 12}px` };
  return (
    <span className="diff-path" style={style}>
      <ServiceDot name={path.service} />
      <span className="diff-path-operation">
        <SafeText>{path.operation}</SafeText>
      </span>
    </span>
  );
}
