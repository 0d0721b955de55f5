import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { systemErrorCode } from '../runtime/errors.ts';
import type { LocalPort } from './local-processes.ts';
import { portOwner } from './port-owner.ts';

const HOST = '127.0.0.1';

/**
 * Makes sure that every port is free before anything is started.
 * @throws Error that names the first one that is not, who has it, and what to do
 */
export async function requireFreePorts(name: string, ports: readonly LocalPort[]): Promise<void> {
  for (const { port, transport } of ports) {
    if (await (transport === 'udp' ? udpIsFree(port) : tcpIsFree(port))) continue;
    const owner = await portOwner(port, transport);
    const by = owner === undefined ? '' : ` by pid ${owner.pid} (${owner.command})`;
    throw new Error(
      `${name}: port ${port} is in use${by}. ` +
        'Stop it, or choose others: jaegerctl up --port-offset 1000',
    );
  }
}

function tcpIsFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve, reject) => {
    server.once('error', (error) => {
      settle(error, resolve, reject);
    });
    server.listen(port, HOST, () => {
      server.close(() => {
        resolve(true);
      });
    });
  });
}

function udpIsFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  return new Promise((resolve, reject) => {
    socket.once('error', (error) => {
      settle(error, resolve, reject);
    });
    socket.bind(port, HOST, () => {
      socket.close(() => {
        resolve(true);
      });
    });
  });
}

function settle(
  error: Error,
  resolve: (free: boolean) => void,
  reject: (error: Error) => void,
): void {
  if (systemErrorCode(error) === 'EADDRINUSE') resolve(false);
  else reject(error);
}
