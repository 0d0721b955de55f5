import type { ReactElement } from 'react';
import type { ClientVersion } from '../../api/trace-quality.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { wholeNumber } from '../../number-text.ts';
import { qualityText } from '../../text/quality-text.ts';
import { ExampleLinks } from './example-links.tsx';

const COLUMNS: readonly Column<ClientVersion>[] = [
  {
    id: 'version',
    title: qualityText.clientVersion,
    cell: ({ version }) => <SafeText>{version}</SafeText>,
    sortValue: ({ version }) => version,
  },
  {
    id: 'minimum',
    title: qualityText.clientMinimum,
    cell: ({ minimum }) => <SafeText>{minimum}</SafeText>,
    sortValue: ({ minimum }) => minimum,
  },
  {
    id: 'spans',
    title: qualityText.clientSpans,
    cell: ({ spanCount }) => wholeNumber(spanCount),
    sortValue: ({ spanCount }) => spanCount,
    align: 'end',
  },
  {
    id: 'examples',
    title: qualityText.clientExamples,
    cell: ({ version, examples }) => <ExampleLinks kind={version} examples={examples} />,
  },
];

/** Which libraries made the spans. */
export function ClientVersions({ clients }: { clients: readonly ClientVersion[] }): ReactElement {
  return (
    <section aria-label={qualityText.clients}>
      <h2>{qualityText.clients}</h2>
      <DataTable
        caption={qualityText.clients}
        columns={COLUMNS}
        rows={clients}
        rowKey={({ version }) => version}
        empty={qualityText.noClients}
      />
    </section>
  );
}
