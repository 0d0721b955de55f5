import { fork } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { LoadCounts } from './otlp-load.ts';

const PROGRAM = fileURLToPath(new URL('otlp-load.ts', import.meta.url));

/** A process that sends OTLP/HTTP requests as fast as they are answered. */
export interface LoadGenerator {
  counts(): Promise<LoadCounts>;
  /** Waits for the answers under way; resolves to what became of all requests. */
  stop(): Promise<LoadCounts>;
}

export function startLoad(target: {
  readonly port: number;
  readonly connections: number;
  readonly spansPerRequest: number;
  /** The processor it runs on; any when absent. */
  readonly core?: number;
}): LoadGenerator {
  const args = [target.port, target.connections, target.spansPerRequest].map(String);
  const pinned =
    target.core === undefined
      ? {}
      : { execPath: 'taskset', execArgv: ['-c', String(target.core), process.execPath] };
  const child = fork(PROGRAM, args, { stdio: 'inherit', ...pinned });
  const ask = async (message: string): Promise<LoadCounts> => {
    const answered = new Promise<unknown>((resolve, reject) => {
      const onExit = (code: number | null): void => {
        reject(new Error(`the load generator ended with ${code ?? 'a signal'}`));
      };
      child.once('exit', onExit);
      child.once('message', (counts) => {
        child.off('exit', onExit);
        resolve(counts);
      });
    });
    child.send(message);
    const counts = await answered;
    if (!isCounts(counts)) throw new Error(`the load generator says ${JSON.stringify(counts)}`);
    return counts;
  };
  return {
    counts: () => ask('counts'),
    stop: async () => {
      const ended = endOf(child);
      const counts = await ask('stop');
      await ended;
      return counts;
    },
  };
}

async function endOf(child: ChildProcess): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
}

function isCounts(value: unknown): value is LoadCounts {
  return typeof value === 'object' && value !== null && 'spansAccepted' in value;
}
