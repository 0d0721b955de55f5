import { readFile } from 'node:fs/promises';
import { systemErrorCode } from '../runtime/errors.ts';

/** A process of this machine; a number alone is not enough: a container's is always the same. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks from the start of the system to that of the process; '' for one that runs no more. */
  readonly started: string;
  /** Of the running system. */
  readonly boot: string;
}

export function thisProcess(): Promise<ProcessIdentity> {
  return identityOf(process.pid);
}

/** Of processes that this one can see. */
export async function isRunning({ pid, started, boot }: ProcessIdentity): Promise<boolean> {
  const now = await identityOf(pid);
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

async function identityOf(pid: number): Promise<ProcessIdentity> {
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
