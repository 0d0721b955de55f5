import { Buffer } from 'node:buffer';
import { ProtobufReader } from '../wire/protobuf/reader.ts';
import { ProtobufWriter } from '../wire/protobuf/writer.ts';
import { warningsAttribute } from '../wire/otlp/encode-trace.ts';
import { encodeKeyValue } from '../wire/otlp/encode-value.ts';
import { resourceAttributes, setResourceAttribute } from '../wire/otlp/resource-attributes.ts';
import { rewriteSpans } from '../wire/otlp/rewrite-spans.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import type { SpanScan } from '../wire/span-scan.ts';
import type { LossReason, SpanBatch, SpanLoss } from '../wire/span-batch.ts';
import type { Sink } from './sink.ts';

/** The names Jaeger gives to what has none. */
const MISSING_SERVICE_NAME = 'missing-service-name';
const EMPTY_SERVICE_NAME = 'empty-service-name';
const SERVICE_NAME_WRONG_TYPE = 'service-name-wrong-type';
const EMPTY_SPAN_NAME = 'empty-span-name';

const SPAN_NAME_FIELD = 5;
const SPAN_END_FIELD = 8;
const SPAN_ATTRIBUTES_FIELD = 9;

/** Times from here on do not fit a signed 64-bit number, which every storage counts time in. */
const TIME_LIMIT_NANO = 2 ** 63;
const DAY_MS = 86_400_000;
const SHOWN_NAME_MAX = 80;

/** The spans worth keeping, and what the sender is told about the others. */
export interface Sanitized {
  readonly batch: SpanBatch;
  readonly refused: readonly SpanLoss[];
}

/** A stage that sanitizes what it passes on. */
export function sanitizing(next: Sink): Sink {
  return async (batch, signal) => {
    const sanitized = sanitize(batch);
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
 * mends times that contradict each other and says so in a warning of the span. A batch with nothing
 * wrong is returned as it is, for the price of a look at its scan.
 */
export function sanitize(batch: SpanBatch): Sanitized {
  const { scan, otlp } = batch;
  const futureNano = (batch.receivedAtMs + DAY_MS) * 1e6;
  const refusals = new Map<number, Refusal>();
  const suffixes = new Map<number, Uint8Array>();
  const { buffer, byteOffset } = scan.startTimesUnixNano;
  const startWords = new Uint32Array(buffer, byteOffset, 2 * scan.count);
  for (let row = 0; row < scan.count; row += 1) {
    // Halves of the number, so that no bigint is made; 256 ns off at most, and finite.
    const start = (startWords[2 * row + 1] ?? 0) * 2 ** 32 + (startWords[2 * row] ?? 0);
    if (isOrdinary(scan, row) && isOrdinaryTime(start, scan.durationsNano[row] ?? 0, futureNano)) {
      continue;
    }
    const refusal = refusalOf(batch, row);
    if (refusal !== undefined) refusals.set(row, refusal);
    else suffixes.set(row, repairOf(batch, row, futureNano));
  }
  const resources = renamedResources(batch);
  if (refusals.size + suffixes.size + resources.size === 0) return { batch, refused: [] };
  const rewritten = rewriteSpans(otlp, scan, {
    keepSpan: (row) => !refusals.has(row),
    spanSuffix: (row) => suffixes.get(row),
    resource: (row) => resources.get(row),
  });
  return {
    batch: { ...batch, otlp: rewritten, scan: scanSpans(rewritten) },
    refused: summarize(batch, refusals),
  };
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

function refusalOf({ otlp, scan }: SpanBatch, row: number): Refusal | undefined {
  const span = otlp.subarray(scan.spanStarts[row], scan.spanEnds[row]);
  if (!hasTraceId(scan, row)) {
    return { reason: 'invalid_trace_id', why: idProblem(span, 1, 16) ?? 'the trace id is zero' };
  }
  if (!hasSpanId(scan, row)) {
    const why = idProblem(span, 2, 8) ?? idProblem(span, 4, 8) ?? 'the span id is zero';
    return { reason: 'invalid_span_id', why };
  }
  const start = Number(scan.startTimesUnixNano[row]);
  if (Math.max(start, start + (scan.durationsNano[row] ?? 0)) >= TIME_LIMIT_NANO) {
    return { reason: 'invalid_time', why: 'a time is past the year 2262' };
  }
  return undefined;
}

const ID_NAMES = new Map([
  [1, 'trace id'],
  [2, 'span id'],
  [4, 'parent span id'],
]);

/** A sentence when the last id in that field has a wrong length. */
function idProblem(span: Uint8Array, field: number, size: number): string | undefined {
  const reader = new ProtobufReader(span);
  let length = field === 4 ? size : 0;
  while (reader.hasMore()) {
    const tag = reader.tag();
    if (tag >>> 3 === field) length = reader.bytes().length;
    else reader.skip(tag);
  }
  if (length === size || (field === 4 && length === 0)) return undefined;
  return `the ${ID_NAMES.get(field) ?? 'id'} has ${length} bytes, not ${size}`;
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
    writer.fixed64(SPAN_END_FIELD, start);
    const text =
      Number(start) + duration <= 0
        ? 'the span has no end time; it is shown with no duration'
        : `the span ended ${-duration / 1e6} ms before it started; it is shown with no duration`;
    warnings.push(text);
  }
  if (warnings.length > 0) {
    encodeKeyValue(writer, SPAN_ATTRIBUTES_FIELD, warningsAttribute(warnings));
  }
  return writer.finish();
}

function renamedResources({ otlp, scan }: SpanBatch): ReadonlyMap<number, Uint8Array> {
  const { resources } = scan;
  const renamed = new Map<number, Uint8Array>();
  for (let row = 0; row < resources.count; row += 1) {
    if (resources.serviceNameStarts[row] !== resources.serviceNameEnds[row]) continue;
    const resource = otlp.subarray(resources.starts[row], resources.ends[row]);
    const value = { type: 'string' as const, value: nameForNameless(resource) };
    renamed.set(row, setResourceAttribute(resource, { key: 'service.name', value }));
  }
  return renamed;
}

function nameForNameless(resource: Uint8Array): string {
  const given = resourceAttributes(resource).find(({ key }) => key === 'service.name');
  if (given === undefined) return MISSING_SERVICE_NAME;
  return given.value.type === 'string' ? EMPTY_SERVICE_NAME : SERVICE_NAME_WRONG_TYPE;
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
