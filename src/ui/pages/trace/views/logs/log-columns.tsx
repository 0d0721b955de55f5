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

export function logColumns(options: LogColumnsOptions): readonly Column<TraceLog>[] {
  const { traceId, startUs, showSpan } = options;
  return [
    {
      id: 'since',
      title: logsText.since,
      hint: logsText.sinceHint,
      align: 'end',
      width: '6.5rem',
      cell: ({ timeUs }) => <Duration us={timeUs - startUs} />,
      sortValue: ({ timeUs }) => timeUs,
    },
    {
      id: 'time',
      title: logsText.time,
      width: '14rem',
      cell: ({ timeUs }) => <span className="log-time numbers">{exactTime(timeUs)}</span>,
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
      cell: ({ row: { span } }) => (
        <SpanLink traceId={traceId} spanId={span.spanId} showSpan={showSpan}>
          <SafeText>{span.operationName}</SafeText>
        </SpanLink>
      ),
      sortValue: ({ row }) => row.span.operationName,
    },
    { id: 'event', title: logsText.event, cell: (log) => <EventCell log={log} /> },
  ];
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
