import { readFile, readdir, readlink } from 'node:fs/promises';
import { systemErrorCode } from '../runtime/errors.ts';

export interface PortOwner {
  readonly pid: number;
  /** The program's name as the kernel has it. */
  readonly command: string;
}

export type Transport = 'tcp' | 'udp';

/** TCP_LISTEN of the kernel's net/tcp_states.h; a bound UDP socket is in state 07. */
const LISTENING: Readonly<Record<Transport, string>> = { tcp: '0A', udp: '07' };

/**
 * Who listens on a port of this machine; undefined when nobody does, when the process belongs to
 * somebody whose open files cannot be read, or where there is no Linux /proc.
 */
export async function portOwner(
  port: number,
  transport: Transport,
): Promise<PortOwner | undefined> {
  const inodes = new Set<string>();
  for (const table of [transport, `${transport}6`]) {
    for (const inode of listeningInodes(await readOrEmpty(`/proc/net/${table}`), port, transport)) {
      inodes.add(`socket:[${inode}]`);
    }
  }
  if (inodes.size === 0) return undefined;
  for (const entry of await listOrEmpty('/proc')) {
    if (/^\d+$/.test(entry) && (await holdsAny(Number(entry), inodes))) {
      const command = (await readOrEmpty(`/proc/${entry}/comm`)).trim();
      return { pid: Number(entry), command };
    }
  }
  return undefined;
}

/** Inodes of the sockets that listen on a port, from the text of /proc/net/tcp or udp. */
export function listeningInodes(
  table: string,
  port: number,
  transport: Transport,
): readonly string[] {
  const hexPort = port.toString(16).toUpperCase().padStart(4, '0');
  return table.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const matches =
      fields[1]?.endsWith(`:${hexPort}`) === true && fields[3] === LISTENING[transport];
    return matches && fields[9] !== undefined ? [fields[9]] : [];
  });
}

async function holdsAny(pid: number, sockets: ReadonlySet<string>): Promise<boolean> {
  const folder = `/proc/${pid}/fd`;
  for (const descriptor of await listOrEmpty(folder)) {
    if (sockets.has(await linkOrEmpty(`${folder}/${descriptor}`))) return true;
  }
  return false;
}

/** Processes come and go, and some may not be looked into: both mean "not found here". */
async function emptyWhenGone<T>(read: Promise<T>, empty: T): Promise<T> {
  try {
    return await read;
  } catch (error) {
    const code = systemErrorCode(error) ?? '';
    if (['ENOENT', 'EACCES', 'EPERM', 'ESRCH', 'ENOTDIR'].includes(code)) return empty;
    throw error;
  }
}

function readOrEmpty(path: string): Promise<string> {
  return emptyWhenGone(readFile(path, 'utf8'), '');
}

function listOrEmpty(path: string): Promise<readonly string[]> {
  return emptyWhenGone<readonly string[]>(readdir(path), []);
}

function linkOrEmpty(path: string): Promise<string> {
  return emptyWhenGone(readlink(path), '');
}
