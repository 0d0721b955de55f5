import type { LogRecord, RecordLog, RecordPosition } from '../record-log/record-log.ts';
import { errorText } from '../runtime/errors.ts';
import type { Logger } from '../runtime/logger.ts';
import { scanSpans } from '../wire/otlp/scan-spans.ts';
import type { SpanBatch } from '../wire/span-batch.ts';
import { WireError } from '../wire/wire-error.ts';
import type { LateBooks, WayIn } from './account.ts';
import { memoryBytesOf } from './batch-memory.ts';
import { createDiskBacklog } from './spool-backlog.ts';
import type { BacklogRecord } from './spool-backlog.ts';
import { decodeBatchRecord } from '../wire/batch-record.ts';

/** A batch in the spool that is not settled. */
export interface SpooledBatch {
  readonly batch: SpanBatch;
  readonly position: RecordPosition;
  /** Where the next record begins. */
  readonly next: RecordPosition;
  /** Unix milliseconds. */
  readonly appendedAtMs: number;
}

/**
 * The batches of a spool in the order they were appended: from memory while they are there, else
 * from disk, beginning with what a former run left.
 */
export interface SpoolSource {
  /** Takes note of a batch that was appended just now; keeps it in memory when `fits`. */
  appended(spooled: SpooledBatch, fits: boolean): void;
  /** undefined when there is none right now. One call at a time. */
  next(): Promise<SpooledBatch | undefined>;
  /** Bytes of batches in memory. */
  readonly memoryBytes: number;
  /** Records that were read and are not what this program can use. */
  readonly unusable: number;
  /** Records that nobody has taken yet. */
  readonly waiting: number;
  /** The first record that nobody has taken yet; undefined when there is none. */
  readonly first: RecordPosition | undefined;
  readonly oldestAppendedAtMs: number | undefined;
}

export interface SpoolSourceDeps {
  readonly log: RecordLog;
  readonly books: LateBooks;
  readonly logger: Logger;
  /** Hears of a batch in the moment it no longer counts as waiting. */
  readonly onTaken: (spooled: SpooledBatch) => void;
  /** Hears where the next record begins behind one that cannot be used. */
  readonly onUnusable: (next: RecordPosition) => void;
  /** Hears of records that could not even be read. */
  readonly onDamaged: (records: number) => void;
}

/** `from`: where a former run had come to. */
export function createSpoolSource(
  { log, books, logger, onTaken, onUnusable, onDamaged }: SpoolSourceDeps,
  from: RecordPosition | undefined,
): SpoolSource {
  const inMemory: SpooledBatch[] = [];
  const kept = createKeptSpans(books);
  const disk = createDiskBacklog(log, from);
  let memoryBytes = 0;
  let unusable = 0;
  const noteDamage = watchDamage(log, onDamaged);

  const takenFromDisk = ({ record, isFormer }: BacklogRecord): SpooledBatch | undefined => {
    try {
      const spooled = spooledBatch(record);
      const { batch } = spooled;
      if (isFormer) books.replayed(batch, batch.scan.count);
      else kept.taken(record.position.segment, batch, batch.scan.count);
      onTaken(spooled);
      return spooled;
    } catch (error) {
      if (!(error instanceof WireError)) throw error;
      unusable += 1;
      const spans = isFormer ? dropFormer(record, books) : undefined;
      logger.error(
        { ...(spans === undefined ? {} : { spans }) },
        `a record of the spool cannot be used: ${errorText(error)}`,
      );
      onUnusable(record.next);
      return undefined;
    }
  };
  return {
    appended: (spooled, fits) => {
      kept.added(spooled.position.segment, spooled.batch, spooled.batch.scan.count);
      if (!disk.appended(spooled.position, fits)) return;
      inMemory.push(spooled);
      memoryBytes += memoryBytesOf(spooled.batch);
    },
    next: async () => {
      const spooled = inMemory.shift();
      if (spooled !== undefined) {
        memoryBytes -= memoryBytesOf(spooled.batch);
        kept.taken(spooled.position.segment, spooled.batch, spooled.batch.scan.count);
        onTaken(spooled);
        return spooled;
      }
      const fromDisk = await disk.take(takenFromDisk);
      noteDamage();
      return fromDisk;
    },
    get memoryBytes() {
      return memoryBytes;
    },
    get unusable() {
      return unusable;
    },
    get waiting() {
      return disk.waiting + inMemory.length;
    },
    get first() {
      return inMemory[0]?.position ?? disk.from;
    },
    get oldestAppendedAtMs() {
      return inMemory[0]?.appendedAtMs ?? firstAppendedAtMs(log, disk.from);
    },
  };
}

/** Reports the records that a log has found damaged since it was asked last. */
function watchDamage(log: RecordLog, onDamaged: SpoolSourceDeps['onDamaged']): () => void {
  let known = 0;
  return () => {
    const { damagedRecords } = log.stats;
    if (damagedRecords > known) onDamaged(damagedRecords - known);
    known = damagedRecords;
  };
}

/**
 * Books a record of a former run that cannot be used as come and lost: a record of this run is in the
 * books already. Answers how many spans its header says; undefined when that cannot be read either.
 */
function dropFormer({ payload }: LogRecord, books: LateBooks): number | undefined {
  try {
    const { format, transport, spans } = decodeBatchRecord(payload);
    const from: WayIn = transport === undefined ? { format } : { format, transport };
    books.replayed(from, spans);
    books.dropped(from, 'spool_damaged', spans);
    return spans;
  } catch (error) {
    if (error instanceof WireError) return undefined;
    throw error;
  }
}

/** Of the segment that the position is in, or the first after it. */
function firstAppendedAtMs(log: RecordLog, from: RecordPosition | undefined): number | undefined {
  if (from === undefined) return undefined;
  return log.segments().find(({ number }) => number >= from.segment)?.firstAppendedAtMs;
}

/** @throws WireError when the record is of another version, or its bytes are no spans */
function spooledBatch({ payload, position, next, appendedAtMs }: LogRecord): SpooledBatch {
  const { tenant, otlp, receivedAtMs, format, transport } = decodeBatchRecord(payload);
  const batch: SpanBatch = {
    ...{ tenant, otlp, receivedAtMs, format },
    scan: scanSpans(otlp),
    ...(transport === undefined ? {} : { transport }),
  };
  return { batch, position, next, appendedAtMs };
}

/**
 * Spans by segment that this run appended and nobody has taken yet. When reading has gone beyond a
 * segment, what is left of it could not be read: it is dropped from the books.
 */
interface KeptSpans {
  added(segment: number, from: WayIn, spans: number): void;
  taken(segment: number, from: WayIn, spans: number): void;
}

function createKeptSpans(books: LateBooks): KeptSpans {
  const segments = new Map<number, Map<string, { readonly from: WayIn; spans: number }>>();
  const change = (segment: number, { format, transport }: WayIn, spans: number): void => {
    const ways = segments.get(segment) ?? new Map<string, { from: WayIn; spans: number }>();
    segments.set(segment, ways);
    const key = `${format} ${transport ?? ''}`;
    const way = ways.get(key) ?? {
      from: transport === undefined ? { format } : { format, transport },
      spans: 0,
    };
    way.spans += spans;
    ways.set(key, way);
  };
  return {
    added: change,
    taken: (segment, from, spans) => {
      for (const [number, ways] of segments) {
        if (number >= segment) continue;
        for (const way of ways.values()) {
          if (way.spans > 0) books.dropped(way.from, 'spool_damaged', way.spans);
        }
        segments.delete(number);
      }
      change(segment, from, -spans);
    },
  };
}
