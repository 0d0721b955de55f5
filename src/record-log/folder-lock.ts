import { randomUUID } from 'node:crypto';
import { readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isListenedOn, listenInFolder } from './lock-socket.ts';
import type { LockSocket } from './lock-socket.ts';
import { RecordLogOpenError } from './record-log-error.ts';
import { isRunning, thisProcess } from './running-process.ts';
import type { ProcessIdentity } from './running-process.ts';

export type FolderLock = LockSocket;

/** A socket is named by its process and a random part, a file by when that process began too. */
const LOCK_NAME = /^lock\.(\d+)(?:\.(\d*)\.([0-9a-f-]*))?\.[0-9a-f-]{36}$/;
const ATTEMPTS = 5;
const PAUSE_MS_MAX = 50;

/**
 * Takes a folder for this process. The lock of a process that has ended is taken over.
 *
 * Everybody who wants the folder first makes a socket named after itself, which nobody alive removes
 * but its maker, and then looks at the others': of two who come at once, one at least sees the other.
 * They may both give way, and come again after a while by chance. Where a folder cannot have sockets
 * it is an empty file, and the number of the process says who runs: that of another container does
 * not.
 * @throws RecordLogOpenError naming the folder and the process that has it
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  for (let attempt = 1; ; attempt += 1) {
    const own = await makeLock(folder);
    const other = await findOther(folder, own.name);
    if (other === undefined) return own;
    await own.release();
    if (attempt === ATTEMPTS) {
      throw new RecordLogOpenError(`${folder} is in use by process ${other.pid}`);
    }
    await sleep(Math.random() * PAUSE_MS_MAX);
  }
}

async function makeLock(folder: string): Promise<FolderLock & { readonly name: string }> {
  const { pid, started, boot } = await thisProcess();
  const id = randomUUID();
  try {
    const name = `lock.${pid}.${id}`;
    return { name, ...(await listenInFolder(folder, name)) };
  } catch {
    // What is wrong with the folder itself is wrong with a file in it too, and said better.
    const name = `lock.${pid}.${started}.${boot}.${id}`;
    const path = join(folder, name);
    await writeFile(path, '');
    return { name, release: () => rm(path, { force: true }) };
  }
}

/** The number of the process that has the folder; undefined when none has. Changes nothing. */
export async function processWithFolder(folder: string): Promise<number | undefined> {
  for (const lock of await locksIn(folder)) {
    if (await isHeld(folder, lock)) return lock.holder.pid;
  }
  return undefined;
}

/** A running process that has the folder or wants it. Removes what is left of others. */
async function findOther(folder: string, own: string): Promise<ProcessIdentity | undefined> {
  for (const lock of await locksIn(folder)) {
    if (lock.name === own) continue;
    if (await isHeld(folder, lock)) return lock.holder;
    await rm(join(folder, lock.name), { force: true });
  }
  return undefined;
}

interface Lock {
  readonly name: string;
  readonly holder: ProcessIdentity;
  readonly isSocket: boolean;
}

async function locksIn(folder: string): Promise<readonly Lock[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  return entries.flatMap((entry) => {
    const match = LOCK_NAME.exec(entry.name);
    if (match === null) return [];
    const [name, pid, started = '', boot = ''] = match;
    return [{ name, holder: { pid: Number(pid), started, boot }, isSocket: entry.isSocket() }];
  });
}

function isHeld(folder: string, { name, holder, isSocket }: Lock): Promise<boolean> {
  return isSocket ? isListenedOn(folder, name) : isRunning(holder);
}
