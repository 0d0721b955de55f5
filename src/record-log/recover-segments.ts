import { open, readdir, unlink } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { isNoRoom } from './record-log-error.ts';
import { FILE_HEADER_BYTES, encodeFooter, tornRecordBytes } from './segment-format.ts';
import { parseSegmentPath, readExactly, readRecords, readSegmentEnd } from './segment-file.ts';
import type { SegmentName } from './segment-file.ts';
import { syncFolder } from './spare-file.ts';

/** A segment that is not written any more. */
export interface SealedSegment {
  readonly name: SegmentName;
  readonly fileBytes: number;
  readonly records: number;
  readonly firstAppendedAtMs: number | undefined;
  /** Where its records end. */
  readonly end: number;
}

export interface RecoveredSegments {
  readonly segments: readonly SealedSegment[];
  readonly tornBytes: number;
}

/**
 * The segments of a folder that nobody writes to, oldest first. Where a process ended without
 * sealing, records that were not wholly written are cut off and the segment is sealed; being ended
 * at any point of this leaves what a second time copes with.
 */
export async function recoverSegments(folder: string): Promise<RecoveredSegments> {
  const names = (await readdir(folder))
    .flatMap((name) => parseSegmentPath(join(folder, name)) ?? [])
    .toSorted((a, b) => a.number - b.number);
  const segments: SealedSegment[] = [];
  let tornBytes = 0;
  for (const name of names) {
    const recovered = await recoverSegment(name, name === names.at(-1));
    tornBytes += recovered.tornBytes;
    if (recovered.segment === undefined) await unlink(name.path);
    else segments.push(recovered.segment);
  }
  if (segments.length < names.length) await syncFolder(folder);
  return { segments, tornBytes };
}

interface RecoveredSegment {
  /** undefined when nothing is in it. */
  readonly segment: SealedSegment | undefined;
  readonly tornBytes: number;
}

async function recoverSegment(name: SegmentName, isLast: boolean): Promise<RecoveredSegment> {
  const file = await open(name.path, 'r+');
  try {
    const { fileBytes, footer, isReused } = await readSegmentEnd(file, name);
    if (footer !== undefined) {
      const { records, firstAppendedAtMs, offset: end } = footer;
      return { segment: { name, fileBytes, records, firstAppendedAtMs, end }, tornBytes: 0 };
    }
    const found = await findRecords(name, fileBytes);
    if (!isLast) {
      // Later segments were begun after this one was whole: what cannot be read in it is damage.
      const segment = { name, fileBytes, ...found, end: fileBytes };
      return { segment: fileBytes > FILE_HEADER_BYTES ? segment : undefined, tornBytes: 0 };
    }
    const end = Math.min(found.end, fileBytes);
    const tail = await readExactly(file, end, fileBytes - end);
    const tornBytes = tornRecordBytes(tail, isReused, name.salt);
    if (found.records === 0) return { segment: undefined, tornBytes };
    await file.truncate(found.end);
    const sealedBytes = await sealFound(file, name, found);
    return { segment: { name, fileBytes: sealedBytes, ...found }, tornBytes };
  } finally {
    await file.close();
  }
}

type FoundRecords = Pick<SealedSegment, 'records' | 'firstAppendedAtMs' | 'end'>;

async function findRecords(name: SegmentName, fileBytes: number): Promise<FoundRecords> {
  let records = 0;
  let firstAppendedAtMs: number | undefined;
  let end = FILE_HEADER_BYTES;
  const range = { from: FILE_HEADER_BYTES, to: fileBytes };
  // Damage between records is counted when they are read for their own sake.
  for await (const record of readRecords(name, range, () => undefined)) {
    records += 1;
    firstAppendedAtMs ??= record.appendedAtMs;
    end = record.next.offset;
  }
  return { records, firstAppendedAtMs, end };
}

/** Resolves to the size of the file. A full disk is no reason not to open: the footer saves time only. */
async function sealFound(
  file: FileHandle,
  { salt }: SegmentName,
  { records, firstAppendedAtMs, end }: FoundRecords,
): Promise<number> {
  const footer = encodeFooter({ records, firstAppendedAtMs, offset: end }, salt);
  try {
    await file.write(footer, 0, footer.length, end);
    await file.datasync();
    return end + footer.length;
  } catch (error) {
    if (!isNoRoom(error)) throw error;
    await file.truncate(end);
    return end;
  }
}
