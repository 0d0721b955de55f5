import { openBlockFile } from '../../storage/embedded/block/block-file.ts';
import { BlockError } from '../../storage/embedded/block/block-format.ts';
import { verifyBlock } from '../../storage/embedded/block/verify-block.ts';
import { RecordLogOpenError } from '../../record-log/record-log-error.ts';
import { errorText } from '../../runtime/errors.ts';
import { wasDeleted } from './deleted-file.ts';
import { readSegment } from './read-segment.ts';
import { heldNote } from './stored-store.ts';
import type { StoredStore } from './stored-store.ts';
import { bytesText } from './store-output.ts';
import type { StoreOutput } from './store-output.ts';

export interface StoreCheck {
  readonly directory: string;
  /** The process that has it; null when none has. */
  readonly heldBy: number | null;
  readonly blocks: number;
  readonly bytes: number;
  readonly spans: number;
  /** Batches in logs that are in no block. */
  readonly logRecords: number;
  readonly damage: readonly Damage[];
}

export interface Damage {
  readonly file: string;
  readonly what: string;
}

interface Tally {
  blocks: number;
  bytes: number;
  spans: number;
  logRecords: number;
  readonly damage: Damage[];
}

/** Reads all of a store and compares every CRC. Of one that a process has, the logs are left out. */
export async function checkStore(store: StoredStore): Promise<StoreCheck> {
  const tally: Tally = { blocks: 0, bytes: 0, spans: 0, logRecords: 0, damage: [] };
  for (const { blocks, segments } of store.tenants) {
    for (const { path } of blocks) checkBlock(path, tally);
    if (store.heldBy !== undefined) continue;
    for (const path of segments) await checkSegment(path, tally);
  }
  return { directory: store.directory, heldBy: store.heldBy ?? null, ...tally };
}

function checkBlock(path: string, tally: Tally): void {
  try {
    const file = openBlockFile(path);
    try {
      tally.blocks += 1;
      tally.bytes += file.size;
      const { spanCount, damage } = verifyBlock(file);
      tally.spans += spanCount;
      for (const what of damage) tally.damage.push({ file: path, what });
    } finally {
      file.close();
    }
  } catch (error) {
    if (!(error instanceof BlockError)) throw error;
    if (!wasDeleted(error)) tally.damage.push({ file: path, what: errorText(error) });
  }
}

async function checkSegment(path: string, tally: Tally): Promise<void> {
  const batches = readSegment(path);
  try {
    for (;;) {
      const { done, value } = await batches.next();
      if (done === true) {
        for (const offset of value.damagedAt) {
          tally.damage.push({ file: path, what: `a record is damaged, byte ${offset}` });
        }
        if (value.unreadable > 0) {
          tally.damage.push({ file: path, what: `${value.unreadable} records hold no spans` });
        }
        return;
      }
      tally.logRecords += 1;
    }
  } catch (error) {
    if (!(error instanceof RecordLogOpenError)) throw error;
    tally.damage.push({ file: path, what: errorText(error) });
  }
}

/** @returns the exit code: 1 when something is damaged */
export function reportCheck(check: StoreCheck, format: 'table' | 'json', to: StoreOutput): number {
  const code = check.damage.length === 0 ? 0 : 1;
  if (format === 'json') {
    to.out(`${JSON.stringify(check, undefined, 2)}\n`);
    return code;
  }
  if (check.heldBy !== null) to.err(`${heldNote(check.heldBy)}\n`);
  for (const { file, what } of check.damage) to.out(`${file}: ${what}\n`);
  const { blocks, bytes, spans, logRecords, damage } = check;
  to.out(
    `${blocks} blocks (${bytesText(bytes)}, ${spans} spans) and ${logRecords} batches in logs: ` +
      `${damage.length === 0 ? 'all whole' : `${damage.length} damaged places`}\n`,
  );
  return code;
}
