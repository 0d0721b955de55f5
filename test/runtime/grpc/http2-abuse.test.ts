import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { constants } from 'node:http2';
import { createInterface } from 'node:readline';
import { describe, expect, it } from 'vitest';
import { ECHO, connectClient, startTestServer } from './grpc-harness.ts';
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

function cancelledCall(turn: number): Buffer {
  return Buffer.concat([
    frame(FRAME.headers, END_HEADERS, stream(turn), CALL_HEADERS),
    frame(FRAME.rstStream, 0, stream(turn), Buffer.alloc(4, constants.NGHTTP2_CANCEL)),
  ]);
}

/** What an abuser sends the `turn`th time, and what the log says of it. */
const ABUSES: readonly (readonly [string, (turn: number) => Buffer, string])[] = [
  ['resets of streams it has just opened', cancelledCall, 'too many cancelled calls'],
  [
    'headers that never end',
    (turn) =>
      turn === 0
        ? frame(FRAME.headers, 0, 1, CALL_HEADERS)
        : frame(FRAME.continuation, 0, 1, headerBlock({ [`x-${turn}`]: 'x'.repeat(1000) })),
    'Too many CONTINUATION frames following a HEADER frame',
  ],
  ['pings', () => frame(FRAME.ping, 0, 0, Buffer.alloc(8)), 'too many pings and settings'],
  ['settings', () => frame(FRAME.settings, 0, 0, NOTHING), 'too many pings and settings'],
  [
    'more streams than allowed',
    (turn) => frame(FRAME.headers, END_HEADERS, stream(turn), CALL_HEADERS),
    'Too many invalid HTTP/2 frames',
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

  it.each(ABUSES)('is in the books and once in the log for %s', async (_what, make, why) => {
    const lines: object[] = [];
    const logger = { warn: (line: object) => lines.push(line) };
    await using server = await startTestServer({ logger });
    const client = await connectRaw(server.port);
    await abuse(client, make);
    expect(lines).toEqual([{ server: 'test grpc', client: '127.0.0.1', why }]);
    expect(await server.metrics()).toContain(
      'jaeger_connections_ended_total{server="test grpc",reason="abuse"} 1\n',
    );
    client.socket.destroy();
  });

  it('is not taken for one that cancels a few hundred calls', async () => {
    await using server = await startTestServer();
    const client = await connectRaw(server.port);
    const cancelled = Array.from({ length: 900 }, (_, turn) => cancelledCall(turn));
    await client.send(Buffer.concat(cancelled));
    using bystander = connectClient(server.port);
    await bystander.unary(ECHO, Buffer.from('still'));
    expect(client.isClosed()).toBe(false);
    expect(await server.metrics()).not.toContain('reason="abuse"');
    client.socket.destroy();
  });

  it('is told to calm down', async () => {
    await using server = await startTestServer();
    const client = await connectRaw(server.port);
    await abuse(client, cancelledCall);
    expect(client.goawayCode()).toBe(constants.NGHTTP2_ENHANCE_YOUR_CALM);
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
