import { Buffer } from 'node:buffer';
import { createSocket } from 'node:dgram';
import { allInOneRole } from '../../src/all-in-one/role.ts';
import { listSettings } from '../../src/runtime/resolve-config.ts';
import { settingsOfRole, startRole } from '../../src/runtime/run-role.ts';
import { ledgerOf } from '../harness/ledger.ts';
import type { LedgerTotals } from '../harness/ledger.ts';
import { connectClient } from '../runtime/grpc/grpc-harness.ts';

/** How a server answered: it took the request, refused it for good, or something else it said. */
export type Answer = 'taken' | 'refused' | (string & {});

/** A whole deployment in this process, on ports the system chose, with its storage in memory. */
export interface System extends AsyncDisposable {
  /** POST to a receiver or the query, by the name of its address. */
  post(address: string, path: string, request: PostedBody): Promise<Answer>;
  call(address: string, method: string, message: Uint8Array): Promise<Answer>;
  /** There is no answer. */
  packet(address: string, bytes: Uint8Array): Promise<void>;
  /** The text of an answer of the query. */
  get(path: string): Promise<{ readonly status: number; readonly text: string }>;
  /** @throws when the books do not balance */
  ledger(): Promise<LedgerTotals>;
}

export interface PostedBody {
  readonly type: string;
  readonly body: Uint8Array;
}

const INVALID_ARGUMENT = 3;

export async function startSystem(): Promise<System> {
  const flags = new Map([['log-level', 'silent']]);
  for (const { setting } of listSettings(settingsOfRole(allInOneRole))) {
    if (setting.flag.endsWith('host-port')) flags.set(setting.flag, ':0');
  }
  const running = await startRole(allInOneRole, { flags, env: {}, file: null, fileName: '' });
  const portOf = (name: string): number => {
    const found = running.addresses.find((address) => address.name === name);
    if (found === undefined) throw new Error(`nobody listens as ${name}`);
    return found.port;
  };
  const socket = createSocket('udp4');
  const clients = new Map<string, ReturnType<typeof connectClient>>();
  const clientOf = (address: string): ReturnType<typeof connectClient> => {
    const client = clients.get(address) ?? connectClient(portOf(address));
    clients.set(address, client);
    return client;
  };
  return {
    post: async (address, path, { type, body }) => {
      const response = await fetch(`http://127.0.0.1:${portOf(address)}${path}`, {
        method: 'POST',
        headers: { 'content-type': type },
        body: new Uint8Array(body),
      });
      const text = await response.text();
      if (response.ok) return 'taken';
      return response.status === 400 ? 'refused' : `${response.status} ${text}`;
    },
    call: async (address, method, message) => {
      try {
        await clientOf(address).unary(method, message);
        return 'taken';
      } catch (error) {
        const code = error instanceof Error && 'code' in error ? error.code : undefined;
        return code === INVALID_ARGUMENT ? 'refused' : String(error);
      }
    },
    packet: (address, bytes) =>
      new Promise((resolve, reject) => {
        socket.send(Buffer.from(bytes), portOf(address), '127.0.0.1', (error) => {
          if (error === null) resolve();
          else reject(error);
        });
      }),
    get: async (path) => {
      const response = await fetch(`http://127.0.0.1:${portOf('ui')}${path}`);
      return { status: response.status, text: await response.text() };
    },
    ledger: async () => {
      const metrics = await fetch(`http://127.0.0.1:${portOf('admin')}/metrics`);
      return ledgerOf(await metrics.text());
    },
    [Symbol.asyncDispose]: async () => {
      socket.close();
      for (const client of clients.values()) client[Symbol.dispose]();
      await running.stop();
    },
  };
}
