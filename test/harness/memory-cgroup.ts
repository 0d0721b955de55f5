import {
  accessSync,
  constants,
  mkdtempSync,
  readFileSync,
  rmdirSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';

const ROOT = '/sys/fs/cgroup/memory';

/** A memory limit for processes, as a container has one. */
export interface MemoryCgroup {
  /** The same command inside of it; the shell it starts with becomes the command. */
  wrap: (command: readonly string[]) => readonly string[];
  /** Processes that the kernel ended because of the limit. */
  killed(): number;
  remove(): void;
}

/** Whether this machine has memory cgroups (version 1) that this user may make. */
export function hasMemoryCgroups(): boolean {
  try {
    accessSync(join(ROOT, 'memory.limit_in_bytes'));
    accessSync(ROOT, constants.W_OK);
    return true;
  } catch (error) {
    process.stderr.write(`no memory cgroup: ${String(error)}\n`);
    return false;
  }
}

export function createMemoryCgroup(limitBytes: number): MemoryCgroup {
  const folder = mkdtempSync(join(ROOT, 'jaeger-test-'));
  writeFileSync(join(folder, 'memory.limit_in_bytes'), String(limitBytes));
  return {
    wrap: (command) => ['sh', '-c', 'echo $$ > "$0"; exec "$@"', join(folder, 'tasks'), ...command],
    killed: () => {
      const text = readFileSync(join(folder, 'memory.oom_control'), 'utf8');
      return Number(/oom_kill (\d+)/.exec(text)?.[1] ?? 0);
    },
    remove: () => {
      rmdirSync(folder);
    },
  };
}
