import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** https://www.rfc-editor.org/rfc/rfc9113#section-6 */
export const FRAME = {
  data: 0,
  headers: 1,
  rstStream: 3,
  settings: 4,
  ping: 6,
  goaway: 7,
  windowUpdate: 8,
  continuation: 9,
} as const;
export const END_HEADERS = 4;

const PREFACE = Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n');
const HEADER_BYTES = 9;

export function frame(type: number, flags: number, stream: number, payload: Uint8Array): Buffer {
  const header = Buffer.alloc(HEADER_BYTES);
  header.writeUIntBE(payload.length, 0, 3);
  header.writeUInt8(type, 3);
  header.writeUInt8(flags, 4);
  header.writeUInt32BE(stream, 5);
  return Buffer.concat([header, payload]);
}

/** A header block of literals without indexing (RFC 7541, 6.2.2). */
export function headerBlock(headers: Readonly<Record<string, string>>): Buffer {
  return Buffer.concat(
    Object.entries(headers).map(([name, value]) =>
      Buffer.concat([
        Buffer.of(0, name.length),
        Buffer.from(name),
        lengthOf(value),
        Buffer.from(value),
      ]),
    ),
  );
}

/** A length with a prefix of seven bits. */
function lengthOf(text: string): Buffer {
  if (text.length < 127) return Buffer.of(text.length);
  const bytes = [127];
  let rest = text.length - 127;
  for (; rest > 127; rest >>= 7) bytes.push((rest & 127) | 128);
  return Buffer.of(...bytes, rest);
}

export const CALL_HEADERS = headerBlock({
  ':method': 'POST',
  ':scheme': 'http',
  ':path': '/test.Echo/Echo',
  ':authority': 'x',
  'content-type': 'application/grpc',
  te: 'trailers',
});

export interface RawClient {
  readonly socket: Socket;
  /** Whether the server has ended the connection. */
  isClosed(): boolean;
  /** Code of the last GOAWAY. */
  goawayCode(): number | undefined;
  /** Writes and waits until it is gone, or the server ended the connection. */
  send(bytes: Uint8Array): Promise<void>;
}

/** A client that speaks frames and obeys no rule. */
export async function connectRaw(port: number): Promise<RawClient> {
  const socket = connect(port, '127.0.0.1');
  let closed = false;
  let goaway: number | undefined;
  let unread = Buffer.alloc(0);
  socket.on('error', () => undefined);
  socket.on('close', () => (closed = true));
  socket.on('data', (chunk: Buffer) => {
    unread = Buffer.concat([unread, chunk]);
    for (;;) {
      if (unread.length < HEADER_BYTES) return;
      const end = HEADER_BYTES + unread.readUIntBE(0, 3);
      if (unread.length < end) return;
      if (unread[3] === FRAME.goaway) goaway = unread.readUInt32BE(HEADER_BYTES + 4);
      unread = unread.subarray(end);
    }
  });
  await once(socket, 'connect');
  socket.write(Buffer.concat([PREFACE, frame(FRAME.settings, 0, 0, Buffer.alloc(0))]));
  return {
    socket,
    isClosed: () => closed,
    goawayCode: () => goaway,
    send: (bytes) =>
      new Promise((resolve) => {
        if (closed) {
          resolve();
          return;
        }
        const done = (): void => {
          socket.off('close', done);
          setImmediate(resolve);
        };
        socket.once('close', done);
        socket.write(bytes, done);
      }),
  };
}
