import { Buffer, isUtf8 } from 'node:buffer';
import { ProtobufReader } from '../wire/protobuf/reader.ts';
import { ProtobufWriter } from '../wire/protobuf/writer.ts';
import { warningsAttribute } from '../wire/otlp/encode-trace.ts';
import { encodeKeyValue } from '../wire/otlp/encode-value.ts';
import { repairResourceText, repairScopeText, repairSpanText } from '../wire/otlp/repair-text.ts';
import { setResourceAttribute } from '../wire/otlp/resource-attributes.ts';
import { rewriteSpans } from '../wire/otlp/rewrite-spans.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import { TextCheck } from '../wire/otlp/text-check.ts';
import type { SpanScan } from '../wire/span-scan.ts';
import type { LossReason, SpanBatch, SpanLoss } from '../wire/span-batch.ts';
import { givenServiceName } from './given-service-name.ts';
import type { Sink } from './sink.ts';

/** The name Jaeger gives to a span that has none. */
const EMPTY_SPAN_NAME = 'empty-span-name';

const SPAN_NAME_FIELD = 5;
const SPAN_END_FIELD = 8;
const SPAN_ATTRIBUTES_FIELD = 9;

/** The last second that a signed 64-bit number has whole: every storage counts time in one. */
const TIME_LIMIT = '2262-04-11T23:47:16Z';
const TIME_LIMIT_NANO = Date.parse(TIME_LIMIT) * 1e6;
const DAY_MS = 86_400_000;
/** Jaeger v2's minimum. */
const DURATION_MIN_NANO = 1n;
const SHOWN_NAME_MAX = 80;

/** Edits a batch with text that is not UTF-8, while its keys are what the sender wrote. */
export type BeforeRepair = (batch: SpanBatch) => SpanBatch;

/** The spans worth keeping, and what the sender is told about the others. */
export interface Sanitized {
  readonly batch: SpanBatch;
  readonly refused: readonly SpanLoss[];
}

/** A stage that sanitizes what it passes on. */
export function sanitizing(next: Sink, beforeRepair: BeforeRepair): Sink {
  return async (batch, signal) => {
    const sanitized = sanitize(batch, beforeRepair);
    if (sanitized.refused.length === 0) return next(sanitized.batch, signal);
    if (sanitized.batch.scan.count === 0) {
      return { accepted: 0, refused: sanitized.refused, dropped: [] };
    }
    const result = await next(sanitized.batch, signal);
    return { ...result, refused: [...sanitized.refused, ...result.refused] };
  };
}

/**
 * Refuses spans without a valid id or with a time no storage can hold; names what has no name;
 * turns text that is not UTF-8 into something that is; mends times that contradict each other and
 * says so in a warning of the span. A batch with nothing wrong is returned as it is, for the price of
 * a look at its scan and at its text.
 */
export function sanitize(batch: SpanBatch, beforeRepair?: BeforeRepair): Sanitized {
  const { otlp, scan } = batch;
  const text = new TextCheck(otlp);
  const spans = examineSpans(batch, text);
  const resources = mendedResources(batch, text);
  const scopes = mendedScopes(batch, text);
  const changes = spans.refusals.size + spans.suffixes.size + spans.badTexts.size;
  if (changes + resources.size + scopes.size === 0) return { batch, refused: [] };
  const edited = beforeRepair?.(batch) ?? batch;
  if (edited !== batch) return sanitize(edited);
  const rewritten = rewriteSpans(otlp, scan, {
    keepSpan: (row) => !spans.refusals.has(row),
    span: (row) =>
      spans.badTexts.has(row)
        ? repairSpanText(otlp.subarray(scan.spanStarts[row], scan.spanEnds[row]))
        : undefined,
    spanSuffix: (row) => spans.suffixes.get(row),
    resource: (row) => resources.get(row),
    scope: (row) => scopes.get(row),
    keepSchemaUrl: isUtf8,
  });
  return {
    batch: { ...batch, otlp: rewritten, scan: scanSpans(rewritten) },
    refused: summarize(batch, spans.refusals),
  };
}

interface Examined {
  readonly refusals: ReadonlyMap<number, Refusal>;
  readonly suffixes: ReadonlyMap<number, Uint8Array>;
  readonly badTexts: ReadonlySet<number>;
}

