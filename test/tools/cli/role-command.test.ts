import { describe, expect, it } from 'vitest';
import { roleCommand } from '../../../src/tools/cli/role-command.ts';

const FLAGS = ['--health.http.host-port=127.0.0.1:0', '--log-level=silent'];

describe('the command of a role', () => {
  it('stops the role and fails when the role can no longer work', async () => {
    const failed = Promise.withResolvers<never>();
    let stops = 0;
    const command = roleCommand(
      {
        name: 'fragile',
        settings: {},
        adminHostPort: () => undefined,
        start: () => {
          setImmediate(() => {
            failed.reject(new Error('the loop ended'));
          });
          const stop = (): Promise<void> => {
            stops += 1;
            return Promise.resolve();
          };
          return Promise.resolve({ addresses: [], failed: failed.promise, stop });
        },
      },
      { summary: 'fails', examples: [] },
    );
    await expect(command.parseAsync(FLAGS, { from: 'user' })).rejects.toMatchObject({
      message: 'fragile can no longer work',
      cause: new Error('the loop ended'),
    });
    expect(stops).toBe(1);
  });
});
