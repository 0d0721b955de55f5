import { Buffer } from 'node:buffer';
import { crc32 } from 'node:zlib';
import { RecordLogOpenError } from './record-log-error.ts';

/**
 * A segment file, all numbers little-endian:
 *
 *     file    magic 'JAEGRLOG', u32 version, u16 1 when the file was another segment before, else 0,
 *             u16 complement of the version (0 in files from before it was there); then records, and
 *             behind them what is left of that other segment
 *     record  u32 marker, u32 payload length, f64 appended at (Unix ms), u32 CRC of the payload,
 *             u32 CRC of the 20 bytes before; then the payload
 *     footer  only of a sealed segment, at its end: u32 marker, u32 records, f64 first append
 *             (NaN for none), u32 offset of the footer, u32 CRC of the 20 bytes before
 *
 * CRCs are zlib's CRC-32, begun with the segment's salt, which is in the file's name: bytes inside a
 * payload that look like a record of some segment never pass for one. A header of its own CRC says
 * how long a record is even when its payload is damaged; the marker finds the next record when the
 * header is damaged too.
 */
export const FILE_HEADER_BYTES = 16;
export const RECORD_HEADER_BYTES = 24;
/** Offsets and lengths are 32 bits. */
export const SEGMENT_BYTES_MAX = 2 ** 31;

const MAGIC = Buffer.from('JAEGRLOG', 'latin1');
const VERSION = 1;
const RECORD_MARKER = 0x5a_ec_0d_9e;
const FOOTER_MARKER = 0x5a_ec_0d_9f;
const RECORD_MARKER_BYTES = Buffer.alloc(4);
RECORD_MARKER_BYTES.writeUInt32LE(RECORD_MARKER);
const CHECKED_HEADER_BYTES = 20;

export function encodeFileHeader(isReused: boolean): Buffer {
  const bytes = Buffer.alloc(FILE_HEADER_BYTES);
  MAGIC.copy(bytes);
  bytes.writeUInt32LE(VERSION, 8);
  bytes.writeUInt16LE(isReused ? 1 : 0, 12);
  bytes.writeUInt16LE(complementOf(VERSION), 14);
  return bytes;
}

export function isReusedFile(header: Buffer): boolean {
  return header.length === FILE_HEADER_BYTES && header.readUInt16LE(12) === 1;
}

function complementOf(word: number): number {
  return ~word & 0xffff;
}

/** Bytes of a record at the end of a segment that were written though the record is not whole. */
export function tornRecordBytes(tail: Buffer, isReused: boolean, salt: number): number {
  if (!isReused) return tail.length;
  if (tail.length < RECORD_HEADER_BYTES || !isRecordHeader(tail, 0, salt)) return 0;
  return Math.min(RECORD_HEADER_BYTES + tail.readUInt32LE(4), tail.length);
}

/**
 * A header that is damaged is let pass, since all that is needed is in the file's name.
 * @throws RecordLogOpenError for a version that is later than this program's
 */
export function checkFileHeader(bytes: Uint8Array, path: string): void {
  const header = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (header.length < FILE_HEADER_BYTES || !header.subarray(0, 8).equals(MAGIC)) return;
  const version = header.readUInt32LE(8);
  const complement = header.readUInt16LE(14);
  const isDamaged = complement !== 0 && version !== complementOf(complement);
  if (version <= VERSION || isDamaged) return;
  throw new RecordLogOpenError(
    `${path} is of format version ${version}, and this program knows versions up to ${VERSION}`,
  );
}

export interface RecordToWrite {
  readonly parts: readonly Uint8Array[];
  /** Of all parts together. */
  readonly payloadBytes: number;
  readonly appendedAtMs: number;
}

export function encodeRecordHeader(record: RecordToWrite, salt: number): Buffer {
  const bytes = Buffer.allocUnsafe(RECORD_HEADER_BYTES);
  bytes.writeUInt32LE(RECORD_MARKER, 0);
  bytes.writeUInt32LE(record.payloadBytes, 4);
  bytes.writeDoubleLE(record.appendedAtMs, 8);
  let crc = salt;
  for (const part of record.parts) crc = crc32(part, crc);
  bytes.writeUInt32LE(crc, 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, CHECKED_HEADER_BYTES), salt), CHECKED_HEADER_BYTES);
  return bytes;
}

