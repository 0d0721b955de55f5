import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { ensureJaeger } from './jaeger-programs.ts';

/** A program of Jaeger that runs until it is disposed of. */
export interface JaegerProcess extends AsyncDisposable {
  /** Of each listener, by name. */
  readonly ports: Readonly<Record<string, number>>;
}

const START_TIMEOUT_MS = 60_000;
const ASK_EVERY_MS = 50;
const ERROR_TEXT_CHARS = 4_000;

/**
 * Jaeger v2 on the loopback interface.
 * @param names of its listeners, each of which gets a port
 * @param configOf its configuration, with the addresses of these listeners
 */
export async function startJaeger(
  names: readonly string[],
  configOf: (addressOf: (name: string) => string) => object,
): Promise<JaegerProcess> {
  const { jaeger } = await ensureJaeger();
  const ports = await freePorts(names);
  const folder = await mkdtemp(join(tmpdir(), 'jaeger-'));
  const file = join(folder, 'config.json');
  await writeFile(file, JSON.stringify(configOf((name) => `127.0.0.1:${ports[name] ?? 0}`)));
  const running = await startProgram([jaeger, '--config', file], {}, ports);
  return {
    ports,
    [Symbol.asyncDispose]: async () => {
      await running[Symbol.asyncDispose]();
      await rm(folder, { recursive: true });
    },
  };
}

/** The storage server of Jaeger v1, over its memory storage, on listener `grpc`. */
export async function startRemoteStorage(): Promise<JaegerProcess> {
  const { remoteStorage } = await ensureJaeger();
  const ports = await freePorts(['grpc', 'admin']);
  const command = [
    remoteStorage,
    `--grpc.host-port=127.0.0.1:${ports['grpc'] ?? 0}`,
    `--admin.http.host-port=127.0.0.1:${ports['admin'] ?? 0}`,
  ];
  return startProgram(command, { SPAN_STORAGE_TYPE: 'memory' }, ports);
}

/** Resolves once every port is listened on. */
async function startProgram(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
  ports: Readonly<Record<string, number>>,
): Promise<JaegerProcess> {
  // The kernel ends it when this process ends in any way.
  const child = spawn('setpriv', ['--pdeathsig', 'KILL', ...command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { PATH: '/usr/bin:/bin', GOMEMLIMIT: '512MiB', ...env },
  });
  let said = '';
  let end: string | undefined;
  for (const output of [child.stdout, child.stderr]) {
    output.setEncoding('utf8').on('data', (text: string) => {
      said = (said + text).slice(-ERROR_TEXT_CHARS);
    });
  }
  child.once('error', (error) => {
    end = error.message;
  });
  const gone = new Promise<void>((resolve) => {
    child.once('close', (code, signal) => {
      end = signal ?? `exit code ${code ?? '?'}`;
      resolve();
    });
  });
  const stop = async (): Promise<void> => {
    if (end === undefined && child.kill('SIGKILL')) await gone;
  };
  const deadline = performance.now() + START_TIMEOUT_MS;
  for (const port of Object.values(ports)) {
    while (!(await isListenedOn(port))) {
      const reason = end ?? (performance.now() > deadline ? 'it does not listen' : undefined);
      if (reason !== undefined) {
        await stop();
        throw new Error(`${command.join(' ')}: ${reason}\n${said}`);
      }
      await sleep(ASK_EVERY_MS);
    }
  }
  return { ports, [Symbol.asyncDispose]: stop };
}

async function isListenedOn(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  try {
    await once(socket, 'connect');
    return true;
  } catch {
    // Refused: not yet.
    return false;
  } finally {
    socket.destroy();
  }
}

/** Different ports that are free now. */
async function freePorts(names: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const servers = names.map(() => createServer());
  const ports: Record<string, number> = {};
  for (const [index, server] of servers.entries()) {
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const address = server.address();
    if (typeof address === 'object' && address !== null) ports[names[index] ?? ''] = address.port;
  }
  for (const server of servers) {
    server.close();
    await once(server, 'close');
  }
  return ports;
}
