import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { systemClock } from '../../../src/runtime/clock.ts';
import type { EmbeddedStorage } from '../../../src/storage/embedded/embedded-storage.ts';
import type { StoreOutput } from '../../../src/tools/store/store-output.ts';
import { TEST_TIME_NANO, aBatch, aTrace, traceId } from '../../harness/a-span.ts';
import type { SpanOverrides } from '../../harness/a-span.ts';
import { openTestStorage } from '../../harness/embedded-storage.ts';
import { NEVER_ABORTED } from '../../harness/read-traces.ts';

export const OFFLINE = { clock: systemClock, logger: pino({ level: 'silent' }) };

/** A folder that is gone after the test. */
export async function aFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'store-tool-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A store that is filled and then closed. */
export async function aStore(fill: (storage: EmbeddedStorage) => Promise<void>): Promise<string> {
  const folder = await aFolder();
  const storage = await openTestStorage(folder);
  await fill(storage);
  await storage.close();
  return folder;
}

/** Trace `number`, which starts so many seconds after the time of tests. */
export async function writeTrace(
  { writer }: Pick<EmbeddedStorage, 'writer'>,
  number: number,
  {
    spans = 3,
    tenant = '',
    ...overrides
  }: SpanOverrides & { spans?: number; tenant?: string } = {},
): Promise<void> {
  const trace = aTrace(spans, {
    traceId: traceId(number),
    startTimeUnixNano: TEST_TIME_NANO + BigInt(number) * 1_000_000_000n,
    ...overrides,
  });
  await writer.write(aBatch(trace, { tenant }), NEVER_ABORTED);
}

/** Files of a store that end like this, sorted. */
export async function filesOf(folder: string, end: string): Promise<readonly string[]> {
  const all = await readdir(folder, { recursive: true });
  return all
    .filter((path) => path.endsWith(end))
    .map((path) => join(folder, path))
    .sort();
}

export interface Captured extends StoreOutput {
  readonly text: { out: string; err: string };
}

export function captureOutput(): Captured {
  const text = { out: '', err: '' };
  return { text, out: (part) => (text.out += part), err: (part) => (text.err += part) };
}