export interface Footer {
  readonly records: number;
  readonly firstAppendedAtMs: number | undefined;
  /** Where it begins, which is where the records end. */
  readonly offset: number;
}

export function encodeFooter(footer: Footer, salt: number): Buffer {
  const bytes = Buffer.allocUnsafe(RECORD_HEADER_BYTES);
  bytes.writeUInt32LE(FOOTER_MARKER, 0);
  bytes.writeUInt32LE(footer.records, 4);
  bytes.writeDoubleLE(footer.firstAppendedAtMs ?? Number.NaN, 8);
  bytes.writeUInt32LE(footer.offset, 16);
  bytes.writeUInt32LE(crc32(bytes.subarray(0, CHECKED_HEADER_BYTES), salt), CHECKED_HEADER_BYTES);
  return bytes;
}

/** The footer in the last bytes of a file; undefined when the segment was not sealed, or it is damaged. */
export function decodeFooter(end: Buffer, salt: number, fileBytes: number): Footer | undefined {
  if (end.length !== RECORD_HEADER_BYTES || end.readUInt32LE(0) !== FOOTER_MARKER) return undefined;
  const offset = end.readUInt32LE(16);
  if (!headerIsSound(end, 0, salt) || offset !== fileBytes - RECORD_HEADER_BYTES) return undefined;
  const first = end.readDoubleLE(8);
  const firstAppendedAtMs = Number.isNaN(first) ? undefined : first;
  return { records: end.readUInt32LE(4), firstAppendedAtMs, offset };
}

export interface FoundRecord {
  /** Of its header, in the bytes that were scanned. */
  readonly start: number;
  readonly end: number;
  readonly appendedAtMs: number;
  /** Views the scanned bytes. */
  readonly payload: Buffer;
}

export interface ScannedRecords {
  readonly records: readonly FoundRecord[];
  /** Where damage begins: one entry a record, or a run of records whose headers are damaged too. */
  readonly damaged: readonly number[];
  /** The first byte that is part of no whole record. */
  readonly end: number;
}

/** The records that begin and end in some bytes of a segment, which begin where a record should. */
export function scanRecords(bytes: Buffer, salt: number): ScannedRecords {
  const records: FoundRecord[] = [];
  const damaged: number[] = [];
  let at = 0;
  while (at + RECORD_HEADER_BYTES <= bytes.length) {
    if (!isRecordHeader(bytes, at, salt)) {
      const next = findRecordHeader(bytes, at + 1, salt);
      if (next === undefined) break;
      damaged.push(at);
      at = next;
    }
    const start = at + RECORD_HEADER_BYTES;
    const end = start + bytes.readUInt32LE(at + 4);
    if (end > bytes.length) break;
    const payload = bytes.subarray(start, end);
    if (crc32(payload, salt) === bytes.readUInt32LE(at + 16)) {
      records.push({ start: at, end, appendedAtMs: bytes.readDoubleLE(at + 8), payload });
    } else {
      damaged.push(at);
    }
    at = end;
  }
  return { records, damaged, end: at };
}

function isRecordHeader(bytes: Buffer, at: number, salt: number): boolean {
  return bytes.readUInt32LE(at) === RECORD_MARKER && headerIsSound(bytes, at, salt);
}

function headerIsSound(bytes: Buffer, at: number, salt: number): boolean {
  const checked = bytes.subarray(at, at + CHECKED_HEADER_BYTES);
  return crc32(checked, salt) === bytes.readUInt32LE(at + CHECKED_HEADER_BYTES);
}

function findRecordHeader(bytes: Buffer, from: number, salt: number): number | undefined {
  for (let at = bytes.indexOf(RECORD_MARKER_BYTES, from); at >= 0;) {
    if (at + RECORD_HEADER_BYTES > bytes.length) return undefined;
    if (isRecordHeader(bytes, at, salt)) return at;
    at = bytes.indexOf(RECORD_MARKER_BYTES, at + 1);
  }
  return undefined;
}

/** What a record takes in a segment. */
export function recordBytes(payloadBytes: number): number {
  return RECORD_HEADER_BYTES + payloadBytes;
}
