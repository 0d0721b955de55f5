import { Buffer } from 'node:buffer';
import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { readSync } from 'node:fs';
import { isIPv6 } from 'node:net';
import { systemErrorCode } from '../runtime/errors.ts';
import { ListenError } from '../runtime/listen.ts';
import type { HostPort } from '../runtime/setting.ts';
import { udpDescriptor } from './socket-descriptor.ts';

export interface UdpSocketOptions {
  /** What the port is called in errors. */
  readonly name: string;
  readonly hostPort: HostPort;
  /** 0: as much as the system gives. */
  readonly receiveBufferBytes: number;
  /** Whether other sockets share the port, the kernel choosing one by the sender's address. */
  readonly reusePort: boolean;
  /**
   * A packet has come. Those behind it may be read at once, which takes half of what it takes to be
   * told of each; the others come in calls of their own.
   */
  readonly onPacket: (packet: Buffer, more: ReadPacket) => void;
  readonly onError: (error: Error) => void;
}

/** The next packet that has come, if any, in memory that the call after it uses again. */
export type ReadPacket = () => Buffer | undefined;

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
  let more: ReadPacket = nothingMore;
  socket.on('message', (packet) => {
    options.onPacket(packet, more);
  });
  const port = await bind(socket, hostPort, options.name);
  more = createReader(udpDescriptor(port), options.onError);
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

/** More than any packet of UDP has. */
const PACKET_BYTES_MAX = 65_536;

const nothingMore: ReadPacket = () => undefined;

function createReader(descriptor: number | undefined, onError: (error: Error) => void): ReadPacket {
  if (descriptor === undefined) return nothingMore;
  const memory = Buffer.allocUnsafeSlow(PACKET_BYTES_MAX);
  let hasFailed = false;
  return () => {
    if (hasFailed) return undefined;
    try {
      return memory.subarray(0, readSync(descriptor, memory, 0, PACKET_BYTES_MAX, null));
    } catch (error) {
      // Nothing is there, and Node's sockets do not wait.
      if (systemErrorCode(error) === 'EAGAIN') return undefined;
      hasFailed = true;
      onError(new Error('packets are read one by one from now on', { cause: error }));
      return undefined;
    }
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
