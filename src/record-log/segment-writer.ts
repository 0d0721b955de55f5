import { randomBytes } from 'node:crypto';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { RecordLogFailedError, RecordLogFullError, isNoRoom } from './record-log-error.ts';
import {
  FILE_HEADER_BYTES,
  RECORD_HEADER_BYTES,
  encodeFileHeader,
  encodeFooter,
  encodeRecordHeader,
} from './segment-format.ts';
import type { RecordToWrite } from './segment-format.ts';
import { segmentName } from './segment-file.ts';
import type { SegmentName } from './segment-file.ts';
import { syncFolder } from './spare-file.ts';
import type { SpareFile } from './spare-file.ts';

/** Buffers a system call takes at once; Linux takes 1024. */
const BUFFERS_MAX = 1000;

/** The segment that is being written. One call at a time. */
export interface SegmentWriter {
  readonly name: SegmentName;
  /** All on disk: nothing behind it is. */
  readonly bytes: number;
  readonly records: number;
  readonly firstAppendedAtMs: number | undefined;
  /**
   * Resolves to the offset of each record once all are on disk.
   * @throws RecordLogFullError when none was kept for want of room, RecordLogFailedError when the
   * disk failed: nothing more may be appended then
   */
  append(records: readonly RecordToWrite[]): Promise<readonly number[]>;
  /**
   * Closes the file with a footer, and resolves to its bytes: none where there is no room for it,
   * since the records are found without it too.
   */
  seal(): Promise<number>;
  /** Closes the file as it is. */
  abandon(): Promise<void>;
}

export interface SegmentWriterOptions {
  readonly folder: string;
  /** A file to write over: its blocks are the disk's already, which makes a sync several times cheaper. */
  readonly spare: SpareFile;
  readonly number: number;
  /** Is given how long each fdatasync took, in seconds. */
  readonly onSync: (seconds: number) => void;
}

/** Starts a segment whose name outlives a crash of the system. */
export async function createSegment(options: SegmentWriterOptions): Promise<SegmentWriter> {
  const { folder, number, onSync } = options;
  const name = segmentName(folder, number, randomBytes(4).readUInt32LE());
  const isReused = await options.spare.take(name.path);
  const file = await open(name.path, isReused ? 'r+' : 'wx');
  try {
    await writeAll(file, [encodeFileHeader(isReused)], 0);
    await syncFolder(folder);
  } catch (error) {
    await file.close();
    throw error;
  }
  const sync = async (): Promise<void> => {
    const before = performance.now();
    await file.datasync();
    onSync((performance.now() - before) / 1000);
  };
  return segmentWriter(name, file, sync);
}

function segmentWriter(
  name: SegmentName,
  file: FileHandle,
  sync: () => Promise<void>,
): SegmentWriter {
  let bytes = FILE_HEADER_BYTES;
  let records = 0;
  let firstAppendedAtMs: number | undefined;
  return {
    name,
    get bytes() {
      return bytes;
    },
    get records() {
      return records;
    },
    get firstAppendedAtMs() {
      return firstAppendedAtMs;
    },
    append: async (appended) => {
      const buffers = appended.flatMap((record) => [
        encodeRecordHeader(record, name.salt),
        ...record.parts,
      ]);
      try {
        await writeAll(file, buffers, bytes);
      } catch (error) {
        throw await withoutPartialRecord(file, bytes, error);
      }
      try {
        await sync();
      } catch (error) {
        // What the disk has is unknown from here on, and a second try would lie about it.
        throw new RecordLogFailedError(`${name.path} cannot be synced`, { cause: error });
      }
      const offsets = appended.map(({ payloadBytes }) => {
        const offset = bytes;
        bytes += RECORD_HEADER_BYTES + payloadBytes;
        return offset;
      });
      records += appended.length;
      firstAppendedAtMs ??= appended[0]?.appendedAtMs;
      return offsets;
    },
    seal: async () => {
      try {
        const footer = encodeFooter({ records, firstAppendedAtMs, offset: bytes }, name.salt);
        await writeAll(file, [footer], bytes);
        await file.truncate(bytes + footer.length);
        await sync();
        return footer.length;
      } catch (error) {
        if (!isNoRoom(error)) throw error;
        await file.truncate(bytes);
        return 0;
      } finally {
        await file.close();
      }
    },
    abandon: () => file.close(),
  };
}

/** Cuts off what was written of records that did not fit, and says what became of them. */
async function withoutPartialRecord(
  file: FileHandle,
  bytes: number,
  cause: unknown,
): Promise<Error> {
  if (!isNoRoom(cause)) {
    return new RecordLogFailedError('the disk does not take records', { cause });
  }
  try {
    await file.truncate(bytes);
  } catch (error) {
    return new RecordLogFailedError('a part of a record cannot be removed', { cause: error });
  }
  return new RecordLogFullError('the disk is full', { cause });
}

async function writeAll(
  file: FileHandle,
  buffers: readonly Uint8Array[],
  position: number,
): Promise<void> {
  let left = buffers.filter(({ length }) => length > 0);
  let at = position;
  while (left.length > 0) {
    const { bytesWritten } = await file.writev(left.slice(0, BUFFERS_MAX), at);
    at += bytesWritten;
    left = after(left, bytesWritten);
  }
}

/** What is left of buffers without their first bytes. */
function after(buffers: readonly Uint8Array[], bytes: number): Uint8Array[] {
  let skipped = 0;
  let index = 0;
  for (const { length } of buffers) {
    if (skipped + length > bytes) break;
    skipped += length;
    index += 1;
  }
  const [first, ...rest] = buffers.slice(index);
  return first === undefined ? [] : [first.subarray(bytes - skipped), ...rest];
}
