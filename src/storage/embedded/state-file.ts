import { mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { isNoRoom } from '../../record-log/record-log-error.ts';
import { syncFolder } from '../../record-log/spare-file.ts';
import { systemErrorCode } from '../../runtime/errors.ts';
import { isJsonObject } from '../../runtime/json-object.ts';
import type { JsonObject } from '../../runtime/json-object.ts';
import type { Logger } from '../../runtime/logger.ts';
import { StoreBusyError, StoreLimitError, StoreOpenError } from './storage-error.ts';

/** A small JSON object in a file of its own. */
export interface StateFile {
  /** undefined when there is none, or it is damaged, which is logged. @throws StoreOpenError */
  read(): Promise<JsonObject | undefined>;
  /**
   * Resolves when it is on disk; a crash leaves it or what was before.
   * @throws StoreBusyError, StoreLimitError
   */
  write(value: JsonObject): Promise<void>;
}

const FORMAT = 1;
const BYTES_MAX = 16 * 2 ** 20;

export function createStateFile(path: string, logger: Logger): StateFile {
  return {
    read: async () => {
      const text = await readIfThere(path);
      if (text === undefined) return undefined;
      const value = parseObject(text);
      if (value === undefined) logger.error(`${path} is damaged, and left out`);
      if (Number(value?.['format']) > FORMAT) throw newerFormat(path, value?.['format']);
      return value;
    },
    write: async (value) => {
      const text = `${JSON.stringify({ format: FORMAT, ...value })}\n`;
      if (text.length > BYTES_MAX) {
        throw new StoreLimitError(`${path} would have more than ${BYTES_MAX} bytes`);
      }
      try {
        await replaceFile(path, text);
      } catch (error) {
        throw new StoreBusyError(`${path} cannot be written now`, { cause: error });
      }
    },
  };
}

/** How a file of a later version is refused, by its name. */
export function newerFormat(path: string, format: unknown): StoreOpenError {
  return new StoreOpenError(
    `${path} has format version ${String(format)}; this program reads up to ${FORMAT}`,
  );
}

async function replaceFile(path: string, text: string): Promise<void> {
  const unfinished = `${path}.tmp`;
  await mkdir(dirname(path), { recursive: true });
  try {
    const file = await open(unfinished, 'w');
    try {
      await file.writeFile(text);
      await file.datasync();
    } finally {
      await file.close();
    }
    await rename(unfinished, path);
  } catch (error) {
    if (isNoRoom(error)) await rm(unfinished, { force: true });
    throw error;
  }
  await syncFolder(dirname(path));
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return undefined;
    throw new StoreOpenError(`${path} cannot be read`, { cause: error });
  }
}

function parseObject(text: string): JsonObject | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isJsonObject(value) ? value : undefined;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
