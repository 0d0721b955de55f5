import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Interface } from 'node:readline';

/** Clock ticks of /proc/PID/stat a second; 100 on every Linux that Node supports. */
const TICKS_PER_SECOND = 100;

export interface PinnedProcess {
  readonly child: ChildProcess;
  /** Lines of standard output and standard error. */
  readonly lines: Interface;
  readonly cpuSeconds: () => number;
  stop(): Promise<void>;
}

/**
 * Runs Node with the given arguments on one core, where the system has `taskset`.
 * @param env added to this process's environment
 * @param wrap puts the command inside of another
 */
export function startPinned(
  core: number,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  wrap: (command: readonly string[]) => readonly string[] = (command) => command,
): PinnedProcess {
  const command = ['taskset', '-c', String(core), process.execPath, ...args];
  const [program = '', ...rest] = wrap(process.platform === 'linux' ? command : command.slice(3));
  const child = spawn(program, rest, {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
  });
  child.stdout.on('error', reportStreamError);
  const lines = createInterface({ input: child.stdout });
  createInterface({ input: child.stderr }).on('line', (line) => lines.emit('line', line));
  return {
    child,
    lines,
    cpuSeconds: () => cpuSecondsOf(child.pid ?? 0),
    stop: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

function reportStreamError(error: Error): void {
  console.error(error);
}

/** User and system time of a process so far; NaN where there is no /proc. */
export function cpuSecondsOf(pid: number): number {
  if (process.platform !== 'linux') return Number.NaN;
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name, in parentheses, may hold spaces; utime and stime are fields 14 and 15.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** How long the main thread of a process has run, in milliseconds; NaN where there is no /proc. */
export function mainThreadMsOf(pid: number | undefined): number {
  if (process.platform !== 'linux' || pid === undefined) return Number.NaN;
  // https://docs.kernel.org/scheduler/sched-stats.html#proc-pid-schedstat
  const [nanos] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ');
  return Number(nanos) / 1e6;
}

/** The most memory a process has had resident, in bytes; NaN where there is no /proc. */
export function memoryPeakOf(pid: number): number {
  return statusBytes(pid, /VmHWM:\s+(\d+) kB/);
}

/** The memory a process has resident, in bytes; NaN where there is no /proc. */
export function memoryOf(pid: number): number {
  return statusBytes(pid, /VmRSS:\s+(\d+) kB/);
}

function statusBytes(pid: number, line: RegExp): number {
  if (process.platform !== 'linux') return Number.NaN;
  const kib = line.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
  return Number(kib) * 1024;
}

/** Resolves to the first line that `match` turns into something; rejects when the process ends. */
export function firstLine<T>(
  { lines, child }: PinnedProcess,
  match: (line: string) => T | undefined,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const seen: string[] = [];
    const onLine = (line: string): void => {
      seen.push(line);
      const found = match(line);
      if (found === undefined) return;
      lines.off('line', onLine);
      resolve(found);
    };
    lines.on('line', onLine);
    child.once('exit', (code) => {
      reject(new Error(`the process ended with ${code ?? 'a signal'}:\n${seen.join('\n')}`));
    });
  });
}
