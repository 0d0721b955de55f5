import { once } from 'node:events';
import { open, rm } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { systemErrorCode } from '../runtime/errors.ts';

/** A socket in a folder that says by being listened on that its maker runs. */
export interface LockSocket {
  release(): Promise<void>;
}

/** What all systems take for the path of a socket; macOS takes least. */
const PATH_BYTES_MAX = 103;
/** Of a connection that a socket without a listener refuses, or of one that is gone. */
const NOBODY_LISTENS: ReadonlySet<string | undefined> = new Set(['ECONNREFUSED', 'ENOENT']);

/** @throws the system's error where a folder cannot have sockets */
export async function listenInFolder(folder: string, name: string): Promise<LockSocket> {
  const server = createServer((socket) => socket.destroy());
  await withSocketPath(folder, name, async (path) => {
    // Whoever may look into the folder may ask whether somebody has it, another user too.
    server.listen({ path, writableAll: true });
    await once(server, 'listening');
  });
  server.unref();
  return {
    release: async () => {
      server.close();
      await rm(join(folder, name), { force: true });
    },
  };
}

/** Whether its maker runs: in whatever container of this machine, and under whatever number. */
export function isListenedOn(folder: string, name: string): Promise<boolean> {
  return withSocketPath(folder, name, async (path) => {
    const socket = connect({ path });
    try {
      await once(socket, 'connect');
      return true;
    } catch (error) {
      return !NOBODY_LISTENS.has(systemErrorCode(error));
    } finally {
      socket.destroy();
    }
  });
}

/** A path that is short enough: where that of the folder is not, Linux knows it by an open handle. */
async function withSocketPath<T>(
  folder: string,
  name: string,
  use: (path: string) => Promise<T>,
): Promise<T> {
  const path = join(folder, name);
  if (Buffer.byteLength(path) <= PATH_BYTES_MAX) return use(path);
  const handle = await open(folder);
  try {
    return await use(`/proc/self/fd/${handle.fd}/${name}`);
  } finally {
    await handle.close();
  }
}
