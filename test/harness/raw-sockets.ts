import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** Many sockets to one port, none of which reads unless it is told to. */
export interface RawSockets extends Disposable {
  readonly sockets: readonly Socket[];
  /** How many the server has not ended. */
  open(): number;
  destroy(): void;
}

/** Resolves when each one is connected, or was ended by the server. */
export async function openSockets(port: number, count: number): Promise<RawSockets> {
  let open = 0;
  const sockets: Socket[] = [];
  const settled = Array.from({ length: count }, () => {
    const socket = connect(port, '127.0.0.1');
    sockets.push(socket);
    open += 1;
    socket.once('close', () => {
      open -= 1;
    });
    // An end by the server is seen only by those who read; an error is one of the ways to end.
    socket.on('error', () => socket.destroy());
    socket.resume();
    return new Promise<void>((resolve) => {
      socket.once('connect', () => {
        resolve();
      });
      socket.once('close', () => {
        resolve();
      });
    });
  });
  await Promise.all(settled);
  const destroy = (): void => {
    for (const socket of sockets) socket.destroy();
  };
  return { sockets, open: () => open, destroy, [Symbol.dispose]: destroy };
}
