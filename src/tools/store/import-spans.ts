import { sanitize } from '../../pipeline/sanitize.ts';
import type { Clock } from '../../runtime/clock.ts';
import { StoreBusyError } from '../../storage/embedded/storage-error.ts';
import type { TraceWriter } from '../../storage/storage.ts';
import { scanReceived } from '../../wire/otlp/scan-spans.ts';
import type { Accepted, SpanBatch } from '../../wire/span-batch.ts';
import { openOffline } from './open-offline.ts';
import type { OfflineDeps } from './open-offline.ts';
import { readOtlpFile } from './read-otlp-file.ts';
import type { OtlpFile } from './read-otlp-file.ts';

export interface ImportRequest {
  readonly directory: string;
  readonly tenant: string;
  readonly isArchive: boolean;
}

export interface Imported {
  files: number;
  messages: number;
  spans: number;
  /** Spans without a valid id or time, or beyond what the store takes. */
  refused: number;
  /** Why the last of them were. */
  lastRefusal: string | undefined;
}

/** Blocks are made meanwhile; a disk that is full stays so. */
const BUSY_ATTEMPTS = 12;
const BUSY_PAUSE_MS = 1000;

/**
 * Writes the spans of OTLP files into a store that no process has. A span that is there already, or
 * in several files, is shown once. Nothing of the store is deleted, however old.
 * @throws StoreOpenError naming the process that has the store, OtlpFileError
 */
export async function importSpans(
  files: readonly OtlpFile[],
  request: ImportRequest,
  deps: OfflineDeps,
): Promise<Imported> {
  const storage = await openOffline(request.directory, deps);
  const imported: Imported = {
    ...{ files: 0, messages: 0, spans: 0, refused: 0, lastRefusal: undefined },
  };
  try {
    const writer = request.isArchive ? storage.archive?.writer : storage.writer;
    if (writer === undefined) throw new Error('the storage has no archive');
    for (const file of files) {
      await importFile(file, { writer, imported, tenant: request.tenant }, deps);
      imported.files += 1;
    }
    await storage.flush();
  } finally {
    await storage.close();
  }
  return imported;
}

interface Target {
  readonly writer: TraceWriter;
  readonly tenant: string;
  readonly imported: Imported;
}

async function importFile(
  file: OtlpFile,
  { writer, tenant, imported }: Target,
  { clock }: OfflineDeps,
): Promise<void> {
  for await (const otlp of readOtlpFile(file)) {
    const { batch, refused } = sanitize({
      ...{ ...scanReceived(otlp), tenant, receivedAtMs: clock.now(), format: 'otlp' },
    });
    const accepted = await writePatiently(writer, batch, clock);
    imported.messages += 1;
    imported.spans += accepted.accepted;
    for (const loss of [...refused, ...accepted.refused, ...accepted.dropped]) {
      imported.refused += loss.count;
      imported.lastRefusal = loss.message;
    }
  }
}

async function writePatiently(
  writer: TraceWriter,
  batch: SpanBatch,
  clock: Clock,
): Promise<Accepted> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await writer.write(batch, new AbortController().signal);
    } catch (error) {
      if (!(error instanceof StoreBusyError) || attempt === BUSY_ATTEMPTS) throw error;
      await clock.sleep(BUSY_PAUSE_MS);
    }
  }
}
