import type { TimeWindow } from '../model/trace-query.ts';
import type { Storage, TraceChunk } from '../storage/storage.ts';

export interface TraceQuestion {
  readonly tenant: string;
  /** 32 hex digits each. */
  readonly ids: readonly string[];
  readonly window: TimeWindow;
  readonly signal: AbortSignal;
}

/** Traces by id, as `TraceReader.getTraces` gives them; those that are not there from the archive. */
export async function* storedTraces(
  { reader, archive }: Pick<Storage, 'reader' | 'archive'>,
  { tenant, ids, window, signal }: TraceQuestion,
): AsyncGenerator<TraceChunk> {
  const found = new Set<string>();
  for await (const chunk of reader.getTraces(tenant, ids, window, signal)) {
    found.add(chunk.traceId);
    yield chunk;
  }
  const missing = ids.filter((id) => !found.has(id));
  if (archive === undefined || missing.length === 0) return;
  yield* archive.reader.getTraces(tenant, missing, window, signal);
}

/** Reads a trace once more; see `ReadOptions`. */
export function rereader(
  storage: Pick<Storage, 'reader' | 'archive'>,
  { signal, tenant }: Pick<TraceQuestion, 'signal' | 'tenant'>,
): (traceId: string) => AsyncIterable<TraceChunk> {
  return (traceId) => storedTraces(storage, { tenant, ids: [traceId], window: {}, signal });
}
