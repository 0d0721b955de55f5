import { once } from 'node:events';
import { connect } from 'node:net';
import type { Socket } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startHttpReceiver } from './otlp-receiver.ts';

const BODY_BYTES_MAX = 1000;
const MIB = 2 ** 20;
const CHUNK = Buffer.alloc(MIB);

interface Client {
  readonly socket: Socket;
  /** Resolves to what the connection ended with; '' for an ordinary end. */
  readonly closed: Promise<string>;
}

async function connected(port: number): Promise<Client> {
  const socket = connect(port, '127.0.0.1');
  onTestFinished(() => {
    socket.destroy();
  });
  await once(socket, 'connect');
  let problem = '';
  const closed = new Promise<string>((resolve) => {
    socket.on('error', (error) => (problem = error.message));
    socket.on('close', () => {
      resolve(problem);
    });
  });
  return { socket, closed };
}

/** Resolves to how many chunks went out before the connection was closed, at most so many. */
async function sendChunks({ socket }: Client, chunks: number): Promise<number> {
  for (let sent = 0; sent < chunks; sent++) {
    if (socket.destroyed) return sent;
    if (socket.write(CHUNK)) continue;
    await new Promise<void>((resolve) => {
      const goOn = (): void => {
        socket.off('drain', goOn).off('close', goOn);
        resolve();
      };
      socket.on('drain', goOn).on('close', goOn);
    });
  }
  return chunks;
}

function headOf(chunks: number, ...lines: readonly string[]): string {
  const length = `content-length: ${chunks * MIB}`;
  const type = 'content-type: application/x-protobuf';
  return ['POST /v1/traces HTTP/1.1', 'host: test', type, length, ...lines, '', ''].join('\r\n');
}

describe('a body that is too large', () => {
  it.each([
    [100, []],
    [100, ['connection: close']],
    [1100, []],
  ])('of %i MiB is answered where its client sees it, with headers %j', async (size, headers) => {
    await using receiver = await startHttpReceiver({ bodyBytesMax: BODY_BYTES_MAX });
    const client = await connected(receiver.port);
    // As Python's and Java's clients do: looks for an answer when everything is sent.
    client.socket.write(headOf(size, ...headers));
    await sendChunks(client, size);
    let answer = '';
    client.socket.on('data', (chunk) => (answer += chunk.toString()));
    expect(await client.closed).toBe('');
    expect(answer).toContain('HTTP/1.1 413 ');
    expect(answer.toLowerCase()).toContain('\r\nconnection: close\r\n');
    expect(answer).toContain('the body is larger than 1000 bytes; send smaller batches');
  });

  it('is not read for ever', async () => {
    await using receiver = await startHttpReceiver({ bodyBytesMax: BODY_BYTES_MAX });
    const client = await connected(receiver.port);
    client.socket.resume();
    client.socket.write(headOf(5000));
    const sent = await sendChunks(client, 1000);
    await client.closed;
    // What the kernel holds for either side comes on top of the 256 MiB.
    expect(sent).toBeGreaterThan(256);
    expect(sent).toBeLessThan(300);
  });
});

describe('a client that asks before it sends a body', () => {
  const ask = async (head: string, until: string): Promise<string> => {
    await using receiver = await startHttpReceiver({ bodyBytesMax: BODY_BYTES_MAX });
    const { socket } = await connected(receiver.port);
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.write(head);
    while (!heard.includes(until)) await once(socket, 'data');
    socket.destroy();
    return heard;
  };
  const EXPECT = 'expect: 100-continue';

  it('hears 413 and nothing else when it would be too large', async () => {
    const answer = await ask(headOf(1, EXPECT), 'smaller batches');
    expect(answer).toMatch(/^HTTP\/1\.1 413 /);
  });

  it.each([
    ['another path', '/v1/traces', '/elsewhere', 404],
    ['another content type', 'x-protobuf', 'x-thrift', 415],
  ])('hears at once that it has %s', async (_what, right, wrong, status) => {
    const head = headOf(1, EXPECT).replace(right, wrong);
    expect(await ask(head, '\r\n\r\n')).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });

  it('hears 100 when it may, and then the answer', async () => {
    await using receiver = await startHttpReceiver({ bodyBytesMax: BODY_BYTES_MAX });
    const { socket } = await connected(receiver.port);
    let heard = '';
    socket.on('data', (chunk) => (heard += chunk.toString()));
    socket.write(headOf(1, EXPECT).replace(String(MIB), '2'));
    while (!heard.includes('\r\n\r\n')) await once(socket, 'data');
    expect(heard).toBe('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(Buffer.from([0x0a, 0x00]));
    while (!heard.includes('HTTP/1.1 200 OK')) await once(socket, 'data');
  });
});

describe('a refused body of an ordinary size', () => {
  it('leaves its connection to the next request', async () => {
    await using receiver = await startHttpReceiver({ bodyBytesMax: 2 * MIB });
    const { socket } = await connected(receiver.port);
    const head = headOf(1).replace('/v1/traces', '/elsewhere');
    let answers = '';
    socket.on('data', (chunk) => (answers += chunk.toString()));
    for (const count of [1, 2]) {
      socket.write(head);
      socket.write(CHUNK);
      while (answers.split('HTTP/1.1 404').length <= count) await once(socket, 'data');
    }
    expect(answers).not.toContain('connection: close');
  });
});
