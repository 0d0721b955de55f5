import './span-detail.css';
import type { ReactElement, ReactNode } from 'react';
import { durationText } from '../../../model/duration-text.ts';
import { leadAttributes } from '../../../model/lead-attributes.ts';
import {
  attributeLinks,
  attributeVariables,
  type LinkPlace,
  traceVariables,
} from '../../../model/link-patterns.ts';
import { selfTimeUs } from '../../../model/self-time.ts';
import type {
  TextAttribute,
  TimelineReference,
  TimelineSpan,
} from '../../../model/timeline-span.ts';
import type { TraceOverview } from '../../../model/trace-overview.ts';
import type { TreeRow } from '../../../model/trace-tree.ts';
import { CopyButton } from '../../components/copy-button.tsx';
import { SafeText } from '../../components/safe-text.tsx';
import { ServiceDot } from '../../components/service-dot.tsx';
import { type UiConfig, useUiConfig } from '../../config/ui-config.ts';
import { followLink, traceHref } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { traceText } from '../../text/trace-text.ts';
import { AttributeTable } from './attribute-table.tsx';
import type { TraceAction } from './trace-view.ts';

interface SpanDetailProps {
  readonly row: TreeRow;
  readonly rows: readonly TreeRow[];
  readonly overview: TraceOverview;
  readonly traceId: string;
  readonly dispatch: (action: TraceAction) => void;
}

/** Everything a span says, below its row. */
export function SpanDetail(props: SpanDetailProps): ReactElement | null {
  const { row } = props;
  const config = useUiConfig();
  if (row.type === 'ghost') return null;
  const { span } = row;
  const { terms } = config;
  const linksAmong = linkFinder(props, config);
  return (
    <div className="span-detail" role="row" aria-level={row.depth + 1}>
      <div role="gridcell" aria-colspan={3}>
        <DetailHead {...props} span={span} />
        {span.warnings.length > 0 && (
          <ul className="span-warnings" aria-label={traceText.detailWarnings}>
            {span.warnings.map((warning, index) => (
              <li key={index}>
                <SafeText>{warning}</SafeText>
              </li>
            ))}
          </ul>
        )}
        <Section title={terms.tags} count={span.tags.length} open>
          <AttributeTable
            attributes={leadAttributes(span.tags, config.topTagPrefixes)}
            label={terms.tags}
            linksOf={linksAmong(span.tags, 'tags')}
          />
        </Section>
        <Section title={terms.process} count={span.process.tags.length}>
          <AttributeTable
            attributes={span.process.tags}
            label={terms.process}
            linksOf={linksAmong(span.process.tags, 'process')}
          />
        </Section>
        <Section title={terms.logs} count={span.events.length} open>
          <ol className="span-events">
            {span.events.map((event, index) => (
              <li key={index}>
                <h3 className="numbers muted">
                  {traceText.eventAt(durationText(event.timeUs - props.overview.startUs))}
                </h3>
                <AttributeTable
                  attributes={event.fields}
                  label={terms.logs}
                  linksOf={linksAmong(event.fields, 'logs')}
                />
              </li>
            ))}
          </ol>
        </Section>
        <Section title={traceText.detailReferences} count={span.references.length} open>
          <ul className="span-references">
            {span.references.map((reference, index) => (
              <li key={index}>
                <Reference {...props} reference={reference} />
              </li>
            ))}
          </ul>
        </Section>
      </div>
    </div>
  );
}

type LinksOf = (attribute: TextAttribute) => ReturnType<typeof attributeLinks>;

/** Links by pattern for the attributes of one list of the span. */
function linkFinder(
  { row, rows, overview, traceId }: SpanDetailProps,
  { linkPatterns }: UiConfig,
): (neighbours: readonly TextAttribute[], place: LinkPlace) => LinksOf {
  const trace = traceVariables(traceId, overview);
  return (neighbours, place) => {
    const lookup = attributeVariables(rows, row, neighbours, trace);
    return (attribute) => attributeLinks(linkPatterns, place, attribute, lookup);
  };
}

function DetailHead(props: SpanDetailProps & { readonly span: TimelineSpan }): ReactElement {
  const { span, row, rows, overview, traceId } = props;
  return (
    <div className="span-detail-head">
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
          <a
            className="mono"
            href={traceHref(traceId, span.spanId)}
            title={traceText.detailLink}
            onClick={followLink}
          >
            {span.spanId}
          </a>
          <CopyButton value={span.spanId} label={traceText.copyValue(traceText.detailSpanId)} />
        </Fact>
      </dl>
    </div>
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

interface SectionProps {
  readonly title: string;
  readonly count: number;
  readonly open?: boolean;
  readonly children: ReactNode;
}

/** A part that can be folded away; absent when there is nothing in it. */
function Section({ title, count, open = false, children }: SectionProps): ReactElement | null {
  if (count === 0) return null;
  return (
    <details className="span-section" open={open}>
      <summary>
        {title} <span className="muted numbers">{count}</span>
      </summary>
      {children}
    </details>
  );
}

function Reference(
  props: SpanDetailProps & { readonly reference: TimelineReference },
): ReactElement {
  const { reference, rows, traceId, dispatch } = props;
  const kind = reference.kind === 'child-of' ? traceText.childOf : traceText.followsFrom;
  const target = rows.find((row) => row.type === 'span' && row.span.spanId === reference.spanId);
  const here = reference.traceId.padStart(32, '0') === traceId.padStart(32, '0');
  if (here && target?.type === 'span') {
    return (
      <>
        <span className="muted">{kind}</span>{' '}
        <button
          type="button"
          className="span-reference-here"
          onClick={() => {
            dispatch({ type: 'reveal', index: target.index });
          }}
        >
          <SafeText>{`${target.span.process.serviceName} ${target.span.operationName}`}</SafeText>
        </button>
      </>
    );
  }
  return (
    <>
      <span className="muted">{kind}</span>{' '}
      <a
        className="mono"
        href={traceHref(reference.traceId, reference.spanId)}
        onClick={followLink}
      >
        {reference.spanId}
      </a>{' '}
      <span className="muted">{traceText.otherTrace}</span>
    </>
  );
}
