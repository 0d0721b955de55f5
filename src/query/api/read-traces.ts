import { RepeatedSpans, TracePlanner } from '../../model/adjust-trace.ts';
import type { TracePlan } from '../../model/adjust-trace.ts';
import { doInTurns } from '../../model/in-turns.ts';
import type { TraceChunk, TraceOutline } from '../../storage/storage.ts';
import { scanSpans } from '../../wire/otlp/scan-spans.ts';
import type { SpanScan } from '../../wire/span-scan.ts';
import { LimitError } from './limit-error.ts';
import type { QueryLimits } from './endpoint.ts';
import type { Pace } from './pace.ts';
import { compareRepeats, planChunk } from './plan-trace.ts';
import { createSpanPiece } from './span-piece.ts';
import type { SpanPiece } from './span-piece.ts';

export interface ReadOptions {
  /** Whether to show traces as they are stored. */
  readonly raw: boolean;
  readonly limits: Pick<QueryLimits, 'maxClockSkewMs' | 'maxSpans' | 'maxTraceSize'>;
  readonly pace: Pace;
  /** The chunks of one trace once more: a large one is read twice rather than held. */
  readonly reread: (traceId: string) => AsyncIterable<TraceChunk>;
}

/** One trace on its way from storage to an answer. */
export interface TraceStream {
  readonly traceId: string;
  /** Where they are known before its pieces are read. */
  readonly spanCount?: number | undefined;
  /** Its spans, a chunk of them at a time; to be read once, before the next trace is asked for. */
  readonly pieces: AsyncIterable<SpanPiece>;
  /** About the trace as a whole, once its pieces are read. */
  readonly warnings: () => readonly string[];
}

/**
 * From so many spans on an answer begins before it is known how they are shown: that takes longer than
 * anybody likes to wait for the first byte.
 */
const LONG_SPANS = 5000;

/** Whether there is so much of a trace that its answer is to begin at once. */
export function isLong({ spanCount = 0 }: TraceStream): boolean {
  return spanCount >= LONG_SPANS;
}

/** Bytes of one trace that are held between planning and adjusting it. */
const HELD_BYTES_MAX = 8 * 2 ** 20;

/**
 * Traces one after the other as their chunks arrive, each cut to the size limit and, unless raw,
 * adjusted. However large a trace is, only a few of its chunks are in memory.
 */
export async function* readTraces(
  chunks: AsyncIterable<TraceChunk>,
  options: ReadOptions,
): AsyncGenerator<TraceStream> {
  const source = peekable(chunks);
  const total = { spans: 0 };
  try {
    for (let next = await source.peek(); next !== undefined; next = await source.peek()) {
      const { outline, traceId } = next;
      yield streamOf(
        { traceId, outline, chunks: chunksOf(source, traceId) },
        { ...options, total },
      );
      // What nobody wanted of it.
      while ((await source.peek())?.traceId === traceId) await source.take();
    }
  } finally {
    await source.close();
  }
}

interface PeekableChunks {
  peek(): Promise<TraceChunk | undefined>;
  take(): Promise<TraceChunk | undefined>;
  close(): Promise<void>;
}

function peekable(chunks: AsyncIterable<TraceChunk>): PeekableChunks {
  const iterator = chunks[Symbol.asyncIterator]();
  let ahead: TraceChunk | undefined;
  const peek = async (): Promise<TraceChunk | undefined> => {
    if (ahead !== undefined) return ahead;
    const next = await iterator.next();
    if (next.done !== true) ahead = next.value;
    return ahead;
  };
  return {
    peek,
    take: async () => {
      const taken = await peek();
      ahead = undefined;
      return taken;
    },
    close: async () => {
      await iterator.return?.();
    },
  };
}

async function* chunksOf(source: PeekableChunks, traceId: string): AsyncGenerator<TraceChunk> {
  while ((await source.peek())?.traceId === traceId) {
    const chunk = await source.take();
    if (chunk !== undefined) yield chunk;
  }
}

type StreamOptions = ReadOptions & { readonly total: { spans: number } };

interface StoredTrace {
  readonly traceId: string;
  readonly outline: TraceOutline | undefined;
  readonly chunks: AsyncIterable<TraceChunk>;
}

/** @throws LimitError for more spans than one request may read */
function streamOf(trace: StoredTrace, options: StreamOptions): TraceStream {
  const { limits, total } = options;
  const { maxTraceSize } = limits;
  const known = trace.outline?.spanCount;
  let spanCount = 0;
  const count = (spans: number): void => {
    spanCount += spans;
    total.spans += spans;
    if (total.spans > limits.maxSpans) throw tooManySpans(limits.maxSpans);
  };
  if (known !== undefined) count(known);
  const warnings = (): readonly string[] =>
    spanCount > maxTraceSize
      ? [`trace has more than ${maxTraceSize} spans, showing first ${maxTraceSize} spans only`]
      : [];
  const pieces = async function* (): AsyncGenerator<SpanPiece> {
    const counting = known === undefined ? count : (): void => undefined;
    const planned =
      (await planOutline(trace, options)) ??
      (await planChunks(scanChunks(trace.chunks, options.pace, counting), options));
    const again = planned.chunks ?? options.reread(trace.traceId);
    // Jaeger's warning of a cut is on the first span; the one on the trace is for our own UI.
    yield* shown(again, planned, { pace: options.pace, warnings: warnings() });
  };
  return { traceId: trace.traceId, spanCount: known, pieces: pieces(), warnings };
}

