import type { ReactElement } from 'react';
import type { TextAttribute } from '../../../../../model/timeline-span.ts';
import { eventParts, type TraceLog } from '../../../../../model/trace-logs.ts';
import type { Column } from '../../../../components/data-table.tsx';
import { Duration } from '../../../../components/duration.tsx';
import { SafeText } from '../../../../components/safe-text.tsx';
import { ServiceDot } from '../../../../components/service-dot.tsx';
import { text } from '../../../../text/common-text.ts';
import { logsText } from '../../../../text/trace-logs-text.ts';
import { exactTime } from '../../../../time-text.ts';
import { SpanLink } from '../span-link.tsx';
import { ValueCell } from '../value-cell.tsx';

/** Characters of a field's value in a row. */
const VALUE_MAX = 160;

interface LogColumnsOptions {
  readonly traceId: string;
  /** Of the trace, in microseconds since 1970. */
  readonly startUs: number;
  readonly showSpan: (spanId: string) => void;
}

/** A phone has room for two columns: when, and everything else. */
export function logColumns(
  options: LogColumnsOptions,
  isNarrow: boolean,
): readonly Column<TraceLog>[] {
  const since: Column<TraceLog> = {
    id: 'since',
    title: logsText.since,
    hint: logsText.sinceHint,
    align: 'end',
    width: '6.5rem',
    cell: ({ timeUs }) => <Duration us={timeUs - options.startUs} />,
    sortValue: ({ timeUs }) => timeUs,
  };
  const event: Column<TraceLog> = {
    id: 'event',
    title: logsText.event,
    cell: (log) => <EventCell log={log} />,
  };
  if (!isNarrow) return [since, ...placeColumns(options), event];
  return [since, { ...event, cell: (log) => <WholeLog log={log} {...options} /> }];
}

function placeColumns(options: LogColumnsOptions): readonly Column<TraceLog>[] {
  return [
    {
      id: 'time',
      title: logsText.time,
      width: '14rem',
      cell: ({ timeUs }) => <LogTime us={timeUs} />,
    },
    {
      id: 'service',
      title: text.service,
      width: '11rem',
      cell: ({ row }) => <ServiceDot name={row.span.process.serviceName} />,
      sortValue: ({ row }) => row.span.process.serviceName,
    },
    {
      id: 'operation',
      title: text.operation,
      hint: logsText.operationHint,
      width: '14rem',
      cell: (log) => <OperationLink log={log} {...options} />,
      sortValue: ({ row }) => row.span.operationName,
    },
  ];
}

function LogTime({ us }: { us: number }): ReactElement {
  return <span className="log-time numbers">{exactTime(us)}</span>;
}

function OperationLink({
  log,
  traceId,
  showSpan,
}: LogColumnsOptions & { readonly log: TraceLog }): ReactElement {
  const { spanId, operationName } = log.row.span;
  return (
    <SpanLink traceId={traceId} spanId={spanId} showSpan={showSpan}>
      <SafeText>{operationName}</SafeText>
    </SpanLink>
  );
}

function WholeLog(props: LogColumnsOptions & { readonly log: TraceLog }): ReactElement {
  const { log } = props;
  return (
    <span className="log-whole">
      <span className="muted">
        <LogTime us={log.timeUs} />
      </span>
      <span className="log-place">
        <ServiceDot name={log.row.span.process.serviceName} />
        <OperationLink {...props} />
      </span>
      <EventCell log={log} />
    </span>
  );
}

function EventCell({ log }: { log: TraceLog }): ReactElement {
  const { name, fields } = eventParts(log.row.span.events[log.index]);
  return (
    <span className="log-event">
      {name !== '' && (
        <strong data-error={name === 'exception' || name === 'error'}>
          <SafeText>{name}</SafeText>
        </strong>
      )}
      {fields.map((field, index) => (
        <LogField key={index} field={field} />
      ))}
    </span>
  );
}

function LogField({ field: { key, value } }: { field: TextAttribute }): ReactElement {
  return (
    <span className="log-field">
      <span className="muted">
        <SafeText>{key}</SafeText>=
      </span>
      <ValueCell label={key} value={value} shownMax={VALUE_MAX} />
    </span>
  );
}
