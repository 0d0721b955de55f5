import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect, it } from 'vitest';

const WAITING = `
  import { firstStopSignal } from './src/runtime/signals.ts';
  setInterval(() => undefined, 1000);
  const stopped = firstStopSignal();
  process.stdout.write('waiting');
  await stopped;
  process.stdout.write('stopping');
`;

it('ends by the second stop signal as a process without listeners does', async () => {
  const child = spawn(process.execPath, ['--input-type=module', '-e', WAITING]);
  await once(child.stdout, 'data');
  child.kill('SIGINT');
  await once(child.stdout, 'data');
  const exited = once(child, 'exit');
  child.kill('SIGINT');
  expect(await exited).toEqual([null, 'SIGINT']);
});
