import { readFile, rename, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import type { RecordLog, RecordPosition } from '../record-log/record-log.ts';
import { systemErrorCode } from '../runtime/errors.ts';
import { isJsonObject } from '../runtime/json-object.ts';

/**
 * How far a spool is settled, in a file beside its segments, so that a restart replays little. Never
 * ahead of the truth; where it is lost or behind, more is stored twice, which readers see once.
 */
export interface SpoolCursor {
  write(position: RecordPosition): Promise<void>;
}

const NAME = 'cursor.json';

/** The position a former run had come to; undefined when that is not known: then all is replayed. */
export async function readCursor(
  folder: string,
  log: RecordLog,
): Promise<RecordPosition | undefined> {
  const found = await parseCursor(join(folder, NAME));
  // By name, which no two segments share: numbers begin anew in a folder that was emptied.
  const segment = log.segments().find(({ path }) => basename(path) === found?.segment);
  if (found === undefined || segment === undefined) return undefined;
  return { segment: segment.number, offset: found.offset };
}

export function createCursor(folder: string, log: RecordLog): SpoolCursor {
  const path = join(folder, NAME);
  return {
    write: async ({ segment, offset }) => {
      const found = log.segments().find(({ number }) => number === segment);
      if (found === undefined) return;
      await writeFile(`${path}.new`, JSON.stringify({ segment: basename(found.path), offset }));
      await rename(`${path}.new`, path);
    },
  };
}

async function parseCursor(
  path: string,
): Promise<{ readonly segment: string; readonly offset: number } | undefined> {
  try {
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    if (!isJsonObject(value)) return undefined;
    const { segment, offset } = value;
    if (typeof segment !== 'string' || typeof offset !== 'number') return undefined;
    return { segment, offset };
  } catch (error) {
    if (error instanceof SyntaxError || systemErrorCode(error) === 'ENOENT') return undefined;
    throw error;
  }
}
