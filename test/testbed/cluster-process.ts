import { spawn } from 'node:child_process';
import { openSync, closeSync } from 'node:fs';
import { join } from 'node:path';
import { processMark } from './cluster-folder.ts';
import type { ClusterFolder } from './cluster-folder.ts';

/** A program of a cluster that runs until the cluster is released. */
export interface ClusterProcess {
  /** Undefined while it runs; else why it ended. */
  ended(): string | undefined;
  /** Kills it; resolves when it is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a program of the cluster, its output in the log folder. It gets a session of its own, so
 * that Ctrl-C reaches only the tests, and the kernel ends it when this process ends in any way.
 */
export function startClusterProcess(
  folder: ClusterFolder,
  name: string,
  command: readonly string[],
  env: NodeJS.ProcessEnv,
): ClusterProcess {
  const log = openSync(join(folder.path, 'log', `${name}.log`), 'a');
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
    detached: true,
    stdio: ['ignore', log, log],
    env: { GOMEMLIMIT: '768MiB', ...env },
  });
  closeSync(log);
  let end: string | undefined;
  child.on('error', (error) => {
    end = error.message;
  });
  const gone = new Promise<void>((resolve) => {
    child.on('exit', (code, signal) => {
      end = signal ?? `exit code ${code ?? '?'}`;
      resolve();
    });
  });
  child.unref();
  const mark = child.pid === undefined ? undefined : processMark(child.pid);
  if (mark !== undefined) {
    folder.record.processes.push(mark);
    folder.save();
  }
  return {
    ended: () => end,
    kill: async () => {
      if (end === undefined && child.kill('SIGKILL')) await gone;
    },
  };
}
