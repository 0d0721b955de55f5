import { createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { listen } from '../../src/runtime/listen.ts';
import { listeningInodes, portOwner } from '../../src/local/port-owner.ts';

describe('listeningInodes', () => {
  const table = [
    '  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode',
    '   0: 0100007F:10DD 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 4317',
    '   1: 0100007F:10DD 0100007F:C350 01 00000000:00000000 00:00000000 00000000     0        0 99',
    '   2: 0100007F:1F90 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 8080',
  ].join('\n');

  it('finds the socket that listens on a port, not the connections to it', () => {
    expect(listeningInodes(table, 4317, 'tcp')).toEqual(['4317']);
  });

  it('finds nothing for a port nobody listens on', () => {
    expect(listeningInodes(table, 4318, 'tcp')).toEqual([]);
  });
});

describe.runIf(process.platform === 'linux')('portOwner', () => {
  it('names this process as the owner of a port it listens on', async () => {
    const server = createServer();
    const port = await listen(server, { host: '127.0.0.1', port: 0 }, 'test');
    expect((await portOwner(port, 'tcp'))?.pid).toBe(process.pid);
    await new Promise((resolve) => server.close(resolve));
    expect(await portOwner(port, 'tcp')).toBeUndefined();
  });
});
