import type { LogRecord, RecordLog, RecordPosition } from '../record-log/record-log.ts';

export interface BacklogRecord {
  readonly record: LogRecord;
  /** Whether a former run appended it. */
  readonly isFormer: boolean;
}

/** The records of a spool that are to be read from disk, since memory does not have them. */
export interface DiskBacklog {
  /** Takes note of an append, and answers whether memory should keep it: it `fits`, and none before it waits on disk. */
  appended(position: RecordPosition, fits: boolean): boolean;
  /** The first of the next records that `use` makes something of; undefined when there is none. */
  take<T>(use: (record: BacklogRecord) => T | undefined): Promise<T | undefined>;
  readonly waiting: number;
  /** Where reading goes on; undefined when nothing waits on disk. */
  readonly from: RecordPosition | undefined;
}

interface Pass {
  readonly records: AsyncIterator<LogRecord, unknown>;
  /** The last record that was there when the pass began. */
  readonly upTo: RecordPosition | undefined;
}

/** `start`: where a former run had come to. */
export function createDiskBacklog(log: RecordLog, start: RecordPosition | undefined): DiskBacklog {
  const formerEnd = log.segments().at(-1)?.number ?? 0;
  let formerLeft = log.stats.records;
  let ownLeft = 0;
  let lastAppended: RecordPosition | undefined;
  let from = formerLeft > 0 ? (start ?? { segment: 0, offset: 0 }) : undefined;
  let pass: Pass | undefined;

  const endPass = ({ upTo }: Pass): void => {
    pass = undefined;
    formerLeft = 0;
    // What was appended while the pass was under way needs another one.
    if (upTo !== lastAppended) return;
    from = undefined;
    ownLeft = 0;
  };
  const nextRecord = async (current: Pass): Promise<LogRecord | undefined> => {
    try {
      const { done, value } = await current.records.next();
      return done === true ? undefined : value;
    } catch (error) {
      // Another pass begins where this one could not go on.
      pass = undefined;
      throw error;
    }
  };
  return {
    appended: (position, fits) => {
      lastAppended = position;
      if (from === undefined && fits) return true;
      from ??= position;
      ownLeft += 1;
      return false;
    },
    take: async (use) => {
      while (from !== undefined) {
        pass ??= { records: log.read(from)[Symbol.asyncIterator](), upTo: lastAppended };
        const record = await nextRecord(pass);
        if (record === undefined) {
          endPass(pass);
          continue;
        }
        from = record.next;
        const isFormer = record.position.segment <= formerEnd;
        if (isFormer) formerLeft = Math.max(formerLeft - 1, 0);
        else ownLeft -= 1;
        const used = use({ record, isFormer });
        if (used !== undefined) return used;
      }
      return undefined;
    },
    get waiting() {
      return formerLeft + ownLeft;
    },
    get from() {
      return from;
    },
  };
}
