import { systemErrorCode } from '../runtime/errors.ts';

/** There is no room for the record: the log's own bytes, or those of the disk, are used up. It may fit later. */
export class RecordLogFullError extends Error {
  override readonly name = 'RecordLogFullError';
}

/** The disk failed, or the log is closed: nothing is appended until it is opened anew. */
export class RecordLogFailedError extends Error {
  override readonly name = 'RecordLogFailedError';
}

/** The folder cannot be opened: another process has it, or its files are of a later version. */
export class RecordLogOpenError extends Error {
  override readonly name = 'RecordLogOpenError';
}

const NO_ROOM: ReadonlySet<string | undefined> = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Whether a system error means that the disk, the quota or the file size limit is used up. */
export function isNoRoom(error: unknown): boolean {
  return NO_ROOM.has(systemErrorCode(error));
}
