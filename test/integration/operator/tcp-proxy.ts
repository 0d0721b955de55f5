import { connect, createServer } from 'node:net';
import type { Socket } from 'node:net';

/** Between a client and a server, to be cut. */
export interface TcpProxy {
  readonly port: number;
  /** Connections that were tried while it was cut. */
  readonly refused: number;
  /** Ends every connection and accepts none until `heal`. */
  cut(): void;
  heal(): void;
  close(): Promise<void>;
}

export async function startTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  const sockets = new Set<Socket>();
  let cut = false;
  let refused = 0;
  const track = (socket: Socket): Socket => {
    sockets.add(socket);
    // Either side may be reset at any time; `close` follows and takes the other one along.
    socket.on('error', () => undefined);
    return socket.on('close', () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    track(client);
    if (cut) {
      refused += 1;
      client.destroy();
      return;
    }
    const upstream = track(connect(target.port, target.host));
    client.on('close', () => upstream.destroy());
    upstream.on('close', () => client.destroy());
    client.pipe(upstream).pipe(client);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (typeof address !== 'object' || address === null) throw new Error('no port to listen on');
  const endAll = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return {
    port: address.port,
    get refused() {
      return refused;
    },
    cut: () => {
      cut = true;
      endAll();
    },
    heal: () => {
      cut = false;
    },
    close: async () => {
      endAll();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
