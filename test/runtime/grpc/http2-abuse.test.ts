import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { ECHO, connectClient } from './grpc-harness.ts';
import type { TestClient } from './grpc-harness.ts';
import { CALL_HEADERS, END_HEADERS, FRAME, connectRaw, frame, headerBlock } from './raw-frames.ts';
import type { RawClient } from './raw-frames.ts';

const MIB = 2 ** 20;
const NOTHING = Buffer.alloc(0);

interface EchoProcess extends AsyncDisposable {
  readonly port: number;
  rss(): Promise<number>;
}

async function startEchoProcess(): Promise<EchoProcess> {
  // Objects that die young shall not fill what is measured: they may take three times this, in MiB.
  const child = spawn(
    process.execPath,
    ['--max-semi-space-size=2', 'test/runtime/grpc/echo-server.ts'],
    { stdio: ['pipe', 'pipe', 'inherit'] },
  );
  const exited = once(child, 'exit');
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const nextNumber = async (): Promise<number> => Number((await lines.next()).value);
  return {
    port: await nextNumber(),
    rss: () => {
      child.stdin.write('rss\n');
      return nextNumber();
    },
    [Symbol.asyncDispose]: async () => {
      child.stdin.end();
      await exited;
    },
  };
}

async function warmUp(bystander: TestClient): Promise<void> {
  for (let round = 0; round < 300; round += 1) {
    await bystander.unary(ECHO, Buffer.alloc(10_000));
  }
}

function stream(turn: number): number {
  return 2 * turn + 1;
}

/** What an abuser sends the `turn`th time. */
const ABUSES: readonly (readonly [string, (turn: number) => Buffer])[] = [
  [
    'resets of streams it has just opened',
    (turn) =>
      Buffer.concat([
        frame(FRAME.headers, END_HEADERS, stream(turn), CALL_HEADERS),
        frame(FRAME.rstStream, 0, stream(turn), Buffer.alloc(4, 8)),
      ]),
  ],
  [
    'headers that never end',
    (turn) =>
      turn === 0
        ? frame(FRAME.headers, 0, 1, CALL_HEADERS)
        : frame(FRAME.continuation, 0, 1, headerBlock({ [`x-${turn}`]: 'x'.repeat(1000) })),
  ],
  ['pings', () => frame(FRAME.ping, 0, 0, Buffer.alloc(8))],
  ['settings', () => frame(FRAME.settings, 0, 0, NOTHING)],
  [
    'more streams than allowed',
    (turn) => frame(FRAME.headers, END_HEADERS, stream(turn), CALL_HEADERS),
  ],
];

async function abuse(client: RawClient, make: (turn: number) => Buffer): Promise<number> {
  let turn = 0;
  while (!client.isClosed() && turn < 200_000) {
    const batch: Buffer[] = [];
    for (let count = 0; count < 50; count += 1) batch.push(make(turn++));
    await client.send(Buffer.concat(batch));
  }
  return turn;
}

describe('a client that abuses HTTP/2', () => {
  it.each(ABUSES)('is cut off for %s, and others are served', async (_what, make) => {
    await using server = await startEchoProcess();
    using bystander = connectClient(server.port);
    await warmUp(bystander);
    const before = await server.rss();
    const client = await connectRaw(server.port);
    const turns = await abuse(client, make);
    expect(client.isClosed()).toBe(true);
    expect(turns).toBeLessThan(200_000);
    expect(await bystander.unary(ECHO, Buffer.from('still'))).toEqual(Buffer.from('still'));
    expect((await server.rss()) - before).toBeLessThan(20 * MIB);
    client.socket.destroy();
  });

  it('is cut off for header lists over the limit, and others are served', async () => {
    await using server = await startEchoProcess();
    using bystander = connectClient(server.port);
    await warmUp(bystander);
    const before = await server.rss();
    const client = await connectRaw(server.port);
    const big = headerBlock({ 'x-big': 'x'.repeat(15_000) });
    for (let turn = 0; turn < 20_000 && !client.isClosed(); turn += 1) {
      const call = frame(FRAME.headers, 0, stream(turn), Buffer.concat([CALL_HEADERS, big]));
      const more = frame(FRAME.continuation, END_HEADERS, stream(turn), big);
      await client.send(Buffer.concat([call, more]));
    }
    expect(client.isClosed()).toBe(true);
    expect(await bystander.unary(ECHO, Buffer.from('still'))).toEqual(Buffer.from('still'));
    expect((await server.rss()) - before).toBeLessThan(20 * MIB);
    client.socket.destroy();
  });

  it('hoards streams that send nothing for as long as a message may take, and little memory', async () => {
    await using server = await startEchoProcess();
    using bystander = connectClient(server.port);
    await warmUp(bystander);
    const before = await server.rss();
    const client = await connectRaw(server.port);
    const calls = Array.from({ length: 1000 }, (_, turn) =>
      Buffer.concat([
        frame(FRAME.headers, END_HEADERS, stream(turn), CALL_HEADERS),
        // A message of 1 MiB is announced, one byte of it sent.
        frame(FRAME.data, 0, stream(turn), Buffer.of(0, 0, 16, 0, 0, 1)),
      ]),
    );
    await client.send(Buffer.concat(calls));
    await bystander.unary(ECHO, Buffer.from('still'));
    expect((await server.rss()) - before).toBeLessThan(20 * MIB);
    const again = (): Promise<Buffer> => bystander.unary(ECHO, Buffer.from('still'));
    await new Promise((resolve) => setTimeout(resolve, 2000));
    expect(await again()).toEqual(Buffer.from('still'));
    client.socket.destroy();
  });
});
