import { Buffer } from 'node:buffer';
import { doInTurns } from '../../model/in-turns.ts';
import type { InTurns } from '../../model/in-turns.ts';
import { areDistinctIds } from '../../model/span-id-index.ts';
import type { TraceSummary } from '../../model/trace-query.ts';
import { summarizeTrace } from '../../model/trace-summary.ts';
import { decodeSpans } from '../../wire/otlp/decode-trace.ts';
import { encodeSpans } from '../../wire/otlp/encode-trace.ts';
import { scanSpans } from '../../wire/otlp/scan-spans.ts';
import type { TimeSlice } from '../held-spans/time-slice.ts';
import type { OutlinedSpans, TraceChunk, TraceOutline } from '../storage.ts';
import type { Block, BlockSpan } from './block/block.ts';
import { openBlock } from './block/block.ts';
import { createBlockBuilder } from './block/block-builder.ts';
import { memoryBlockFile } from './block/block-file.ts';
import { PageCache } from './block/page-cache.ts';
import { traceKey } from './block/trace-rows.ts';
import type { TraceKey } from './block/trace-rows.ts';
import type { TraceSource } from './trace-source.ts';

/** All spans of a trace, of whatever sources, each once, up to `spansMax`. */
export async function* readWholeTrace(
  sources: readonly TraceSource[],
  traceId: string,
  { spansMax, slice }: { readonly spansMax: number; readonly slice: TimeSlice },
): AsyncGenerator<TraceChunk> {
  const holders = holdersOf(sources, traceId);
  // Repeats may be among them: twice as many are enough to show as many as may be shown.
  const enough = 2 * spansMax;
  const turn = async (): Promise<void> => {
    if (slice.isOver()) await slice.rest();
  };
  const areDistinct =
    holders.length < 2 || (await doInTurns(haveDistinctIds(holders, traceId, enough), turn));
  let first = areDistinct ? outlineOf(holders, traceId, spansMax) : {};
  let left = spansMax;
  for (const otlp of areDistinct ? chunks(holders, traceId) : joined(holders, traceId, enough)) {
    const scan = scanSpans(otlp);
    const { count } = scan;
    if (count > left) {
      if (left > 0) yield { traceId, otlp: cutChunk(otlp, left, spansMax) };
      return;
    }
    left -= count;
    yield { traceId, otlp, scan, ...first };
    first = {};
    await turn();
  }
}

/** The sources that may have spans of a trace. */
export function holdersOf<T extends TraceSource>(
  sources: readonly T[],
  traceId: string,
): readonly T[] {
  const key = traceKey(traceId);
  return sources.filter((source) => source.mayHave(key));
}

/**
 * With more spans in several places they are added up as they are: a span that is in two of them
 * counts twice, and one whose parent is in another one as an orphan.
 */
const JOINED_SPANS_MAX = 200_000;

/** Sums up all spans of a trace; undefined when there are none. */
export function summarizeWholeTrace(
  sources: readonly TraceSource[],
  traceId: string,
): TraceSummary | undefined {
  const key = traceKey(traceId);
  const holders = sources.filter((source) => source.mayHave(key));
  const parts = holders.flatMap((source) => source.summarize(key) ?? []);
  const [first, ...others] = parts;
  if (first === undefined || others.length === 0) return first;
  const spanCount = parts.reduce((sum, part) => sum + part.spanCount, 0);
  if (spanCount > JOINED_SPANS_MAX) return others.reduce(addSummary, first);
  return summarizeTrace(traceId, spansOfWholeTrace(holders, traceId));
}

