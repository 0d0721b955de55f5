import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { open, readFile } from 'node:fs/promises';
import { request } from 'undici';

export interface ChildOptions {
  readonly name: string;
  /** Arguments of jaegerctl. */
  readonly args: readonly string[];
  /** Added to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  /** Where its output goes. */
  readonly logFile: string;
  /** Answers 200 once the child does its job. */
  readonly readyUrl: string;
}

export interface LocalChild {
  readonly name: string;
  /** Resolves when the process has ended, to a sentence on how. */
  readonly ended: Promise<string>;
  /** Asks it to finish; resolves as `ended` does, at the latest (killed) after `graceMs`. */
  stop(graceMs: number): Promise<string>;
  /** The end of its log. */
  lastLines(): Promise<string>;
  kill(): void;
}

/** What keeps memory small in the image, which says why; the user's own environment comes over it. */
export const MEMORY_ENVIRONMENT = {
  NODE_OPTIONS: '--max-semi-space-size=4',
  MALLOC_MMAP_THRESHOLD_: '131072',
  MALLOC_ARENA_MAX: '1',
};

const POLL_MS = 30;
const LOG_TAIL_LINES = 5;

/**
 * Starts `jaegerctl <args>` as a process and waits until it is ready.
 * @throws Error with the last lines of its log when it ends first or is not ready in time.
 */
export async function startChild(
  options: ChildOptions,
  program: { readonly execPath: string; readonly script: string },
  timeoutMs: number,
): Promise<LocalChild> {
  const log = await open(options.logFile, 'w');
  const child = spawn(program.execPath, [program.script, ...options.args], {
    stdio: ['ignore', log.fd, log.fd, 'ipc'],
    env: { ...MEMORY_ENVIRONMENT, ...options.env },
    // Ctrl-C reaches the whole foreground group; only this process decides when a child stops.
    detached: true,
  });
  await log.close();
  child.channel?.unref();
  const local = asLocalChild(options, child);
  const failure = await whyNotReady(local, options.readyUrl, timeoutMs);
  if (failure === undefined) return local;
  local.kill();
  throw new Error(`${options.name} ${failure}\n${await logTail(options.logFile)}`);
}

/** undefined once it is ready. */
async function whyNotReady(
  local: LocalChild,
  url: string,
  timeoutMs: number,
): Promise<string | undefined> {
  const deadline = performance.now() + timeoutMs;
  while (!(await answersOk(url))) {
    const next = performance.now() > deadline ? notReady(timeoutMs) : pause(POLL_MS);
    const failure = await Promise.race([local.ended, next]);
    if (failure !== undefined) return failure;
  }
  return undefined;
}

function notReady(timeoutMs: number): Promise<string> {
  return Promise.resolve(`is not ready after ${timeoutMs / 1000} s`);
}

function pause(ms: number): Promise<undefined> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms, undefined);
  });
}

/** How a process says that it ended well or not. */
export function endedWith(exitCode: number): string {
  return `ended with exit code ${exitCode}`;
}

function asLocalChild(
  { name, logFile }: Pick<ChildOptions, 'name' | 'logFile'>,
  child: ChildProcess,
): LocalChild {
  const ended = new Promise<string>((resolve) => {
    child.once('error', (error) => {
      resolve(`could not be started: ${error.message}`);
    });
    child.once('exit', (code, signal) => {
      resolve(signal === null ? endedWith(code ?? 0) : `was ended by ${signal}`);
    });
  });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  return {
    name,
    ended,
    kill,
    lastLines: () => logTail(logFile),
    stop: async (graceMs) => {
      child.kill('SIGTERM');
      const timer = setTimeout(kill, graceMs);
      const how = await ended;
      clearTimeout(timer);
      return how;
    },
  };
}

/** Whatever goes wrong with a question to a process that starts, it is not ready yet. */
async function answersOk(url: string): Promise<boolean> {
  // Not fetch: it refuses some ports, and an offset can lead to any.
  const answer = request(url, { signal: AbortSignal.timeout(1000) });
  const answered = await answer.then(
    async ({ statusCode, body }) => {
      await body.dump();
      return statusCode === 200;
    },
    () => false,
  );
  return answered;
}

async function logTail(file: string): Promise<string> {
  const lines = (await readFile(file, 'utf8')).trimEnd().split('\n');
  return lines.slice(-LOG_TAIL_LINES).join('\n');
}