interface ScannedChunk extends TraceChunk {
  readonly scan: SpanScan;
}

async function* scanChunks(
  chunks: AsyncIterable<TraceChunk>,
  pace: Pace,
  onSpans: (count: number) => void,
): AsyncGenerator<ScannedChunk> {
  for await (const chunk of chunks) {
    await pace();
    const scan = chunk.scan ?? scanSpans(chunk.otlp);
    onSpans(scan.count);
    yield { ...chunk, scan };
  }
}

function tooManySpans(max: number): LimitError {
  const limit = 'query.max-spans';
  return new LimitError(
    413,
    limit,
    `these are more than ${max} spans (${limit}); narrow the time range or lower the limit`,
  );
}

interface PlannedTrace {
  /** undefined when nothing is to be adjusted. */
  readonly plan: TracePlan | undefined;
  readonly spanCount: number;
  /** What is still to be read, or held; undefined for a trace that is to be read once more. */
  readonly chunks: AsyncIterable<TraceChunk> | Iterable<TraceChunk> | undefined;
}

/**
 * Plans a trace without its chunks, which are read once then; undefined where more has to be known
 * than an outline tells.
 */
async function planOutline(
  { chunks, outline }: StoredTrace,
  { limits, pace, raw }: StreamOptions,
): Promise<PlannedTrace | undefined> {
  if (outline === undefined) return undefined;
  const spanCount = Math.min(outline.spanCount, limits.maxTraceSize);
  if (raw) return { plan: undefined, spanCount, chunks };
  const planner = new TracePlanner();
  for (const spans of outline.spans()) {
    if (spans.mayDescribeSdk) return undefined;
    planner.add({ ...spans, count: Math.min(spans.count, spanCount - planner.spanCount) });
    if (planner.spanCount === spanCount) break;
    await pace();
  }
  const repeats = await doInTurns(planner.repeatedRows(), pace);
  if (repeats.size > 0) return undefined;
  return { plan: await doInTurns(planner.finish(repeats, limits), pace), spanCount, chunks };
}

async function planChunks(
  chunks: AsyncIterable<ScannedChunk>,
  { limits, pace, raw, reread }: StreamOptions,
): Promise<PlannedTrace> {
  const planner = new TracePlanner();
  let held: TraceChunk[] | undefined = [];
  let heldBytes = 0;
  let traceId = '';
  let spanCount = 0;
  for await (const chunk of chunks) {
    traceId = chunk.traceId;
    spanCount = Math.min(spanCount + chunk.scan.count, limits.maxTraceSize);
    if (!raw) planChunk(planner, chunk, limits.maxTraceSize);
    heldBytes += chunk.otlp.length;
    if (heldBytes > HELD_BYTES_MAX) held = undefined;
    held?.push(chunk);
  }
  if (raw) return { plan: undefined, spanCount, chunks: held };
  const again = (): AsyncIterable<TraceChunk> | Iterable<TraceChunk> => held ?? reread(traceId);
  const suspects = await doInTurns(planner.repeatedRows(), pace);
  const repeats = await findRepeats(suspects, again, pace);
  const plan = await doInTurns(planner.finish(repeats, limits), pace);
  return { plan, spanCount, chunks: held };
}

async function findRepeats(
  suspects: ReadonlySet<number>,
  again: () => AsyncIterable<TraceChunk> | Iterable<TraceChunk>,
  pace: Pace,
): Promise<ReadonlySet<number>> {
  if (suspects.size === 0) return suspects;
  const found = new RepeatedSpans();
  let firstRow = 0;
  for await (const { otlp } of again()) {
    await pace();
    firstRow = compareRepeats(found, otlp, { firstRow, suspects });
  }
  return found.rows;
}

/** Spans that came after the trace was planned are for the next one who asks. */
async function* shown(
  chunks: AsyncIterable<TraceChunk> | Iterable<TraceChunk>,
  { plan, spanCount }: PlannedTrace,
  { pace, warnings }: { readonly pace: Pace; readonly warnings: readonly string[] },
): AsyncGenerator<SpanPiece> {
  let firstRow = 0;
  let isWarned = false;
  for await (const { otlp, scan = scanSpans(otlp) } of chunks) {
    await pace();
    const count = Math.min(scan.count, spanCount - firstRow);
    const own = isWarned ? [] : warnings;
    const piece = createSpanPiece(otlp, { scan, count, plan, firstRow, warnings: own });
    if (!piece.isEmpty) {
      yield piece;
      isWarned = true;
    }
    firstRow += count;
    if (firstRow === spanCount) return;
  }
}
