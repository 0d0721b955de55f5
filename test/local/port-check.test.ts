import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { describe, expect, it } from 'vitest';
import type { LocalPort } from '../../src/local/local-processes.ts';
import { requireFreePorts } from '../../src/local/port-check.ts';

async function taken(): Promise<{ readonly server: Server; readonly port: number }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  return { server, port: typeof address === 'object' && address !== null ? address.port : 0 };
}

describe('the check for free ports', () => {
  it('names every port that is taken, the UI first, then OTLP', async () => {
    const held = [await taken(), await taken(), await taken()];
    const names = ['config-rest', 'grpc-otlp', 'query'];
    const ports = held.map(({ port }, i): LocalPort => ({
      name: names[i] ?? '',
      port,
      transport: 'tcp',
    }));
    const message = await requireFreePorts([{ name: 'shop', ports }]).then(() => 'free', String);
    for (const { server } of held) server.close();
    const [rest, grpc, query] = ports.map(({ name, port }) => `shop: port ${port} (${name})`);
    const by = (line: string): string => line.replace(/ is in use by pid \d+ \(.*\)\.$/, '');
    expect(message.replace('Error: ', '').split('\n').map(by)).toEqual([
      query,
      grpc,
      rest,
      'Stop them, or choose other ports: jaegerctl up --port-offset 1000',
    ]);
  });
});
