import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

/** A path between a client and a server that fails in the ways networks do. */
export interface FaultyTcpProxy {
  readonly port: number;
  /** Resets every open connection; new ones work. */
  reset(): void;
  /** Resets every connection, the new ones too, until `heal`. */
  cut(): void;
  /**
   * Carries no byte and no end of any connection until `heal`. Those of before stay dead for good,
   * as when a firewall has forgotten them; those that were tried meanwhile then go on.
   */
  stall(): void;
  heal(): void;
  close(): Promise<void>;
}

interface Pair {
  readonly client: Socket;
  readonly upstream: Socket;
}

/** Listens on a port of its own. */
export async function startFaultyTcpProxy(target: {
  readonly host: string;
  readonly port: number;
}): Promise<FaultyTcpProxy> {
  let state: 'works' | 'cut' | 'stalled' = 'works';
  const open = new Set<Pair>();
  /** Tried during a stall. */
  const waiting: Socket[] = [];

  const join = (client: Socket): void => {
    const upstream = connect(target.port, target.host);
    const pair = { client, upstream };
    open.add(pair);
    upstream.on('error', () => client.destroy());
    client.on('error', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.on('close', () => {
      upstream.destroy();
      open.delete(pair);
    });
    client.pipe(upstream).pipe(client);
  };
  const resetAll = (): void => {
    for (const { client } of open) client.resetAndDestroy();
    for (const client of waiting.splice(0)) client.resetAndDestroy();
  };
  const server = createServer({ pauseOnConnect: true }, (client) => {
    if (state === 'cut') client.resetAndDestroy();
    else if (state === 'works') join(client);
    else {
      client.on('error', () => client.destroy());
      waiting.push(client);
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port to listen on');
  return {
    port: address.port,
    reset: resetAll,
    cut: () => {
      state = 'cut';
      resetAll();
    },
    stall: () => {
      state = 'stalled';
      for (const { client, upstream } of open) {
        client.unpipe(upstream);
        upstream.unpipe(client);
        client.pause();
        upstream.pause();
      }
    },
    heal: () => {
      state = 'works';
      for (const client of waiting.splice(0)) {
        if (!client.destroyed) join(client);
      }
    },
    close: async () => {
      resetAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
