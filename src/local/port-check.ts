import { createSocket } from 'node:dgram';
import { createServer } from 'node:net';
import { UsageError, systemErrorCode } from '../runtime/errors.ts';
import type { LocalPort, LocalProcess } from './local-processes.ts';
import { portOwner } from './port-owner.ts';

const HOST = '127.0.0.1';

const PORT_MAX = 65_535;

/** @throws UsageError that says how far the ports can be moved, when one is moved too far */
export function requirePortRange(processes: readonly LocalProcess[], portOffset: number): void {
  const all = processes.flatMap(({ name, ports }) => ports.map(({ port }) => ({ name, port })));
  const highest = all.toSorted((a, b) => b.port - a.port)[0];
  if (highest === undefined || highest.port <= PORT_MAX) return;
  const offsetMax = PORT_MAX - (highest.port - portOffset);
  throw new UsageError(
    `--port-offset ${portOffset} moves a port of ${highest.name} to ${highest.port}; ` +
      `give at most ${offsetMax}`,
  );
}

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
