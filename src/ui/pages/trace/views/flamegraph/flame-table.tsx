import { type ReactElement, useMemo } from 'react';
import type { FlameName } from '../../../../../model/flame-layout.ts';
import { type Column, DataTable } from '../../../../components/data-table.tsx';
import { Duration } from '../../../../components/duration.tsx';
import { SafeText } from '../../../../components/safe-text.tsx';
import { ServiceDot } from '../../../../components/service-dot.tsx';
import { wholeNumber } from '../../../../number-text.ts';
import { flamegraphText } from '../../../../text/trace-flamegraph-text.ts';

const COLUMNS: readonly Column<FlameName>[] = [
  {
    id: 'name',
    title: flamegraphText.name,
    cell: ({ service, operation }) => (
      <span className="flame-name">
        <ServiceDot name={service} />
        <SafeText>{operation}</SafeText>
      </span>
    ),
    sortValue: ({ service, operation }) => `${service} ${operation}`,
  },
  {
    id: 'count',
    title: flamegraphText.count,
    align: 'end',
    width: '5rem',
    cell: ({ count }) => wholeNumber(count),
    sortValue: ({ count }) => count,
  },
  {
    id: 'self',
    title: flamegraphText.self,
    hint: flamegraphText.selfHint,
    align: 'end',
    width: '6.25rem',
    cell: ({ selfUs }) => <Duration us={selfUs} />,
    sortValue: ({ selfUs }) => selfUs,
  },
  {
    id: 'total',
    title: flamegraphText.total,
    hint: flamegraphText.totalHint,
    align: 'end',
    width: '6.25rem',
    cell: ({ totalUs }) => <Duration us={totalUs} />,
    sortValue: ({ totalUs }) => totalUs,
  },
];

interface FlameTableProps {
  readonly names: readonly FlameName[];
  /** Those of them that are looked for. */
  readonly find: string;
  readonly similar: FlameName | undefined;
  readonly onSimilar: (name: FlameName) => void;
}

/** The flame graph's numbers by name. Choosing a row emphasizes its boxes. */
export function FlameTable({ names, find, similar, onSimilar }: FlameTableProps): ReactElement {
  const shown = useMemo(() => {
    const wanted = find.toLowerCase();
    const bySelf = names.toSorted((a, b) => b.selfUs - a.selfUs);
    return wanted === ''
      ? bySelf
      : bySelf.filter(({ service, operation }) =>
          `${service}\n${operation}`.toLowerCase().includes(wanted),
        );
  }, [names, find]);
  return (
    <DataTable
      caption={flamegraphText.table}
      columns={COLUMNS}
      rows={shown}
      rowKey={({ service, operation }) => JSON.stringify([service, operation])}
      rowMark={(name) => (name === similar ? 'selected' : undefined)}
      onRow={onSimilar}
      empty={flamegraphText.noMatch}
    />
  );
}
