import { errorText } from '../../runtime/errors.ts';
import type { Logger } from '../../runtime/logger.ts';
import type { Clock } from '../../runtime/clock.ts';
import { RecordLogFailedError } from '../../record-log/record-log-error.ts';
import { openRecordLog } from '../../record-log/open-record-log.ts';
import type { RecordLogOptions } from '../../record-log/open-record-log.ts';
import type { RecordLog, RecordPosition } from '../../record-log/record-log.ts';
import { StoreBusyError } from './storage-error.ts';

/** A log that is opened anew after the disk failed. */
export interface LastingLog {
  readonly log: RecordLog;
  /** Resolves when the record is on disk. @throws StoreBusyError when it cannot be now */
  append(parts: readonly Uint8Array[]): Promise<RecordPosition>;
  /** Why nothing can be appended; undefined when it can, as far as is known. */
  readonly failure: string | undefined;
  close(): Promise<void>;
}

const REOPEN_EVERY_MS = 1000;

export async function openLastingLog(
  options: RecordLogOptions & { readonly clock: Clock; readonly logger: Logger },
): Promise<LastingLog> {
  const { logger, clock } = options;
  let log = await openRecordLog(options);
  let failure: string | undefined;
  let isDead = false;
  let reopening: Promise<void> | undefined;
  let notBefore = 0;
  let isClosed = false;

  const reopen = async (): Promise<void> => {
    try {
      // A disk that failed may fail at closing too; the folder is given back all the same.
      await log.close().catch((error: unknown) => {
        logger.warn(`the log in ${options.folder} is not closed well: ${errorText(error)}`);
      });
      log = await openRecordLog(options);
      isDead = false;
      logger.info(`the log in ${options.folder} takes spans again`);
    } catch (error) {
      failure = errorText(error);
      notBefore = clock.monotonic() + REOPEN_EVERY_MS;
    } finally {
      reopening = undefined;
    }
  };
  const fail = (error: unknown): never => {
    const text = errorText(error);
    if (failure === undefined) logger.error(`spans cannot be written down: ${text}`);
    failure = text;
    if (error instanceof RecordLogFailedError && !isDead) {
      isDead = true;
      notBefore = clock.monotonic() + REOPEN_EVERY_MS;
    }
    throw new StoreBusyError('spans cannot be written down now', { cause: error });
  };
  return {
    get log() {
      return log;
    },
    append: async (parts) => {
      if (isDead && !isClosed && clock.monotonic() >= notBefore) await (reopening ??= reopen());
      try {
        const position = await log.append(parts);
        failure = undefined;
        return position;
      } catch (error) {
        return fail(error);
      }
    },
    get failure() {
      return failure;
    },
    close: async () => {
      isClosed = true;
      // What is being opened has the folder too.
      await reopening;
      await log.close();
    },
  };
}