function examineSpans(batch: SpanBatch, text: TextCheck): Examined {
  const { scan } = batch;
  const futureNano = (batch.receivedAtMs + DAY_MS) * 1e6;
  const refusals = new Map<number, Refusal>();
  const suffixes = new Map<number, Uint8Array>();
  const badTexts = new Set<number>();
  const { buffer, byteOffset } = scan.startTimesUnixNano;
  const startWords = new Uint32Array(buffer, byteOffset, 2 * scan.count);
  for (let row = 0; row < scan.count; row += 1) {
    const isText =
      scan.asciiTexts[row] === 1 ||
      text.isValidSpan(scan.spanStarts[row] ?? 0, scan.spanEnds[row] ?? 0);
    if (!isText) badTexts.add(row);
    // Halves of the number, so that no bigint is made; 256 ns off at most, and finite.
    const start = (startWords[2 * row + 1] ?? 0) * 2 ** 32 + (startWords[2 * row] ?? 0);
    if (isOrdinary(scan, row) && isOrdinaryTime(start, scan.durationsNano[row] ?? 0, futureNano)) {
      continue;
    }
    const refusal = refusalOf(batch, row);
    if (refusal !== undefined) refusals.set(row, refusal);
    else suffixes.set(row, repairOf(batch, row, futureNano));
  }
  return { refusals, suffixes, badTexts };
}

function isOrdinary(scan: SpanScan, row: number): boolean {
  return (
    hasTraceId(scan, row) && hasSpanId(scan, row) && scan.nameStarts[row] !== scan.nameEnds[row]
  );
}

function isOrdinaryTime(start: number, duration: number, futureNano: number): boolean {
  return start > 0 && start <= futureNano && duration >= 0 && start + duration < TIME_LIMIT_NANO;
}

function hasTraceId({ traceIds }: SpanScan, row: number): boolean {
  const at = 4 * row;
  return (
    ((traceIds[at] ?? 0) |
      (traceIds[at + 1] ?? 0) |
      (traceIds[at + 2] ?? 0) |
      (traceIds[at + 3] ?? 0)) !==
    0
  );
}

function hasSpanId({ spanIds }: SpanScan, row: number): boolean {
  return ((spanIds[2 * row] ?? 0) | (spanIds[2 * row + 1] ?? 0)) !== 0;
}

interface Refusal {
  readonly reason: LossReason;
  readonly why: string;
}

function refusalOf({ otlp, scan, format }: SpanBatch, row: number): Refusal | undefined {
  const span = otlp.subarray(scan.spanStarts[row], scan.spanEnds[row]);
  const zero = format === 'otlp' ? 'is zero' : ZERO_OR_MISSING;
  if (!hasTraceId(scan, row)) {
    const problem = idProblem(idIn(span, 1), 16) ?? zero;
    return { reason: 'invalid_trace_id', why: `the trace id ${problem}` };
  }
  if (!hasSpanId(scan, row)) {
    const id = idIn(span, 2);
    const problem = idProblem(id, 8) ?? (id.some((byte) => byte !== 0) ? undefined : zero);
    if (problem !== undefined) return { reason: 'invalid_span_id', why: `the span id ${problem}` };
    const ofParent = idProblem(idIn(span, 4), 8) ?? zero;
    return { reason: 'invalid_parent_span_id', why: `the parent span id ${ofParent}` };
  }
  const start = Number(scan.startTimesUnixNano[row]);
  if (Math.max(start, start + (scan.durationsNano[row] ?? 0)) >= TIME_LIMIT_NANO) {
    return { reason: 'invalid_time', why: `a time is before 1970 or from ${TIME_LIMIT} on` };
  }
  return undefined;
}

/** Other formats are OTLP here already, in which an id that was not given has become one of zeros. */
const ZERO_OR_MISSING = 'is missing or zero';
const NO_ID: Uint8Array = new Uint8Array(0);

/** The id that counts of those in a field: the last. */
function idIn(span: Uint8Array, field: number): Uint8Array {
  const reader = new ProtobufReader(span);
  let id = NO_ID;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === field) id = reader.bytes();
    else reader.skip(tag);
  }
  return id;
}

/** What is wrong with the length of an id. */
function idProblem({ length }: Uint8Array, size: number): string | undefined {
  if (length === size) return undefined;
  return length === 0
    ? 'is missing'
    : `has ${length === 1 ? 'a byte' : `${length} bytes`}, not ${size}`;
}

