import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openRecordLog } from '../../src/record-log/open-record-log.ts';
import type { RecordLogOptions } from '../../src/record-log/open-record-log.ts';
import type { LogRecord, RecordLog } from '../../src/record-log/record-log.ts';
import { systemClock } from '../../src/runtime/clock.ts';

/** A folder of its own, gone when the test is over. */
export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'record-log-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

export function openIn(
  folder: string,
  overrides: Partial<RecordLogOptions> = {},
): Promise<RecordLog> {
  return openRecordLog({
    folder,
    segmentBytes: 1024 * 1024,
    bytesMax: 64 * 1024 * 1024,
    minFreeBytes: 0,
    clock: systemClock,
    ...overrides,
  });
}

export async function recordsOf(records: AsyncIterable<LogRecord>): Promise<LogRecord[]> {
  const all: LogRecord[] = [];
  for await (const record of records) all.push(record);
  return all;
}

export async function textsOf(log: RecordLog): Promise<string[]> {
  return (await recordsOf(log.read())).map(({ payload }) => Buffer.from(payload).toString());
}
