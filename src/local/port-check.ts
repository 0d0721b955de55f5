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

/** Names of the ports people look for first: the UI, then OTLP. */
const FOREMOST: readonly string[] = ['query', 'grpc-otlp', 'http-otlp'];

/**
 * Makes sure that every port is free before anything is started.
 * @throws Error with a line for every one that is not and who has it, then what to do
 */
export async function requireFreePorts(
  processes: readonly Pick<LocalProcess, 'name' | 'ports'>[],
): Promise<void> {
  const all = processes.flatMap(({ name, ports }) => ports.map((port) => ({ name, port })));
  const taken: string[] = [];
  for (const { name, port } of all.toSorted((a, b) => rankOf(a.port) - rankOf(b.port))) {
    const inUse = await inUseText(port);
    if (inUse !== undefined) taken.push(`${name}: ${inUse}.`);
  }
  if (taken.length === 0) return;
  const advice = `Stop ${taken.length === 1 ? 'it' : 'them'}, or choose other ports: `;
  throw new Error([...taken, `${advice}jaegerctl up --port-offset 1000`].join('\n'));
}

function rankOf({ name }: LocalPort): number {
  const rank = FOREMOST.indexOf(name);
  return rank < 0 ? FOREMOST.length : rank;
}

/** `port 16686 (query) is in use by pid 7 (node)`; undefined when it is free. */
async function inUseText({ name, port, transport }: LocalPort): Promise<string | undefined> {
  if (await (transport === 'udp' ? udpIsFree(port) : tcpIsFree(port))) return undefined;
  const owner = await portOwner(port, transport);
  const by = owner === undefined ? '' : ` by pid ${owner.pid} (${owner.command})`;
  return `port ${port} (${name}) is in use${by}`;
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