/** The fields that mend a span, to be appended to it. */
function repairOf({ scan }: SpanBatch, row: number, futureNano: number): Uint8Array {
  const writer = new ProtobufWriter(256);
  const warnings: string[] = [];
  if (scan.nameStarts[row] === scan.nameEnds[row]) writer.string(SPAN_NAME_FIELD, EMPTY_SPAN_NAME);
  const start = scan.startTimesUnixNano[row] ?? 0n;
  const duration = scan.durationsNano[row] ?? 0;
  if (start === 0n) warnings.push('the span has no start time');
  if (Number(start) > futureNano) {
    warnings.push('the span starts more than a day after it was received');
  }
  if (duration < 0) {
    writer.fixed64(SPAN_END_FIELD, start + DURATION_MIN_NANO);
    const what =
      Number(start) + duration <= 0
        ? 'has no end time'
        : `ended ${-duration / 1e6} ms before it started`;
    warnings.push(`the span ${what}; it is shown with the least duration`);
  }
  if (warnings.length > 0) {
    encodeKeyValue(writer, SPAN_ATTRIBUTES_FIELD, warningsAttribute(warnings));
  }
  return writer.finish();
}

function mendedResources(
  { otlp, scan }: SpanBatch,
  text: TextCheck,
): ReadonlyMap<number, Uint8Array> {
  const { resources } = scan;
  const mended = new Map<number, Uint8Array>();
  for (let row = 0; row < resources.count; row += 1) {
    const start = resources.starts[row] ?? 0;
    const end = resources.ends[row] ?? 0;
    const urlStart = resources.schemaUrlStarts[row] ?? 0;
    const urlEnd = resources.schemaUrlEnds[row] ?? 0;
    const isValid = text.isValidResource(start, end) && text.isValidText(urlStart, urlEnd);
    const isNamed = resources.serviceNameStarts[row] !== resources.serviceNameEnds[row];
    if (isValid && isNamed) continue;
    const url = otlp.subarray(urlStart, urlEnd);
    const own = otlp.subarray(start, end);
    const resource = isValid ? own : repairResourceText(own, url);
    mended.set(row, isNamed ? resource : named(resource));
  }
  return mended;
}

function mendedScopes(
  { otlp, scan: { scopes } }: SpanBatch,
  text: TextCheck,
): ReadonlyMap<number, Uint8Array> {
  const mended = new Map<number, Uint8Array>();
  for (let row = 0; row < scopes.count; row += 1) {
    const start = scopes.starts[row] ?? 0;
    const end = scopes.ends[row] ?? 0;
    const urlStart = scopes.schemaUrlStarts[row] ?? 0;
    const urlEnd = scopes.schemaUrlEnds[row] ?? 0;
    if (text.isValidScope(start, end) && text.isValidText(urlStart, urlEnd)) continue;
    mended.set(row, repairScopeText(otlp.subarray(start, end), otlp.subarray(urlStart, urlEnd)));
  }
  return mended;
}

function named(resource: Uint8Array): Uint8Array {
  const value = { type: 'string' as const, value: givenServiceName(resource) };
  return setResourceAttribute(resource, { key: 'service.name', value });
}

/** One loss a reason, with the first span of it as the example. */
function summarize(
  { otlp, scan }: SpanBatch,
  refusals: ReadonlyMap<number, Refusal>,
): readonly SpanLoss[] {
  const losses = new Map<LossReason, { count: number; example: string }>();
  for (const [row, { reason, why }] of refusals) {
    const loss = losses.get(reason);
    if (loss !== undefined) {
      loss.count += 1;
      continue;
    }
    const end = Math.min(scan.nameEnds[row] ?? 0, (scan.nameStarts[row] ?? 0) + SHOWN_NAME_MAX);
    const name = Buffer.from(otlp.subarray(scan.nameStarts[row], end)).toString('utf8');
    losses.set(reason, { count: 1, example: `span ${row} ${JSON.stringify(name)}: ${why}` });
  }
  return [...losses].map(([reason, { count, example }]) => ({
    reason,
    count,
    message: count === 1 ? example : `${example} (and ${count - 1} more for the same reason)`,
  }));
}
