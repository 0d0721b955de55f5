import { errorText } from '../runtime/errors.ts';
import type { Storage, TraceWriter } from '../storage/storage.ts';
import type { Accepted, SpanBatch } from '../wire/span-batch.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import { ApiError } from './api/api-error.ts';
import type { TraceQuestion } from './stored-traces.ts';

/** Jaeger's words for a deployment that keeps no archive. */
const NO_ARCHIVE = 'archive span storage was not configured';

/**
 * Copies a trace, as it is stored, where no retention deletes it. A trace that is there already is
 * there once.
 * @throws ApiError 404 for a trace that is not stored, 500 without an archive or when it is full, 503
 * when it takes nothing now
 */
export async function archiveStoredTrace(
  { reader, archive }: Pick<Storage, 'reader' | 'archive'>,
  question: Omit<TraceQuestion, 'ids'> & { readonly traceId: string },
  nowMs: number,
): Promise<void> {
  if (archive === undefined) throw new ApiError(500, NO_ARCHIVE);
  const { tenant, traceId, window, signal } = question;
  let isFound = false;
  for await (const { otlp } of reader.getTraces(tenant, [traceId], window, signal)) {
    isFound = true;
    const batch = {
      ...{ tenant, otlp, scan: scanSpans(otlp) },
      ...{ receivedAtMs: nowMs, format: 'otlp' as const },
    };
    const refusal = lossOf(await written(archive.writer, batch, signal));
    if (refusal !== undefined) throw new ApiError(500, `the archive refused spans: ${refusal}`);
  }
  if (!isFound) throw new ApiError(404, 'trace not found');
}

/** What a writer throws is for now: the same may be taken later. */
async function written(
  writer: TraceWriter,
  batch: SpanBatch,
  signal: AbortSignal,
): Promise<Accepted> {
  try {
    return await writer.write(batch, signal);
  } catch (error) {
    if (signal.aborted) throw error;
    const message = `the trace cannot be archived now: ${errorText(error)}`;
    throw new ApiError(503, message, { cause: error });
  }
}

function lossOf({ refused, dropped }: Accepted): string | undefined {
  return [...refused, ...dropped][0]?.message;
}
