import { type ReactElement, useMemo } from 'react';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { calledServices, type CallLink } from '../../../model/call-graph.ts';
import { wholeNumber } from '../../number-text.ts';
import { followLink } from '../../routing.ts';
import { architectureText } from '../../text/architecture-text.ts';

interface CallTableProps {
  readonly links: readonly CallLink[];
  readonly found: ReadonlySet<string>;
  /** Where the page looks at one service. */
  readonly focusHref: (service: string) => string;
}

interface CallRow extends CallLink {
  /** Of all calls of the caller, 0 to 1. */
  readonly share: number;
}

/** The graph as rows: one for each pair that calls. */
export function CallTable({ links, found, focusHref }: CallTableProps): ReactElement {
  const rows = useMemo(() => callRows(links), [links]);
  const serviceLink = (name: string): ReactElement => (
    <a href={focusHref(name)} title={architectureText.focus(name)} onClick={followLink}>
      <ServiceDot name={name} />
    </a>
  );
  const columns: readonly Column<CallRow>[] = [
    {
      id: 'caller',
      title: architectureText.caller,
      cell: ({ parent }) => serviceLink(parent),
      sortValue: ({ parent }) => parent,
    },
    {
      id: 'callee',
      title: architectureText.callee,
      cell: ({ child }) => serviceLink(child),
      sortValue: ({ child }) => child,
    },
    {
      id: 'calls',
      title: architectureText.calls,
      cell: ({ callCount }) => wholeNumber(callCount),
      sortValue: ({ callCount }) => callCount,
      align: 'end',
      width: '9rem',
    },
    {
      id: 'share',
      title: architectureText.share,
      hint: architectureText.shareHint,
      cell: ({ share }) => architectureText.percent(share),
      sortValue: ({ share }) => share,
      align: 'end',
      width: '9rem',
    },
  ];
  return (
    <div className="architecture-table">
      <DataTable
        caption={architectureText.tableCaption}
        columns={columns}
        rows={rows}
        rowKey={({ parent, child }) => JSON.stringify([parent, child])}
        rowMark={({ parent, child }) =>
          found.has(parent) || found.has(child) ? 'found' : undefined
        }
      />
    </div>
  );
}

/** Most calls first. */
function callRows(links: readonly CallLink[]): readonly CallRow[] {
  const made = new Map(
    calledServices(links).map(({ name, callsOut, callsItself }) => [name, callsOut + callsItself]),
  );
  return links
    .map((link) => ({ ...link, share: link.callCount / Math.max(1, made.get(link.parent) ?? 1) }))
    .sort((a, b) => b.callCount - a.callCount);
}
