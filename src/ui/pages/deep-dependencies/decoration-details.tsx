import { type ReactElement, useMemo } from 'react';
import type { DecoratedName } from '../../../model/decoration.ts';
import { useDecorationDetail, useDecorationValues } from '../../api/decorations.ts';
import { textOf } from '../../api/json-shape.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { WaitNotice } from '../../components/notice.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import type { Decoration } from '../../config/decoration-config.ts';
import { ddgText } from '../../text/ddg-text.ts';
import { decorationText } from './decoration-values.ts';

interface DecorationDetailsProps {
  readonly decoration: Decoration;
  readonly name: DecoratedName;
}

/** The value of a decoration for one node, and what is behind it. */
export function DecorationDetails({ decoration, name }: DecorationDetailsProps): ReactElement {
  const names = useMemo(() => [name], [name]);
  const [value] = useDecorationValues(decoration, names);
  const detail = name.operation === '' ? decoration.detail : decoration.operationDetail;
  return (
    <section className="decoration-details" aria-label={decoration.name}>
      <h3>
        <SafeText>
          {ddgText.decorationValue(decoration.name, decorationText(value) || '–')}
        </SafeText>
      </h3>
      {detail !== undefined && <Detail decoration={decoration} name={name} />}
    </section>
  );
}

function Detail({ decoration, name }: DecorationDetailsProps): ReactElement {
  const detail = useDecorationDetail(decoration, name);
  if (detail.isPending) return <WaitNotice>{ddgText.loadingDetail}</WaitNotice>;
  if (detail.isError) return <p>{ddgText.detailFailed(detail.error.message)}</p>;
  const { columns } = (name.operation === '' ? decoration.detail : decoration.operationDetail) ?? {
    columns: [],
  };
  return <DetailValue value={detail.data} columns={columns} title={decoration.name} />;
}

interface DetailValueProps {
  readonly value: unknown;
  readonly columns: readonly { readonly key: string; readonly label: string }[];
  readonly title: string;
}

/** A list of objects is a table, another list a list, anything else a text. */
function DetailValue({ value, columns, title }: DetailValueProps): ReactElement {
  const items: readonly unknown[] = Array.isArray(value) ? value : [];
  if (value === undefined || (Array.isArray(value) && items.length === 0)) {
    return <p className="muted">{ddgText.noDetail}</p>;
  }
  if (!Array.isArray(value)) {
    return (
      <p>
        <SafeText>{textOf(value)}</SafeText>
      </p>
    );
  }
  const rows = items.filter(isFields);
  if (rows.length === items.length) return <DetailTable {...{ rows, columns, title }} />;
  return (
    <ul>
      {items.map((item, index) => (
        <li key={index}>
          <SafeText>{textOf(item)}</SafeText>
        </li>
      ))}
    </ul>
  );
}

type Fields = Readonly<Record<string, unknown>>;

function DetailTable({
  rows,
  columns,
  title,
}: Pick<DetailValueProps, 'columns' | 'title'> & {
  readonly rows: readonly Fields[];
}): ReactElement {
  const fields = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const shown = columns.length > 0 ? columns : fields.map((key) => ({ key, label: key }));
  const numbered = rows.map((row, index) => ({ row, index }));
  return (
    <DataTable
      caption={title}
      columns={shown.map(({ key, label }): Column<(typeof numbered)[number]> => ({
        id: key,
        title: label,
        cell: ({ row }) => <SafeText>{cellText(row[key])}</SafeText>,
        sortValue: ({ row }) => {
          const value = row[key];
          return typeof value === 'number' ? value : cellText(value);
        },
      }))}
      rows={numbered}
      rowKey={({ index }) => String(index)}
    />
  );
}

/** Jaeger's cells may be `{value}`, with styles that are not used here. */
function cellText(cell: unknown): string {
  return textOf(isFields(cell) && 'value' in cell ? cell['value'] : cell);
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
