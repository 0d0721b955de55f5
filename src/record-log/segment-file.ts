import { Buffer } from 'node:buffer';
import { open } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { LogRecord } from './record-log.ts';
import {
  FILE_HEADER_BYTES,
  RECORD_HEADER_BYTES,
  checkFileHeader,
  decodeFooter,
  isReusedFile,
  scanRecords,
} from './segment-format.ts';
import type { Footer } from './segment-format.ts';

/** What a segment's file name says. */
export interface SegmentName {
  readonly path: string;
  readonly number: number;
  readonly salt: number;
}

const NAME = /^(\d{12})-([0-9a-f]{8})\.log$/;
/** Records are read so many bytes at a time, or one whole when it is larger. */
const CHUNK_BYTES = 1024 * 1024;

export function segmentName(folder: string, number: number, salt: number): SegmentName {
  const name = `${String(number).padStart(12, '0')}-${salt.toString(16).padStart(8, '0')}.log`;
  return { path: join(folder, name), number, salt };
}

/** undefined for a file that is no segment. */
export function parseSegmentPath(path: string): SegmentName | undefined {
  const match = NAME.exec(basename(path));
  if (match === null) return undefined;
  return { path, number: Number(match[1]), salt: Number.parseInt(match[2] ?? '', 16) };
}

export interface SegmentEnd {
  readonly fileBytes: number;
  /** undefined when the segment was not sealed, or not wholly. */
  readonly footer: Footer | undefined;
  /** Behind its records may be those of another segment. */
  readonly isReused: boolean;
}

/** @throws RecordLogOpenError for a segment of a later version */
export async function readSegmentEnd(file: FileHandle, name: SegmentName): Promise<SegmentEnd> {
  const { size } = await file.stat();
  const header = await readExactly(file, 0, Math.min(FILE_HEADER_BYTES, size));
  checkFileHeader(header, name.path);
  const end = Math.max(size - RECORD_HEADER_BYTES, 0);
  const last = await readExactly(file, end, size - end);
  const footer = decodeFooter(last, name.salt, size);
  return { fileBytes: size, footer, isReused: isReusedFile(header) };
}

/** From the header of one record to the end of another. */
export interface SegmentRange {
  readonly from: number;
  readonly to: number;
}

/**
 * The records of a part of a segment, in order. Each views memory that was read for this call and
 * is the caller's. `onDamaged` hears where damage begins, once a damaged record.
 */
export async function* readRecords(
  name: SegmentName,
  range: SegmentRange,
  onDamaged: (offset: number) => void,
): AsyncGenerator<LogRecord> {
  const file = await open(name.path, 'r');
  try {
    let at = range.from;
    let chunkBytes = CHUNK_BYTES;
    while (at < range.to) {
      const length = Math.min(chunkBytes, range.to - at);
      const bytes = await readExactly(file, at, length);
      const { records, damaged, end } = scanRecords(bytes, name.salt);
      for (const offset of damaged) onDamaged(at + offset);
      for (const { start, end: next, appendedAtMs, payload } of records) {
        yield {
          position: { segment: name.number, offset: at + start },
          next: { segment: name.number, offset: at + next },
          appendedAtMs,
          payload,
        };
      }
      if (end === 0 && (at + length === range.to || bytes.length < length)) {
        onDamaged(at);
        return;
      }
      // Nothing whole in the chunk: the record, or a gap of damage, is larger than it.
      chunkBytes = end === 0 ? chunkBytes * 4 : CHUNK_BYTES;
      at += end;
    }
  } finally {
    await file.close();
  }
}

/**
 * Every record of one segment file that nobody writes to, for a reader in another thread or process.
 * @throws RecordLogOpenError for a segment of a later version
 */
export async function* readSegmentFile(
  path: string,
  onDamaged: (offset: number) => void,
): AsyncGenerator<LogRecord> {
  const name = parseSegmentPath(path);
  if (name === undefined) throw new Error(`${path} is not named like a segment`);
  const file = await open(path, 'r');
  let end: SegmentEnd;
  try {
    end = await readSegmentEnd(file, name);
  } finally {
    await file.close();
  }
  const range = { from: FILE_HEADER_BYTES, to: end.footer?.offset ?? end.fileBytes };
  yield* readRecords(name, range, onDamaged);
}

/** Fewer bytes only at the end of the file. */
export async function readExactly(
  file: FileHandle,
  position: number,
  length: number,
): Promise<Buffer> {
  const bytes = Buffer.allocUnsafeSlow(length);
  let read = 0;
  while (read < length) {
    const { bytesRead } = await file.read(bytes, read, length - read, position + read);
    if (bytesRead === 0) break;
    read += bytesRead;
  }
  return read === length ? bytes : bytes.subarray(0, read);
}
