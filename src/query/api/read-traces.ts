import { RepeatedSpans, TracePlanner } from '../../model/adjust-trace.ts';
import type { TracePlan } from '../../model/adjust-trace.ts';
import type { TraceChunk } from '../../storage/storage.ts';
import { scanSpans } from '../../wire/otlp/scan-spans.ts';
import type { SpanScan } from '../../wire/span-scan.ts';
import { ApiError } from './endpoint.ts';
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
  /** Its spans, a chunk of them at a time; to be read once, before the next trace is asked for. */
  readonly pieces: AsyncIterable<SpanPiece>;
  /** About the trace as a whole, once its pieces are read. */
  readonly warnings: () => readonly string[];
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
      const { traceId } = next;
      yield streamOf(traceId, chunksOf(source, traceId), { ...options, total });
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

function streamOf(
  traceId: string,
  chunks: AsyncIterable<TraceChunk>,
  options: StreamOptions,
): TraceStream {
  const { maxTraceSize } = options.limits;
  let spanCount = 0;
  const warnings = (): readonly string[] =>
    spanCount > maxTraceSize
      ? [`trace has more than ${maxTraceSize} spans, showing first ${maxTraceSize} spans only`]
      : [];
  const scanned = scanChunks(chunks, options, (spans) => {
    spanCount += spans;
  });
  const pieces = async function* (): AsyncGenerator<SpanPiece> {
    const planned = await planTrace(scanned, options);
    const again = planned.held ?? options.reread(traceId);
    // Jaeger's warning of a cut is on the first span; the one on the trace is for our own UI.
    yield* shown(again, planned, { pace: options.pace, warnings: warnings() });
  };
  return { traceId, pieces: pieces(), warnings };
}

interface ScannedChunk extends TraceChunk {
  readonly scan: SpanScan;
}

/** @throws ApiError for more spans than one request may read */
async function* scanChunks(
  chunks: AsyncIterable<TraceChunk>,
  { limits, pace, total }: StreamOptions,
  onSpans: (count: number) => void,
): AsyncGenerator<ScannedChunk> {
  for await (const chunk of chunks) {
    await pace();
    const scan = scanSpans(chunk.otlp);
    onSpans(scan.count);
    total.spans += scan.count;
    if (total.spans > limits.maxSpans) throw tooManySpans(limits.maxSpans);
    yield { ...chunk, scan };
  }
}

function tooManySpans(max: number): ApiError {
  return new ApiError(
    413,
    `these are more than ${max} spans (query.max-spans); narrow the time range or lower the limit`,
  );
}

interface PlannedTrace {
  /** undefined when nothing is to be adjusted. */
  readonly plan: TracePlan | undefined;
  readonly spanCount: number;
  /** undefined for a trace too large to be held. */
  readonly held: readonly TraceChunk[] | undefined;
}

async function planTrace(
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
  if (raw) return { plan: undefined, spanCount, held };
  const again = (): AsyncIterable<TraceChunk> | Iterable<TraceChunk> => held ?? reread(traceId);
  const repeats = await findRepeats(planner.repeatedRows(), again, pace);
  return { plan: planner.finish(repeats, limits), spanCount, held };
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
  for await (const { otlp } of chunks) {
    await pace();
    const scan = scanSpans(otlp);
    const count = Math.min(scan.count, spanCount - firstRow);
    if (!isEmpty(plan, firstRow, count)) {
      const own = isWarned ? [] : warnings;
      yield createSpanPiece(otlp, { scan, count, plan, firstRow, warnings: own });
      isWarned = true;
    }
    firstRow += count;
    if (firstRow === spanCount) return;
  }
}

function isEmpty(plan: TracePlan | undefined, firstRow: number, count: number): boolean {
  for (let row = firstRow; row < firstRow + count; row++) {
    if (plan?.isLeftOut(row) !== true) return false;
  }
  return true;
}
