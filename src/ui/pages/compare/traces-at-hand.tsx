import type { ReactElement } from 'react';
import type { TraceProfile } from '../../../model/trace-profile.ts';
import { traceIdPart } from '../../../model/trace-id.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Duration } from '../../components/duration.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import { wholeNumber } from '../../number-text.ts';
import { followLink, traceHref } from '../../routing.ts';
import { compareText } from '../../text/compare-text.ts';
import { dayAndTime } from '../../time-text.ts';
import { type CompareSide, GROUP_MAX, type SideName } from './compare-address.ts';
import type { ComparePart } from './compare-part.ts';
import { ProfileName } from './side-cards.tsx';

interface TraceRow {
  readonly traceId: string;
  /** Undefined until it is loaded. */
  readonly profile: TraceProfile | undefined;
  readonly inA: boolean;
  readonly inB: boolean;
}

/** The traces that were chosen for comparing, each to be ticked for A, for B or for both. */
export function TracesAtHand({ compared, go }: ComparePart): ReactElement {
  const { traceIdDisplayLength } = useUiConfig();
  const rows = compared.traceIds.map((traceId) => ({
    traceId,
    profile: compared.profiles.get(traceId),
    inA: compared.a.traceIds.includes(traceId),
    inB: compared.b.traceIds.includes(traceId),
  }));
  const toggle = (side: SideName, traceId: string): void => {
    const cohort = compared.traceIds;
    // Ticking among what a search has found makes a choice of one's own of it.
    const traceIds = toggled(compared[side].traceIds, traceId);
    const changed: CompareSide = { traceIds, search: '' };
    go(side === 'a' ? { cohort, a: changed } : { cohort, b: changed });
  };
  return (
    <div className="chooser-table">
      <DataTable
        caption={compareText.atHand}
        columns={[
          tickColumn('a', compareText.inA, ({ inA }) => inA, toggle),
          tickColumn('b', compareText.inB, ({ inB }) => inB, toggle),
          ...factColumns(traceIdDisplayLength),
        ]}
        rows={rows}
        rowKey={({ traceId }) => traceId}
      />
    </div>
  );
}

function tickColumn(
  side: SideName,
  title: string,
  isTicked: (row: TraceRow) => boolean,
  toggle: (side: SideName, traceId: string) => void,
): Column<TraceRow> {
  return {
    id: side,
    title,
    width: '3rem',
    cell: (row) => (
      <input
        type="checkbox"
        className="chooser-tick"
        aria-label={compareText.tick(title, row.traceId)}
        checked={isTicked(row)}
        onChange={() => {
          toggle(side, row.traceId);
        }}
      />
    ),
  };
}

function factColumns(idLength: number): readonly Column<TraceRow>[] {
  const known = (row: TraceRow, value: (profile: TraceProfile) => number): number =>
    row.profile === undefined ? NaN : value(row.profile);
  return [
    {
      id: 'name',
      title: compareText.name,
      cell: ({ profile }) =>
        profile === undefined ? (
          <span className="muted">{compareText.loadingTrace}</span>
        ) : (
          <ProfileName profile={profile} />
        ),
      sortValue: ({ profile }) =>
        profile === undefined ? '' : `${profile.rootService} ${profile.rootOperation}`,
    },
    {
      id: 'start',
      title: compareText.start,
      align: 'end',
      cell: ({ profile }) => profile && dayAndTime(profile.startUs),
      sortValue: (row) => known(row, ({ startUs }) => startUs),
    },
    {
      id: 'duration',
      title: compareText.duration,
      align: 'end',
      cell: ({ profile }) => profile && <Duration us={profile.durationUs} />,
      sortValue: (row) => known(row, ({ durationUs }) => durationUs),
    },
    {
      id: 'spans',
      title: compareText.spans,
      align: 'end',
      cell: ({ profile }) => profile && wholeNumber(profile.spanCount),
      sortValue: (row) => known(row, ({ spanCount }) => spanCount),
    },
    {
      id: 'errors',
      title: compareText.errors,
      align: 'end',
      cell: ({ profile }) => profile && wholeNumber(profile.errorCount),
      sortValue: (row) => known(row, ({ errorCount }) => errorCount),
    },
    {
      id: 'id',
      title: compareText.traceId,
      cell: ({ traceId }) => (
        <a className="mono" href={traceHref(traceId)} onClick={followLink}>
          <SafeText>{traceIdPart(traceId, idLength)}</SafeText>
        </a>
      ),
    },
  ];
}

/** With the trace, or without it when it was there; the newest choices where there are too many. */
function toggled(traceIds: readonly string[], traceId: string): readonly string[] {
  const others = traceIds.filter((other) => other !== traceId);
  return others.length < traceIds.length ? others : [...others, traceId].slice(-GROUP_MAX);
}
