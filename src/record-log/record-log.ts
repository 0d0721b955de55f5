/**
 * An append-only log of byte records on disk, in segment files: what is behind an acknowledgement
 * before its data is where it belongs. Knows nothing of traces. One process has a log open at a time.
 */
export interface RecordLog {
  /**
   * Appends one record, given in parts so that nothing is copied together first. Resolves when it is
   * on disk (fdatasync, one for all records that wait). Rejects with `RecordLogFullError` when the
   * log's bytes are used up, with `RecordLogFailedError` when the disk failed: then the record is not
   * kept, and nothing more is appended to the same file.
   */
  append(parts: readonly Uint8Array[]): Promise<RecordPosition>;
  /**
   * The records from a position on (or from the oldest kept), in the order they were appended, up to
   * what was durable when this was called. Damaged records are left out and counted.
   */
  read(from?: RecordPosition): AsyncIterable<LogRecord>;
  /** Ends the segment being written; the next append starts another. Its number. */
  seal(): Promise<number>;
  /** Segments on disk, oldest first; the last one may still be written. */
  segments(): readonly LogSegment[];
  /** Deletes whole segments whose records all come before the position. */
  releaseBefore(position: RecordPosition): Promise<void>;
  readonly stats: RecordLogStats;
  /** Finishes appends under way and lets go of the folder. A second call does nothing. */
  close(): Promise<void>;
}

/** Where a record begins: segment number, then byte. Ordered like that. */
export interface RecordPosition {
  readonly segment: number;
  readonly offset: number;
}

export interface LogRecord {
  readonly position: RecordPosition;
  /** Where the next record begins. */
  readonly next: RecordPosition;
  /** Unix milliseconds of the append. */
  readonly appendedAtMs: number;
  readonly payload: Uint8Array;
}

export interface LogSegment {
  readonly number: number;
  readonly path: string;
  readonly bytes: number;
  readonly records: number;
  /** Unix milliseconds of its first record; undefined when it has none. */
  readonly firstAppendedAtMs: number | undefined;
}

export interface RecordLogStats {
  readonly bytes: number;
  readonly bytesMax: number;
  readonly records: number;
  /** Records that could not be read back because their bytes are damaged. */
  readonly damagedRecords: number;
  /** Bytes cut from the end of the last segment at open: a record that was never acknowledged. */
  readonly tornBytes: number;
}
