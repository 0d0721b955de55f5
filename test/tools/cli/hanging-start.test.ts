import { execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { roleCommand } from '../../../src/tools/cli/role-command.ts';

const MAKE_PIPE = 'mkfifo';
const FLAGS = ['--health.http.host-port=127.0.0.1:0', '--admin.http.host-port=127.0.0.1:0'];

describe('a role that is told to stop while it starts', () => {
  it('ends within the shutdown timeout when a file does not answer, and says so', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'hanging-start-'));
    onTestFinished(() => rm(folder, { recursive: true }));
    // Opening a pipe that nobody writes to takes a thread of Node's pool for good, as a file system
    // does that has gone away.
    const file = join(folder, 'rules.yaml');
    execFileSync(MAKE_PIPE, [file]);
    const collector = spawn(
      process.execPath,
      [
        ...['src/main.ts', 'collector', ...FLAGS, `--collector.rules-file=${file}`],
        ...['--shutdown-timeout=200ms', '--log-format=json'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    onTestFinished(() => {
      collector.kill('SIGKILL');
    });
    let said = '';
    const ended = once(collector, 'exit');
    for await (const chunk of collector.stderr) {
      said += String(chunk);
      // The first line of a collector is written while it starts.
      if (!said.includes('told to stop') && said.includes('\n')) collector.kill('SIGTERM');
    }
    expect(await ended).toEqual([null, 'SIGTERM']);
    expect(said).toContain(
      'jaegerctl collector: collector was told to stop while it started, and had not started 200 ms later',
    );
  }, 30_000);

  it('stops as usual when it has started in that time', async () => {
    const started = Promise.withResolvers<undefined>();
    let stops = 0;
    const command = roleCommand(
      {
        name: 'slow',
        settings: {},
        adminHostPort: () => undefined,
        start: async () => {
          process.emit('SIGTERM');
          setImmediate(() => {
            started.resolve(undefined);
          });
          await started.promise;
          const stop = (): Promise<void> => {
            stops += 1;
            return Promise.resolve();
          };
          return { addresses: [], stop };
        },
      },
      { summary: 'starts slowly', examples: [] },
    );
    const flags = ['--health.http.host-port=127.0.0.1:0', '--log-level=silent'];
    await command.parseAsync(flags, { from: 'user' });
    expect(stops).toBe(1);
  });
});
