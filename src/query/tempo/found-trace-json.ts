import { shortTraceId } from '../../model/trace-id.ts';
import type { Attribute, AttributeValue, Span } from '../../model/span.ts';
import type { TraceSummary } from '../../model/trace-query.ts';
import { durationNano, valuesOf } from '../../model/traceql/span-values.ts';
import { subjectName } from '../../model/traceql/subject-names.ts';
import type {
  Condition,
  Spanset,
  Subject,
  TraceqlQuery,
} from '../../model/traceql/traceql-query.ts';
import { attributeJson } from '../../wire/otlp/otlp-json.ts';
import type { FoundTrace } from './find-traceql.ts';
import type { FoundSpanJson, FoundTraceJson } from './tempo-json.ts';

/** What answers show of a span: what the query asks about or selects. */
export function shownSubjects({ spanset, stages }: TraceqlQuery): readonly Subject[] {
  const subjects = [...ofSpanset(spanset)];
  for (const stage of stages) {
    if (stage.type === 'select') subjects.push(...stage.subjects);
    if (stage.type === 'filter') subjects.push(...ofCondition(stage.condition));
  }
  const texts = new Map(subjects.map((subject) => [JSON.stringify(subject), subject]));
  return [...texts.values()];
}

function ofSpanset(spanset: Spanset): readonly Subject[] {
  if (spanset.type === 'selector') return ofCondition(spanset.condition);
  return [...ofSpanset(spanset.left), ...ofSpanset(spanset.right)];
}

function ofCondition(condition: Condition): readonly Subject[] {
  return condition.type === 'comparison'
    ? [condition.subject]
    : condition.parts.flatMap(ofCondition);
}

export function foundTraceJson(
  { spans, summary }: FoundTrace,
  subjects: readonly Subject[],
  spansMax: number,
): FoundTraceJson {
  const shown = spans.slice(0, spansMax).map((span) => foundSpanJson(span, summary, subjects));
  const spanSet = { spans: shown, matched: spans.length };
  const durationMs = Number((summary.maxEndTimeNano - summary.minStartTimeNano) / 1_000_000n);
  return {
    traceID: shortTraceId(summary.traceId),
    ...(summary.rootServiceName === '' ? {} : { rootServiceName: summary.rootServiceName }),
    ...(summary.rootOperationName === '' ? {} : { rootTraceName: summary.rootOperationName }),
    ...nanos('startTimeUnixNano', summary.minStartTimeNano),
    ...(durationMs > 0 ? { durationMs } : {}),
    spanSet,
    spanSets: [spanSet],
  };
}

function foundSpanJson(
  span: Span,
  summary: TraceSummary,
  subjects: readonly Subject[],
): FoundSpanJson {
  const isNameShown = subjects.some((subject) => 'field' in subject && subject.field === 'name');
  const attributes = subjects.flatMap((subject) => shownAttribute(subject, span, summary));
  return {
    spanID: span.spanId,
    ...(isNameShown && span.name !== '' ? { name: span.name } : {}),
    ...nanos('startTimeUnixNano', span.startTimeUnixNano),
    ...nanos('durationNanos', durationNano(span)),
    ...(attributes.length === 0 ? {} : { attributes: attributes.map(attributeJson) }),
  };
}

/** Fields of the span or trace that have places of their own in the answer are no attributes. */
function shownAttribute(subject: Subject, span: Span, summary: TraceSummary): readonly Attribute[] {
  if ('trace' in subject) return [];
  if ('field' in subject && (subject.field === 'name' || subject.field === 'duration')) return [];
  const [value]: readonly AttributeValue[] = valuesOf(subject, span, summary);
  return value === undefined ? [] : [{ key: subjectName(subject), value }];
}

function nanos<const K extends string>(key: K, value: bigint): Partial<Record<K, string>> {
  const fields: Partial<Record<K, string>> = {};
  if (value !== 0n) fields[key] = String(value);
  return fields;
}
