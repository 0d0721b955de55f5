import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** The operator as a process of its own, for what can only happen to a process. */
export interface OperatorProcess {
  readonly child: ChildProcess;
  /** Resolves with the first log line, past or to come, that has this message. */
  logged(msg: string): Promise<void>;
  /** The exit code, or the signal. */
  readonly ended: Promise<number | NodeJS.Signals>;
}

const MAIN = fileURLToPath(new URL('../../../src/main.ts', import.meta.url));

export function spawnOperator(flags: Readonly<Record<string, string>>): OperatorProcess {
  const args = Object.entries({
    'log-format': 'json',
    'health.http.host-port': '127.0.0.1:0',
    ...flags,
  }).map(([flag, value]) => `--${flag}=${value}`);
  const child = spawn(process.execPath, [MAIN, 'controller', ...args], {
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const seen: string[] = [];
  const lines = createInterface({ input: child.stderr });
  lines.on('line', (line) => seen.push(line));
  const ended = new Promise<number | NodeJS.Signals>((resolve) => {
    child.once('exit', (code, signal) => {
      resolve(signal ?? code ?? -1);
    });
  });
  const logged = async (msg: string): Promise<void> => {
    const has = (line: string): boolean => line.includes(`"msg":"${msg}"`);
    if (seen.some(has)) return;
    await new Promise<void>((resolve, reject) => {
      lines.on('line', (line) => {
        if (has(line)) resolve();
      });
      child.once('exit', () => {
        reject(new Error(`it ended without saying ${msg}:\n${seen.join('\n')}`));
      });
    });
  };
  return { child, logged, ended };
}
