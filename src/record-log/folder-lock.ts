import { randomUUID } from 'node:crypto';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemErrorCode } from '../runtime/errors.ts';
import { RecordLogOpenError } from './record-log-error.ts';

export interface FolderLock {
  release(): Promise<void>;
}

/** Who holds a folder. A number of a process alone is not enough: a container's is always the same. */
interface Holder {
  readonly pid: number;
  /** Clock ticks from the start of the system to that of the process; '' for one that runs no more. */
  readonly started: string;
  /** Of the running system. */
  readonly boot: string;
}

const LOCK_NAME = /^lock\.(\d+)\.(\d*)\.([0-9a-f-]*)\.[0-9a-f-]{36}$/;
const ATTEMPTS = 5;
const PAUSE_MS_MAX = 50;

/**
 * Takes a folder for this process. The lock of a process that has ended is taken over.
 *
 * Everybody who wants the folder first makes a file named after itself, which nobody alive removes
 * but its maker, and then looks at the others': of two who come at once, one at least sees the other.
 * They may both give way, and come again after a while by chance.
 * @throws RecordLogOpenError naming the folder and the process that has it
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  const { pid, started, boot } = await holderOf(process.pid);
  const own = `lock.${pid}.${started}.${boot}.${randomUUID()}`;
  const release = (): Promise<void> => rm(join(folder, own), { force: true });
  for (let attempt = 1; ; attempt += 1) {
    await writeFile(join(folder, own), '');
    const other = await findOther(folder, own);
    if (other === undefined) return { release };
    await release();
    if (attempt === ATTEMPTS) {
      throw new RecordLogOpenError(`${folder} is in use by process ${other.pid}`);
    }
    await sleep(Math.random() * PAUSE_MS_MAX);
  }
}

/** The number of the process that has the folder; undefined when none has. Changes nothing. */
export async function processWithFolder(folder: string): Promise<number | undefined> {
  for (const name of await readdir(folder)) {
    const holder = holderOfLock(name);
    if (holder !== undefined && (await isRunning(holder))) return holder.pid;
  }
  return undefined;
}

/** A running process that has the folder or wants it. Removes what is left of others. */
async function findOther(folder: string, own: string): Promise<Holder | undefined> {
  for (const name of await readdir(folder)) {
    const holder = holderOfLock(name);
    if (holder === undefined || name === own) continue;
    if (await isRunning(holder)) return holder;
    await rm(join(folder, name), { force: true });
  }
  return undefined;
}

/** undefined for a file that is no lock. */
function holderOfLock(name: string): Holder | undefined {
  const match = LOCK_NAME.exec(name);
  if (match === null) return undefined;
  const [, pid, started = '', boot = ''] = match;
  return { pid: Number(pid), started, boot };
}

async function isRunning({ pid, started, boot }: Holder): Promise<boolean> {
  const now = await holderOf(pid);
  if (now.boot === '') return canBeSignalled(pid);
  return now.started !== '' && now.started === started && now.boot === boot;
}

/** For systems without /proc. */
function canBeSignalled(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return systemErrorCode(error) === 'EPERM';
  }
}

async function holderOf(pid: number): Promise<Holder> {
  const stat = await readIfThere(`/proc/${pid}/stat`);
  const boot = await readIfThere('/proc/sys/kernel/random/boot_id');
  // The name, in parentheses, may hold spaces; the fields behind it are of proc_pid_stat(5).
  const fields = stat?.slice(stat.lastIndexOf(')') + 2).split(' ') ?? [];
  const started = hasEnded(fields) ? '' : fields[19];
  return { pid, started: started ?? '', boot: boot?.trim() ?? '' };
}

/** Waits for its parent to ask how it ended; a thread that is left may still write. */
function hasEnded([state = '', ...rest]: readonly string[]): boolean {
  return /[ZXx]/.test(state) && Number(rest[16]) <= 1;
}

async function readIfThere(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = systemErrorCode(error);
    if (code === 'ENOENT' || code === 'ESRCH') return undefined;
    throw error;
  }
}
