import './span-detail.css';
import { Link2 } from 'lucide-react';
import { lazy, type ReactElement, type ReactNode, Suspense } from 'react';
import { durationText } from '../../../model/duration-text.ts';
import { leadAttributes } from '../../../model/lead-attributes.ts';
import {
  attributeLinks,
  attributeVariables,
  type LinkPlace,
  type PatternLink,
  traceVariables,
} from '../../../model/link-patterns.ts';
import { selfTimeUs } from '../../../model/self-time.ts';
import { spanType } from '../../../model/span-type.ts';
import type { TextAttribute, TimelineSpan } from '../../../model/timeline-span.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import type { SpanRow, TreeRow } from '../../../model/trace-tree.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { type UiConfig, useUiConfig } from '../../config/ui-config.ts';
import { followLink, traceHref } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { traceText } from '../../text/trace-text.ts';
import { AttributeTable } from './attribute-table.tsx';
import { SpanEvents } from './span-events.tsx';
import { ReferenceLink, RowLink } from './span-references.tsx';
import { SpanSection } from './span-section.tsx';
import type { TimeWindow, TraceAction } from './trace-view.ts';

/** Few spans are calls of models: a file of its own. */
const GenAiSection = lazy(async () => ({
  default: (await import('./genai-section.tsx')).GenAiSection,
}));
/** Ancestors that are named; deeper spans start with an ellipsis. */
const PATH_LENGTH = 5;

export interface SpanDetailProps {
  readonly row: SpanRow;
  readonly rows: readonly TreeRow[];
  readonly overview: TraceOverview;
  /** The part of the trace's time that is in view. */
  readonly window: TimeWindow;
  readonly traceId: string;
  readonly dispatch: (action: TraceAction) => void;
}

/** Everything a span says. */
export function SpanDetail(props: SpanDetailProps): ReactElement {
  const { row, overview, window, traceId, dispatch } = props;
  const config = useUiConfig();
  const { terms } = config;
  // Decoded each time they are asked for: once here.
  const { tags, events, references, warnings, process } = row.span;
  const linksAmong = linkFinder(props, config);
  return (
    <div className="span-detail">
      <DetailHead {...props} span={row.span} />
      <SpanSection title={traceText.detailWarnings} count={warnings.length} tone="warn" open>
        <ul className="span-warnings">
          {warnings.map((warning, index) => (
            <li key={index}>
              <SafeText>{warning}</SafeText>
            </li>
          ))}
        </ul>
      </SpanSection>
      {spanType(tags) === 'genai' && (
        <Suspense fallback={null}>
          <GenAiSection tags={tags} events={events} />
        </Suspense>
      )}
      <SpanSection title={terms.tags} count={tags.length} open>
        <AttributeTable
          attributes={leadAttributes(tags, config.topTagPrefixes)}
          label={terms.tags}
          linksOf={linksAmong('tags')(tags)}
        />
      </SpanSection>
      <SpanSection title={terms.process} count={process.tags.length}>
        <AttributeTable
          attributes={process.tags}
          label={terms.process}
          linksOf={linksAmong('process')(process.tags)}
        />
      </SpanSection>
      <SpanSection title={terms.logs} count={events.length} open>
        <SpanEvents
          {...{ events, overview, window }}
          label={terms.logs}
          linksAmong={linksAmong('logs')}
        />
      </SpanSection>
      <SpanSection title={traceText.detailReferences} count={references.length} open>
        <ul className="span-references">
          {references.map((reference, index) => (
            <li key={index}>
              <ReferenceLink {...{ reference, traceId, dispatch }} />
            </li>
          ))}
        </ul>
      </SpanSection>
    </div>
  );
}

type LinksOf = (attribute: TextAttribute) => readonly PatternLink[];

/** Links by pattern for the attributes of one list of the span. */
function linkFinder(
  { row, rows, overview, traceId }: SpanDetailProps,
  { linkPatterns }: UiConfig,
): (place: LinkPlace) => (neighbours: readonly TextAttribute[]) => LinksOf {
  const trace = traceVariables(traceId, overview);
  return (place) => (neighbours) => {
    const lookup = attributeVariables(rows, row, neighbours, trace);
    return (attribute) => attributeLinks(linkPatterns, place, attribute, lookup);
  };
}

function DetailHead(props: SpanDetailProps & { readonly span: TimelineSpan }): ReactElement {
  const { span, row, rows, overview, traceId } = props;
  const href = traceHref(traceId, span.spanId);
  return (
    <div className="span-detail-head">
      <SpanPath row={row} rows={rows} dispatch={props.dispatch} />
      <h2>
        <SafeText>{span.operationName}</SafeText>
      </h2>
      <dl>
        <Fact name={text.service}>
          <ServiceDot name={span.process.serviceName} />
        </Fact>
        <Fact name={traceText.traceDuration}>{durationText(span.durationUs)}</Fact>
        <Fact name={traceText.detailSelf}>{durationText(selfTimeUs(rows, row))}</Fact>
        <Fact name={traceText.detailStart}>{durationText(span.startUs - overview.startUs)}</Fact>
        {span.kind !== '' && (
          <Fact name={traceText.detailKind}>
            <SafeText>{span.kind}</SafeText>
          </Fact>
        )}
        <Fact name={traceText.detailSpanId}>
          <a className="mono" href={href} title={traceText.detailLink} onClick={followLink}>
            {span.spanId}
          </a>
          <CopyButton value={span.spanId} label={traceText.copyValue(traceText.detailSpanId)} />
          <CopyButton
            value={new URL(href, document.baseURI).href}
            label={traceText.copyLink}
            icon={Link2}
          />
        </Fact>
      </dl>
    </div>
  );
}

/** What led to the span: its nearest ancestors. */
function SpanPath({
  row,
  rows,
  dispatch,
}: Pick<SpanDetailProps, 'row' | 'rows' | 'dispatch'>): ReactElement | null {
  const near: SpanRow[] = [];
  let at = rows[row.parent];
  for (; at !== undefined && near.length < PATH_LENGTH; at = rows[at.parent]) {
    if (at.type === 'span') near.unshift(at);
  }
  if (near.length === 0) return null;
  return (
    <ol className="span-path" aria-label={traceText.detailPath}>
      {at !== undefined && <li className="muted">…</li>}
      {near.map((ancestor) => (
        <li key={ancestor.index}>
          <RowLink row={ancestor} dispatch={dispatch} />
        </li>
      ))}
    </ol>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }): ReactElement {
  return (
    <div>
      <dt className="muted">{name}</dt>
      <dd className="numbers">{children}</dd>
    </div>
  );
}