/** The root is that of the part that begins first. */
function addSummary(sum: TraceSummary, part: TraceSummary): TraceSummary {
  const [earlier, later] = part.minStartTimeNano < sum.minStartTimeNano ? [part, sum] : [sum, part];
  const services = new Map(sum.services.map((service) => [service.name, service]));
  for (const { name, spanCount, errorSpanCount } of part.services) {
    const known = services.get(name);
    services.set(name, {
      name,
      spanCount: spanCount + (known?.spanCount ?? 0),
      errorSpanCount: errorSpanCount + (known?.errorSpanCount ?? 0),
    });
  }
  return {
    ...earlier,
    maxEndTimeNano:
      later.maxEndTimeNano > earlier.maxEndTimeNano ? later.maxEndTimeNano : earlier.maxEndTimeNano,
    spanCount: sum.spanCount + part.spanCount,
    errorSpanCount: sum.errorSpanCount + part.errorSpanCount,
    orphanSpanCount: sum.orphanSpanCount + part.orphanSpanCount,
    services: [...services.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
  };
}

/** A trace, and the sources that may have spans of it. */
export interface SharedTrace {
  readonly sources: readonly TraceSource[];
  readonly traceId: string;
}

/** All spans of some traces, each once. For one by one a block takes longer than its trace. */
export function blockOfTraces(traces: Iterable<SharedTrace>): Block {
  return blockOf(chunksOfTraces(traces));
}

function* chunksOfTraces(traces: Iterable<SharedTrace>): Generator<Uint8Array> {
  for (const { sources, traceId } of traces) yield* chunks(sources, traceId);
}

/** The spans of a trace by start, then as they came. */
function spansOfWholeTrace(sources: readonly TraceSource[], traceId: string): readonly BlockSpan[] {
  const parts = holdersOf(sources, traceId)
    .map((source) => source.summarySpans(traceId))
    .filter(({ length }) => length > 0);
  if (parts.length < 2) return parts[0] ?? [];
  const all = parts.flat();
  if (new Set(all.map(({ spanId }) => spanId)).size === all.length) return byStart(all);
  const block = blockOf(chunks(sources, traceId));
  return block.summarySpans(traceId);
}

/** To the precision of the order of blocks. Keeps the order of equals. */
function byStart(spans: BlockSpan[]): readonly BlockSpan[] {
  const starts = new Map(spans.map((span) => [span, Number(span.startTimeUnixNano)]));
  return spans.sort((a, b) => (starts.get(a) ?? 0) - (starts.get(b) ?? 0));
}

function* chunks(sources: readonly TraceSource[], traceId: string): Generator<Uint8Array> {
  for (const source of sources) yield* source.readTrace(traceId);
}

/** Of sources no two of which have the same span; nothing for a trace that is going to be cut. */
function outlineOf(
  sources: readonly TraceSource[],
  traceId: string,
  spansMax: number,
): Pick<TraceChunk, 'outline'> {
  const key = traceKey(traceId);
  const parts = sources.map((source) => source.outline(key));
  const spanCount = parts.reduce((sum, part) => sum + part.spanCount, 0);
  if (spanCount > spansMax) return {};
  return { outline: { spanCount, spans: () => spansOf(parts) } };
}

function* spansOf(parts: readonly TraceOutline[]): Generator<OutlinedSpans> {
  for (const part of parts) yield* part.spans();
}

/** The chunks of several sources, each span once, up to about `enough`. */
function* joined(
  sources: readonly TraceSource[],
  traceId: string,
  enough: number,
): Generator<Uint8Array> {
  const all: Uint8Array[] = [];
  let spans = 0;
  for (const otlp of chunks(sources, traceId)) {
    all.push(otlp);
    spans += scanSpans(otlp).count;
    if (spans > enough) break;
  }
  yield* blockOf(all).readTrace(traceId);
}

function* spanIdParts(sources: readonly TraceSource[], key: TraceKey): Generator<Uint32Array> {
  for (const source of sources) yield* source.spanIds(key);
}

/** Whether no two spans have the same id, of the first ones when there are more than `enough`. */
function* haveDistinctIds(
  sources: readonly TraceSource[],
  traceId: string,
  enough: number,
): InTurns<boolean> {
  const key = traceKey(traceId);
  const parts: Uint32Array[] = [];
  let words = 0;
  for (const part of spanIdParts(sources, key)) {
    parts.push(part);
    words += part.length;
    if (words > 2 * enough) break;
    yield;
  }
  const ids = new Uint32Array(words);
  let at = 0;
  for (const part of parts) {
    ids.set(part, at);
    at += part.length;
  }
  return yield* areDistinctIds(ids);
}

/**
 * Some spans as a block in memory: a block keeps the order of attributes no more than the one the
 * span may have come from, so only there is the same span seen to be the same.
 */
function blockOf(messages: Iterable<Uint8Array>): Block {
  const builder = createBlockBuilder({ spansExpected: 256 });
  for (const otlp of messages) builder.add(otlp, scanSpans(otlp));
  const { bytes } = builder.finish(1);
  return openBlock(memoryBlockFile(Buffer.from(bytes)), new PageCache(Number.MAX_SAFE_INTEGER));
}

/** The first spans of a chunk, the last of them with a warning that there are more. */
function cutChunk(otlp: Uint8Array, count: number, spansMax: number): Uint8Array {
  const spans = decodeSpans(otlp).slice(0, count);
  const warning = `the trace has more than ${spansMax} spans; the others are not shown`;
  return encodeSpans(
    spans.map((span, index) =>
      index === count - 1 ? { ...span, warnings: [...span.warnings, warning] } : span,
    ),
  );
}
