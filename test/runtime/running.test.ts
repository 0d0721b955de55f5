import { describe, expect, it } from 'vitest';
import { startInOrder } from '../../src/runtime/running.ts';
import type { Running } from '../../src/runtime/running.ts';

function recorder(): { log: string[]; part: (name: string) => () => Promise<Running> } {
  const log: string[] = [];
  return {
    log,
    part: (name) => () => {
      log.push(`start ${name}`);
      const stop = (): Promise<void> => {
        log.push(`stop ${name}`);
        return Promise.resolve();
      };
      const address = { name, transport: 'tcp', host: '127.0.0.1', port: 1 } as const;
      return Promise.resolve({ addresses: [address], stop });
    },
  };
}

describe('startInOrder', () => {
  it('starts in order and stops in reverse, once', async () => {
    const { log, part } = recorder();
    const running = await startInOrder([part('a'), part('b')]);
    expect(running.addresses.map(({ name }) => name)).toEqual(['a', 'b']);
    await running.stop();
    await running.stop();
    expect(log).toEqual(['start a', 'start b', 'stop b', 'stop a']);
  });

  it('stops what was started when a later part fails, and rejects with that failure', async () => {
    const { log, part } = recorder();
    const fails = (): Promise<Running> => Promise.reject(new Error('port taken'));
    await expect(startInOrder([part('a'), fails, part('b')])).rejects.toThrow('port taken');
    expect(log).toEqual(['start a', 'stop a']);
  });

  it('stops every part even when one fails to', async () => {
    const { log, part } = recorder();
    const broken = (): Promise<Running> =>
      Promise.resolve({ addresses: [], stop: () => Promise.reject(new Error('stuck')) });
    const running = await startInOrder([part('a'), broken]);
    await expect(running.stop()).rejects.toThrow('stuck');
    expect(log).toEqual(['start a', 'stop a']);
  });
});
