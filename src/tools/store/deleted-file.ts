import { systemErrorCode } from '../../runtime/errors.ts';

/** Whether a file could not be read because it is gone: a running server deletes and merges blocks. */
export function wasDeleted(error: Error): boolean {
  return systemErrorCode(error.cause) === 'ENOENT';
}
