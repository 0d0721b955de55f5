import { attributeText } from './attribute-text.ts';
import type { Span } from './span.ts';

export interface SpanInTrace {
  readonly span: Span;
  /** undefined for a root, and where the parent is not in the trace. */
  readonly parent: Span | undefined;
  readonly children: readonly Span[];
  /** Other spans of the trace with its id. */
  readonly sameId: readonly Span[];
}

/** `exempt`: nothing can be said of such a span. */
export type Verdict = 'pass' | 'fail' | 'exempt';

export interface QualityCheck {
  /** As Jaeger's trace quality job names it, where it has the check. */
  readonly name: string;
  readonly category: 'Completeness' | 'Correctness' | 'Clients';
  readonly description: string;
  /** Its share in the scores. */
  readonly weight: number;
  readonly judge: (span: SpanInTrace) => Verdict;
}

/** The oldest release of each maker's clients whose tracing is stable; Jaeger's own have ended. */
export const MINIMUM_SDK_VERSION = '1.0.0';

export const QUALITY_CHECKS: readonly QualityCheck[] = [
  {
    name: 'HasClientServerSpans',
    category: 'Completeness',
    description:
      'Calls have spans on both sides: a client span has a server span below it, and a server span that was called has its client above it.',
    weight: 1,
    judge: hasBothSides,
  },
  {
    name: 'HasParentSpan',
    category: 'Completeness',
    description: 'The parent of a span is in its trace.',
    weight: 1,
    judge: hasParent,
  },
  {
    name: 'UniqueSpanId',
    category: 'Correctness',
    description:
      'No other span of the trace has the id. The two sides of a call may share theirs, as Zipkin has it.',
    weight: 1,
    judge: hasOwnId,
  },
  {
    name: 'NoClockSkew',
    category: 'Correctness',
    description: 'A span does not start before its parent.',
    weight: 1,
    judge: startsAfterParent,
  },
  {
    name: 'HasNonNegativeDuration',
    category: 'Correctness',
    description: 'A span does not end before it starts.',
    weight: 1,
    judge: endsAfterStart,
  },
  {
    name: 'MinimumClientVersion',
    category: 'Clients',
    description: `Spans are made by an OpenTelemetry SDK of at least ${MINIMUM_SDK_VERSION}. Jaeger's own clients have ended.`,
    weight: 1,
    judge: hasMinimumVersion,
  },
];

function hasBothSides({ children, parent, sameId, span }: SpanInTrace): Verdict {
  if (sameId.some((other) => isOtherSide(span, other))) return 'pass';
  if (span.kind === 'client') {
    if (children.some(({ kind }) => kind === 'server')) return 'pass';
    return isToUninstrumented(span) ? 'exempt' : 'fail';
  }
  if (span.kind !== 'server' || span.parentSpanId === '') return 'exempt';
  return parent?.kind === 'client' ? 'pass' : 'fail';
}

function hasParent({ parent, span }: SpanInTrace): Verdict {
  if (span.parentSpanId === '') return 'exempt';
  return parent === undefined ? 'fail' : 'pass';
}

function hasOwnId({ sameId, span }: SpanInTrace): Verdict {
  return sameId.every((other) => isOtherSide(span, other)) ? 'pass' : 'fail';
}

function startsAfterParent({ parent, span }: SpanInTrace): Verdict {
  if (parent === undefined) return 'exempt';
  return span.startTimeUnixNano < parent.startTimeUnixNano ? 'fail' : 'pass';
}

function endsAfterStart({ span }: SpanInTrace): Verdict {
  return span.endTimeUnixNano < span.startTimeUnixNano ? 'fail' : 'pass';
}

function isOtherSide(one: Span, other: Span): boolean {
  const kinds = [one.kind, other.kind];
  return kinds.includes('client') && kinds.includes('server');
}

/** Databases and other services make no spans. */
function isToUninstrumented({ attributes }: Span): boolean {
  return attributes.some(({ key }) => key.startsWith('db.') || key === 'peer.service');
}

function hasMinimumVersion({ span }: SpanInTrace): Verdict {
  const text = (name: string): string => {
    const found = span.resource.attributes.find(({ key }) => key === name);
    return found === undefined ? '' : attributeText(found.value);
  };
  const version = text('telemetry.sdk.version');
  if (version === '') return text('jaeger.version') === '' ? 'exempt' : 'fail';
  const major = /^v?(\d+)\./.exec(version)?.[1];
  if (major === undefined) return 'exempt';
  return Number(major) >= 1 ? 'pass' : 'fail';
}
