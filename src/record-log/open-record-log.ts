import { mkdir } from 'node:fs/promises';
import type { Clock } from '../runtime/clock.ts';
import { lockFolder } from './folder-lock.ts';
import type { FolderLock } from './folder-lock.ts';
import { createGroupCommit } from './group-commit.ts';
import type { OpenSegment } from './group-commit.ts';
import { RecordLogFullError } from './record-log-error.ts';
import type {
  LogRecord,
  LogSegment,
  RecordLog,
  RecordLogStats,
  RecordPosition,
} from './record-log.ts';
import { comparePositions } from './record-position.ts';
import { recoverSegments } from './recover-segments.ts';
import type { RecoveredSegments, SealedSegment } from './recover-segments.ts';
import { FILE_HEADER_BYTES, RECORD_HEADER_BYTES } from './segment-format.ts';
import { readRecords } from './segment-file.ts';
import type { SegmentName } from './segment-file.ts';
import { createSpareFile, syncFolder } from './spare-file.ts';

export interface RecordLogOptions {
  /** Made when it is not there; nothing else may be in it. */
  readonly folder: string;
  /** A segment is not grown beyond this, unless by its only record. */
  readonly segmentBytes: number;
  /** Of all segments together; the file of one more is kept for the next. */
  readonly bytesMax: number;
  /** What the log leaves free on the disk for everybody else. */
  readonly minFreeBytes: number;
  readonly clock: Clock;
  /** Is given how long each fdatasync took, in seconds. */
  readonly onSync?: (seconds: number) => void;
}

/**
 * Opens the log of a folder, and makes whole again what a crash left.
 * @throws RecordLogOpenError when another process has it or a file is of a later version
 */
export async function openRecordLog(options: RecordLogOptions): Promise<RecordLog> {
  await mkdir(options.folder, { recursive: true });
  const lock = await lockFolder(options.folder);
  try {
    return createRecordLog(options, lock, await recoverSegments(options.folder));
  } catch (error) {
    await lock.release();
    throw error;
  }
}

function createRecordLog(
  options: RecordLogOptions,
  lock: FolderLock,
  { segments: sealed, tornBytes }: RecoveredSegments,
): RecordLog {
  const { folder, bytesMax } = options;
  const segments = [...sealed];
  const damage = createDamageCount();
  const spare = createSpareFile(folder);
  const commits = createGroupCommit({
    ...options,
    spare,
    firstNumber: (segments.at(-1)?.name.number ?? 0) + 1,
    onSync: options.onSync ?? (() => undefined),
    onSealed: (segment) => segments.push(segment),
  });
  const bytesOnDisk = (): number =>
    segments.reduce((sum, { fileBytes }) => sum + fileBytes, commits.open?.bytes ?? 0);
  const shutDown = async (): Promise<void> => {
    try {
      await commits.close();
    } finally {
      await lock.release();
    }
  };
  let closing: Promise<void> | undefined;
  return {
    append: async (parts) => {
      const payloadBytes = parts.reduce((sum, { length }) => sum + length, 0);
      requireRoom(
        RECORD_HEADER_BYTES + payloadBytes,
        bytesOnDisk() + commits.waitingBytes,
        bytesMax,
      );
      return commits.append(parts, payloadBytes);
    },
    read: (from) => readAll(readables(segments, commits.open), from, damage),
    seal: async () => {
      await commits.seal();
      return segments.at(-1)?.name.number ?? 0;
    },
    segments: () => [
      ...segments.map(sealedView),
      ...(commits.open === undefined ? [] : [openView(commits.open)]),
    ],
    releaseBefore: async (position) => {
      const released = segments.filter(({ name, end }) => isBefore(name.number, end, position));
      if (released.length === 0) return;
      segments.splice(0, released.length);
      for (const { name } of released) await spare.give(name.path);
      await syncFolder(folder);
    },
    stats: statsOf({
      bytes: bytesOnDisk,
      bytesMax,
      records: () =>
        segments.reduce((sum, { records }) => sum + records, commits.open?.records ?? 0),
      damagedRecords: () => damage.total,
      tornBytes,
    }),
    close: () => (closing ??= shutDown()),
  };
}

function requireRoom(bytes: number, used: number, bytesMax: number): void {
  if (used + bytes <= bytesMax) return;
  throw new RecordLogFullError(`the log uses ${used} of ${bytesMax} bytes`);
}

interface Readable {
  readonly name: SegmentName;
  readonly end: number;
}

function readables(
  sealed: readonly SealedSegment[],
  open: OpenSegment | undefined,
): readonly Readable[] {
  const all = sealed.map(({ name, end }) => ({ name, end }));
  if (open !== undefined) all.push({ name: open.name, end: open.bytes });
  return all;
}

async function* readAll(
  segments: readonly Readable[],
  from: RecordPosition | undefined,
  damage: DamageCount,
): AsyncGenerator<LogRecord> {
  for (const { name, end } of segments) {
    if (from !== undefined && name.number < from.segment) continue;
    const start = name.number === from?.segment ? from.offset : FILE_HEADER_BYTES;
    yield* readRecords(name, { from: start, to: end }, (offset) => {
      damage.found({ segment: name.number, offset });
    });
  }
}

interface DamageCount {
  readonly total: number;
  found(position: RecordPosition): void;
}

/** Counts each place once, however often it is read. Readers go from old to new. */
function createDamageCount(): DamageCount {
  let total = 0;
  let last: RecordPosition = { segment: 0, offset: 0 };
  return {
    get total() {
      return total;
    },
    found: (position) => {
      if (comparePositions(position, last) <= 0) return;
      last = position;
      total += 1;
    },
  };
}

function isBefore(segment: number, end: number, position: RecordPosition): boolean {
  return comparePositions({ segment, offset: end }, position) <= 0;
}

function sealedView(segment: SealedSegment): LogSegment {
  const { name, fileBytes, records, firstAppendedAtMs } = segment;
  return { number: name.number, path: name.path, bytes: fileBytes, records, firstAppendedAtMs };
}

function openView({ name, bytes, records, firstAppendedAtMs }: OpenSegment): LogSegment {
  return { number: name.number, path: name.path, bytes, records, firstAppendedAtMs };
}

interface StatsSource {
  readonly bytes: () => number;
  readonly bytesMax: number;
  readonly records: () => number;
  readonly damagedRecords: () => number;
  readonly tornBytes: number;
}

function statsOf(source: StatsSource): RecordLogStats {
  const { bytesMax, tornBytes } = source;
  return {
    get bytes() {
      return source.bytes();
    },
    bytesMax,
    get records() {
      return source.records();
    },
    get damagedRecords() {
      return source.damagedRecords();
    },
    tornBytes,
  };
}
