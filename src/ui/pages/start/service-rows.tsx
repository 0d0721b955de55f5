import './service-rows.css';
import { type ReactElement, useMemo } from 'react';
import { durationText } from '../../../model/duration-text.ts';
import { type SearchResult, useNewestTraces } from '../../api/trace-summaries.ts';
import { type Column, DataTable } from '../../components/data-table.tsx';
import { Duration } from '../../components/duration.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { Sparkline } from '../../components/sparkline.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import { followLink } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { startText } from '../../text/start-text.ts';
import { dayAndTime, isoTime, relativeTime } from '../../time-text.ts';
import { emptySearch, searchHref, type SearchRequest } from '../search/search-request.ts';
import { type SampledTime, type ServiceActivity, serviceActivity } from './service-activity.ts';

/** Enough for a picture of the last hour, few enough for any storage. */
const SAMPLED_TRACES = 400;
const MINUTE_US = 60_000_000;
const ROUND_MINUTES = [5, 15, 60];
const NO_TIME: SampledTime = { fromUs: 0, toUs: 0 };

interface ServiceRowsProps {
  readonly services: readonly string[];
  /** The other conditions of the search; its service does not count. */
  readonly request: SearchRequest;
}

/**
 * Each service with what the newest traces tell of it. Where a storage finds traces by service alone,
 * only the names are known; while the traces are on their way, too.
 */
export function ServiceRows({ services, request }: ServiceRowsProps): ReactElement {
  const { search } = useUiConfig();
  const limit = Math.min(SAMPLED_TRACES, search.maxLimit);
  const newest = useNewestTraces(
    { ...emptySearch(search), lookback: '1h', limit },
    search.withoutService,
  );
  const { data } = newest;
  const time = useMemo(() => data && sampledTime(data, limit), [data, limit]);
  const rows = useMemo(
    () => serviceActivity(services, data?.traces ?? [], time ?? NO_TIME),
    [services, data, time],
  );
  const columns = [
    serviceColumn((service) => searchHref({ ...request, service })),
    ...(search.withoutService ? numberColumns(data?.askedAtMs) : []),
  ];
  return (
    <>
      <section className="panel service-rows">
        <DataTable
          caption={startText.tableCaption}
          columns={columns}
          rows={rows}
          rowKey={({ name }) => name}
        />
      </section>
      <p className="muted service-rows-note" role="status">
        {time !== undefined && sampleNote(data?.traces.length ?? 0, time)}
        {search.withoutService && (
          <>
            {' '}
            <a href={searchHref(request)} onClick={followLink}>
              {text.allServices}
            </a>
          </>
        )}
      </p>
    </>
  );
}

/**
 * From the oldest of them where there were more than were asked for, else a round time that has them
 * all: right after a start an hour would be mostly nothing.
 */
function sampledTime({ traces, askedAtMs }: SearchResult, limit: number): SampledTime {
  const toUs = askedAtMs * 1_000;
  const oldestUs = Math.min(toUs, ...traces.map(({ startUs }) => startUs));
  const minutes = ROUND_MINUTES.find((count) => toUs - count * MINUTE_US <= oldestUs) ?? 60;
  return { fromUs: traces.length < limit ? toUs - minutes * MINUTE_US : oldestUs, toUs };
}

function sampleNote(count: number, { fromUs, toUs }: SampledTime): string {
  if (count === 0) return startText.noneRecent;
  const seconds = Math.max(1, Math.round((toUs - fromUs) / 1_000_000));
  return startText.sampled(count, seconds < 120 ? seconds : Math.round(seconds / 60) * 60);
}

function serviceColumn(hrefOf: (service: string) => string): Column<ServiceActivity> {
  return {
    id: 'service',
    title: startText.columns.service,
    sortValue: ({ name }) => name,
    cell: ({ name }) => (
      <a href={hrefOf(name)} onClick={followLink}>
        <ServiceDot name={name} />
      </a>
    ),
  };
}

/** `askedAtMs` is undefined until something is known. */
function numberColumns(askedAtMs: number | undefined): readonly Column<ServiceActivity>[] {
  const { columns } = startText;
  const known = (row: ServiceActivity): boolean => askedAtMs !== undefined && row.traceCount > 0;
  return [
    {
      id: 'rate',
      title: columns.rate,
      hint: columns.rateHint,
      align: 'end',
      width: '6.5rem',
      sortValue: (row) => row.tracesPerSecond,
      cell: (row) => known(row) && rateText(row.tracesPerSecond),
    },
    {
      id: 'errors',
      title: columns.errors,
      hint: columns.errorsHint,
      align: 'end',
      width: '6rem',
      sortValue: (row) => row.errorShare,
      cell: (row) =>
        known(row) && (
          <span className="service-rows-errors" data-error={row.errorShare > 0}>
            {shareText(row.errorShare)}
          </span>
        ),
    },
    durationColumn('p50', columns.p50, (row) => [row.p50Us, row.p50Trend]),
    durationColumn('p95', columns.p95, (row) => [row.p95Us, row.p95Trend]),
    {
      id: 'seen',
      title: columns.seen,
      align: 'end',
      width: '8.5rem',
      sortValue: (row) => row.lastSeenUs ?? NaN,
      cell: ({ lastSeenUs }) =>
        lastSeenUs !== undefined &&
        askedAtMs !== undefined && (
          <time dateTime={isoTime(lastSeenUs)} title={dayAndTime(lastSeenUs)}>
            {relativeTime(lastSeenUs, askedAtMs)}
          </time>
        ),
    },
  ];
}

type Trend = readonly (number | undefined)[];

function durationColumn(
  id: string,
  title: string,
  read: (row: ServiceActivity) => readonly [us: number | undefined, trend: Trend],
): Column<ServiceActivity> {
  return {
    id,
    title,
    hint: startText.columns.durationHint,
    align: 'end',
    width: '13.5rem',
    sortValue: (row) => read(row)[0] ?? NaN,
    cell: (row) => {
      const [us, trend] = read(row);
      if (us === undefined) return null;
      const values = trend.filter((value) => value !== undefined);
      const ends = [Math.min(...values), Math.max(...values)].map(durationText);
      return (
        <span className="service-rows-trend">
          <Sparkline
            values={trend}
            label={startText.trendLabel(title, ends[0] ?? '', ends[1] ?? '')}
            width={88}
          />
          <Duration us={us} />
        </span>
      );
    },
  };
}

function rateText(perSecond: number): string {
  if (perSecond >= 100) return String(Math.round(perSecond));
  return perSecond >= 0.1 ? perSecond.toFixed(1) : perSecond.toFixed(3);
}

function shareText(share: number): string {
  const percent = share * 100;
  return `${percent > 0 && percent < 10 ? percent.toFixed(1) : Math.round(percent)} %`;
}
