import './row-name.css';
import {
  ArrowRight,
  CircleAlert,
  Cog,
  Database,
  Globe,
  type LucideIcon,
  MessagesSquare,
  Network,
  Sparkles,
} from 'lucide-react';
import type { ReactElement } from 'react';
import { calledService } from '../../../model/called-service.ts';
import { spanPills } from '../../../model/span-pills.ts';
import { type SpanType, spanType } from '../../../model/span-type.ts';
import type { TextAttribute } from '../../../model/timeline-span.ts';
import type { SpanRow, TreeRow } from '../../../model/trace-tree.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { useUiConfig } from '../../config/ui-config.ts';
import { useServiceColor } from '../../service-colors.ts';
import { traceText } from '../../text/trace-text.ts';
import { RowReferences } from './row-references.tsx';
import type { TraceAction } from './trace-view.ts';

const TYPE_ICONS: Readonly<Record<SpanType, LucideIcon>> = {
  http: Globe,
  db: Database,
  messaging: MessagesSquare,
  rpc: Network,
  faas: Cog,
  genai: Sparkles,
};

interface RowNameProps {
  readonly row: TreeRow;
  readonly rows: readonly TreeRow[];
  readonly traceId: string;
  readonly collapsed: boolean;
  readonly brief: boolean;
  readonly dispatch: (action: TraceAction) => void;
}

/** Who did what; unless it has to be brief, with marks of what kind of work it was and how it went. */
export function RowName({ row, ...props }: RowNameProps): ReactElement {
  if (row.type === 'ghost') {
    return <span className="timeline-name">{traceText.ghost(row.spanId)}</span>;
  }
  return props.brief ? <BriefName {...props} row={row} /> : <SpanName {...props} row={row} />;
}

interface RowMarkProps {
  readonly row: SpanRow;
  readonly collapsed: boolean;
}

/** The names, where `SpanName` will have them. */
function BriefName({ row, collapsed }: RowMarkProps): ReactElement {
  const color = useServiceColor();
  const { operationName, process } = row.span;
  return (
    <>
      <span className="timeline-mark" style={{ background: color(process.serviceName) }} />
      <FailMark row={row} collapsed={collapsed} />
      <span className="row-type" />
      <span className="timeline-name">
        <strong>
          <SafeText>{process.serviceName}</SafeText>
        </strong>{' '}
        <SafeText>{operationName}</SafeText>
      </span>
    </>
  );
}

function SpanName(props: RowNameProps & { readonly row: SpanRow }): ReactElement {
  const { row, rows, traceId, collapsed, dispatch } = props;
  const color = useServiceColor();
  // Decoded each time they are asked for: once here.
  const { tags, references, operationName, process } = row.span;
  const hidden = row.end - row.index - 1;
  return (
    <>
      <span className="timeline-mark" style={{ background: color(process.serviceName) }} />
      <FailMark row={row} collapsed={collapsed} />
      <TypeIcon type={spanType(tags)} />
      <span className="timeline-name" title={`${process.serviceName} ${operationName}`}>
        <strong>
          <SafeText>{process.serviceName}</SafeText>
        </strong>{' '}
        <Called row={row} rows={rows} tags={tags} />
        <SafeText>{operationName}</SafeText>
      </span>
      <Pills tags={tags} />
      <RowReferences {...{ row, references, traceId, dispatch }} />
      {collapsed && (
        <span className="timeline-hidden numbers">{traceText.hiddenSpans(hidden)}</span>
      )}
    </>
  );
}

function FailMark({ row, collapsed }: RowMarkProps): ReactElement | null {
  const { isError } = row.span;
  if (!isError && !(collapsed && row.hasErrorBelow)) return null;
  return (
    <CircleAlert
      className="timeline-error"
      data-own={isError}
      size={15}
      role="img"
      aria-label={isError ? traceText.spanFailed : traceText.belowFailed}
    />
  );
}

function TypeIcon({ type }: { type: SpanType | undefined }): ReactElement | null {
  if (type === undefined) return null;
  const Icon = TYPE_ICONS[type];
  const label = traceText.spanTypes[type];
  return (
    <Icon className="row-type" size={13} role="img" aria-label={label}>
      <title>{label}</title>
    </Icon>
  );
}

interface CalledProps {
  readonly row: SpanRow;
  readonly rows: readonly TreeRow[];
  readonly tags: readonly TextAttribute[];
}

function Called({ row, rows, tags }: CalledProps): ReactElement | null {
  const color = useServiceColor();
  const called = calledService(rows, row, tags);
  if (called === undefined) return null;
  const { name, isInstrumented } = called;
  const hint = isInstrumented ? traceText.callsService(name) : traceText.callsUninstrumented(name);
  return (
    <>
      <span className="row-called" data-instrumented={isInstrumented} title={hint}>
        <ArrowRight size={12} aria-hidden />
        <i style={{ background: color(name) }} />
        <SafeText>{name}</SafeText>
      </span>{' '}
    </>
  );
}

function Pills({ tags }: { tags: readonly TextAttribute[] }): ReactElement | null {
  const { spanPillsEnabled } = useUiConfig().trace;
  const pills = spanPillsEnabled ? spanPills(tags) : [];
  if (pills.length === 0) return null;
  return (
    <span className="row-pills">
      {pills.map(({ name, value, isError }) => (
        <span
          key={name}
          className="trace-pill"
          data-tone={isError ? 'error' : undefined}
          title={`${name}: ${value}`}
        >
          <SafeText>{value}</SafeText>
        </span>
      ))}
    </span>
  );
}
