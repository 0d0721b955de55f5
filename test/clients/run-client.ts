import { join } from 'node:path';
import { runCommand } from '../testbed/run-command.ts';
import { goClients, pythonWith } from './client-programs.ts';
import type { ClientRow } from './client-rows.ts';

const TIMEOUT_MS = 30_000;

/** Runs a client program to its end with a task as JSON; resolves to the JSON it prints. */
export async function runClient(
  { program, runs }: Pick<ClientRow, 'program' | 'runs'>,
  task: unknown,
): Promise<unknown> {
  const [file, ...args] = await commandOf(runs, program);
  const options = { stdin: JSON.stringify(task), timeoutMs: TIMEOUT_MS, env: clientEnv() };
  return JSON.parse(await runCommand(file, args, options));
}

/** Without whatever else this machine tells clients: OTEL_…, JAEGER_…, a proxy. */
function clientEnv(): NodeJS.ProcessEnv {
  const { HOME, PATH } = process.env;
  return { HOME, PATH };
}

async function commandOf(
  runs: ClientRow['runs'],
  program: string,
): Promise<readonly [string, ...string[]]> {
  const fileIn = (folder: string): string => join(import.meta.dirname, folder, program);
  switch (runs) {
    case 'javascript':
      return [process.execPath, fileIn('javascript')];
    case 'python':
      return [await pythonWith('requirements.txt'), fileIn('python')];
    case 'python-old':
      return [await pythonWith('requirements-old.txt'), fileIn('python')];
    case 'go':
      return [await goClients(), program];
  }
}
