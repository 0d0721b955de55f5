import { statfs } from 'node:fs/promises';
import type { Clock } from '../runtime/clock.ts';
import { RecordLogFailedError, RecordLogFullError, isNoRoom } from './record-log-error.ts';
import type { RecordPosition } from './record-log.ts';
import type { SealedSegment } from './recover-segments.ts';
import { FILE_HEADER_BYTES, RECORD_HEADER_BYTES, SEGMENT_BYTES_MAX } from './segment-format.ts';
import type { RecordToWrite } from './segment-format.ts';
import { createSegment } from './segment-writer.ts';
import type { SegmentWriter } from './segment-writer.ts';
import type { SpareFile } from './spare-file.ts';

export interface GroupCommitOptions {
  readonly folder: string;
  readonly segmentBytes: number;
  readonly minFreeBytes: number;
  readonly clock: Clock;
  /** Of the first segment that is written. */
  readonly firstNumber: number;
  readonly onSync: (seconds: number) => void;
  readonly spare: SpareFile;
  readonly onSealed: (segment: SealedSegment) => void;
}

/** The segment being written; what is behind its bytes is on disk. */
export type OpenSegment = Pick<SegmentWriter, 'name' | 'bytes' | 'records' | 'firstAppendedAtMs'>;

/** Appends records in groups: those that come while one group is being synced make the next one. */
export interface GroupCommit {
  readonly open: OpenSegment | undefined;
  /** Of records that are not on disk yet. */
  readonly waitingBytes: number;
  append(parts: readonly Uint8Array[], payloadBytes: number): Promise<RecordPosition>;
  seal(): Promise<void>;
  /** Finishes appends under way; later ones fail. */
  close(): Promise<void>;
}

interface Pending extends RecordToWrite {
  readonly resolve: (position: RecordPosition) => void;
  readonly reject: (error: unknown) => void;
}

const RECORD_BYTES_MAX = SEGMENT_BYTES_MAX - FILE_HEADER_BYTES - 2 * RECORD_HEADER_BYTES;

export function createGroupCommit(options: GroupCommitOptions): GroupCommit {
  const pending: Pending[] = [];
  const exclusively = createExclusive();
  const writer = createSegmentSequence(options);
  let waitingBytes = 0;
  let isWriting = false;
  let isClosed = false;
  /** Why nothing can be appended any more. */
  let failure: RecordLogFailedError | undefined;

  const writeGroup = async (group: Group): Promise<void> => {
    try {
      if (failure !== undefined) throw failure;
      const positions = await writer.append(group);
      waitingBytes -= group.bytes;
      positions.forEach((position, index) => group.records[index]?.resolve(position));
    } catch (error) {
      waitingBytes -= group.bytes;
      const refusal = appendError(error);
      if (refusal instanceof RecordLogFailedError) failure ??= refusal;
      for (const { reject } of group.records) reject(refusal);
    }
  };
  const writePending = async (): Promise<void> => {
    while (pending.length > 0) {
      await writeGroup(takeGroup(pending, options.segmentBytes - FILE_HEADER_BYTES));
    }
    isWriting = false;
  };
  return {
    get open() {
      return writer.open;
    },
    get waitingBytes() {
      return waitingBytes;
    },
    append: (parts, payloadBytes) =>
      new Promise((resolve, reject) => {
        if (failure !== undefined) throw failure;
        if (isClosed) throw new RecordLogFailedError(`the log in ${options.folder} is closed`);
        if (payloadBytes > RECORD_BYTES_MAX) {
          throw new RecordLogFullError(`a record of ${payloadBytes} bytes fits no segment`);
        }
        pending.push({ parts, payloadBytes, appendedAtMs: options.clock.now(), resolve, reject });
        waitingBytes += RECORD_HEADER_BYTES + payloadBytes;
        if (isWriting) return;
        isWriting = true;
        void exclusively(writePending);
      }),
    seal: () => exclusively(() => writer.seal()),
    close: () => {
      isClosed = true;
      return exclusively(() => (failure === undefined ? writer.seal() : writer.abandon()));
    },
  };
}

/** One segment after the other. */
interface SegmentSequence {
  readonly open: OpenSegment | undefined;
  append(group: Group): Promise<readonly RecordPosition[]>;
  /** The next append begins another segment. */
  seal(): Promise<void>;
  abandon(): Promise<void>;
}

function createSegmentSequence(options: GroupCommitOptions): SegmentSequence {
  const { folder, segmentBytes, onSync, spare } = options;
  const requireFreeSpace = createFreeSpaceFloor(options);
  let number = options.firstNumber;
  let writer: SegmentWriter | undefined;
  const seal = async (): Promise<void> => {
    if (writer === undefined) return;
    const sealing = writer;
    const footerBytes = await sealing.seal();
    const { name, bytes, records, firstAppendedAtMs } = sealing;
    writer = undefined;
    options.onSealed({
      ...{ name, records, firstAppendedAtMs },
      fileBytes: bytes + footerBytes,
      end: bytes,
    });
  };
  return {
    get open() {
      return writer;
    },
    append: async ({ records, bytes }) => {
      await requireFreeSpace(bytes);
      const isFull = writer !== undefined && writer.bytes + bytes > segmentBytes;
      if (isFull && writer?.records !== 0) await seal();
      writer ??= await startSegment({ folder, number: number++, onSync, spare });
      const segment = writer.name.number;
      return (await writer.append(records)).map((offset) => ({ segment, offset }));
    },
    seal,
    abandon: async () => writer?.abandon(),
  };
}

/** Runs one piece of work after the other, in the order they came. */
function createExclusive(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const done = last.then(work, work);
    last = done;
    return done;
  };
}

interface Group {
  readonly records: readonly Pending[];
  readonly bytes: number;
}

/** As many as fit a segment, and one at least. Takes them out of `pending`. */
function takeGroup(pending: Pending[], bytesMax: number): Group {
  let bytes = 0;
  let count = 0;
  for (const { payloadBytes } of pending) {
    const own = RECORD_HEADER_BYTES + payloadBytes;
    if (count > 0 && bytes + own > bytesMax) break;
    bytes += own;
    count += 1;
  }
  return { records: pending.splice(0, count), bytes };
}

const FREE_SPACE_KNOWN_MS = 1000;

/** Looks at the disk once a second, and in between counts what is written itself. */
function createFreeSpaceFloor(options: GroupCommitOptions): (bytes: number) => Promise<void> {
  const { folder, minFreeBytes, clock } = options;
  let free = 0;
  let knownUntil = -Infinity;
  return async (bytes) => {
    if (clock.monotonic() > knownUntil || free - bytes < minFreeBytes) {
      const { bavail, bsize } = await statfs(folder);
      free = bavail * bsize;
      knownUntil = clock.monotonic() + FREE_SPACE_KNOWN_MS;
    }
    if (free - bytes < minFreeBytes) {
      throw new RecordLogFullError(
        `the disk of ${folder} has ${free} bytes left; ${minFreeBytes} are to stay free`,
      );
    }
    free -= bytes;
  };
}

/** A segment that could not be begun for want of room leaves an empty file, which opening removes. */
async function startSegment(options: Parameters<typeof createSegment>[0]): Promise<SegmentWriter> {
  try {
    return await createSegment(options);
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    throw new RecordLogFullError('the disk is full', { cause: error });
  }
}

function appendError(error: unknown): RecordLogFullError | RecordLogFailedError {
  if (error instanceof RecordLogFullError || error instanceof RecordLogFailedError) return error;
  return new RecordLogFailedError('the disk does not take records', { cause: error });
}
