import type { Buffer } from 'node:buffer';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { ListenError } from '../runtime/listen.ts';
import type { HostPort } from '../runtime/setting.ts';

export interface UdpSocketOptions {
  /** What the port is called in errors. */
  readonly name: string;
  readonly hostPort: HostPort;
  /** 0: as much as the system gives. */
  readonly receiveBufferBytes: number;
  /** Whether other sockets share the port, the kernel choosing one by the sender's address. */
  readonly reusePort: boolean;
  readonly onPacket: (packet: Buffer) => void;
  readonly onError: (error: Error) => void;
}

export interface UdpSocket {
  readonly port: number;
  /** As the kernel counts: twice what can be asked for, since its own records take room too. */
  readonly receiveBufferBytes: number;
  close(): Promise<void>;
}

/** What is asked for when nothing is set; the system cuts it to net.core.rmem_max. */
const RECEIVE_BUFFER_BYTES = 16 * 1024 * 1024;

/** @throws ListenError */
export async function openUdpSocket(options: UdpSocketOptions): Promise<UdpSocket> {
  const { hostPort, reusePort } = options;
  const socket = createSocket({ type: isIPv6(hostPort.host) ? 'udp6' : 'udp4', reusePort });
  socket.on('message', options.onPacket);
  const port = await bind(socket, hostPort, options.name);
  socket.on('error', options.onError);
  socket.setRecvBufferSize(options.receiveBufferBytes || RECEIVE_BUFFER_BYTES);
  return {
    port,
    receiveBufferBytes: socket.getRecvBufferSize(),
    close: () =>
      new Promise((resolve) => {
        socket.close(() => {
          resolve();
        });
      }),
  };
}

function bind(socket: Socket, hostPort: HostPort, name: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const onError = (error: Error): void => {
      socket.close();
      reject(new ListenError(name, hostPort, error));
    };
    socket.once('error', onError);
    socket.bind({ address: hostPort.host, port: hostPort.port }, () => {
      socket.off('error', onError);
      resolve(socket.address().port);
    });
  });
}
