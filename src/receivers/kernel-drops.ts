import { readFile } from 'node:fs/promises';
import { systemErrorCode } from '../runtime/errors.ts';

/** Packets the kernel has dropped for want of room in a socket's buffer, by local UDP port. */
export async function readKernelDrops(): Promise<ReadonlyMap<number, number>> {
  const tables = await Promise.all(['/proc/net/udp', '/proc/net/udp6'].map(readTable));
  return parseKernelDrops(tables.join('\n'));
}

/** Empty where there is no such table: another system than Linux, or one without IPv6. */
async function readTable(path: string): Promise<string> {
  try {
    return await readFile(path, 'latin1');
  } catch (error) {
    if (systemErrorCode(error) === 'ENOENT') return '';
    throw error;
  }
}

/**
 * Drops by local port, of all sockets on it, from the text of /proc/net/udp: the second column ends
 * in `:` and the port in hex, the last one is the count.
 * https://docs.kernel.org/networking/proc_net_tcp.html
 */
export function parseKernelDrops(table: string): ReadonlyMap<number, number> {
  const drops = new Map<number, number>();
  for (const line of table.split('\n')) {
    const columns = line.trim().split(/\s+/);
    const port = /^[0-9A-F]+:([0-9A-F]{4})$/.exec(columns[1] ?? '')?.[1];
    const count = Number(columns.at(-1));
    if (port === undefined || !Number.isInteger(count)) continue;
    const number = Number.parseInt(port, 16);
    drops.set(number, (drops.get(number) ?? 0) + count);
  }
  return drops;
}
