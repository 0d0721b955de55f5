import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ListenError, listen } from '../../../src/runtime/listen.ts';
import { listSettings } from '../../../src/runtime/resolve-config.ts';
import { hostPortSetting } from '../../../src/runtime/setting.ts';
import { withListenHint } from '../../../src/tools/cli/listen-hint.ts';

const settings = listSettings({
  health: hostPortSetting({ flag: 'health.http.host-port', default: ':1', description: '' }),
});

describe('withListenHint', () => {
  it('names who has the port and the flag that moves it', async () => {
    const server = createServer();
    const hostPort = { host: '127.0.0.1', port: 0 };
    const port = await listen(server, hostPort, 'test');
    const cause = Object.assign(new Error('taken'), { code: 'EADDRINUSE' });
    const error = new ListenError('health', { ...hostPort, port }, cause);
    const values = new Map([['health.http.host-port', `:${port}`]]);
    const owner = process.platform === 'linux' ? ` by pid ${process.pid} ` : '';
    const hinted = await withListenHint(error, settings, () => values);
    expect(String(hinted)).toContain(`health: 127.0.0.1:${port} is in use${owner}`);
    expect(String(hinted)).toMatch(/; choose another with --health\.http\.host-port$/);
    await new Promise((resolve) => server.close(resolve));
  });

  it('leaves other errors as they are', async () => {
    const error = new Error('other');
    expect(await withListenHint(error, settings, () => new Map())).toBe(error);
  });
});
