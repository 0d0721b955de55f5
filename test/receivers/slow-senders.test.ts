import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { encodeSpans } from '../../src/wire/otlp/encode-trace.ts';
import { aSpan } from '../harness/a-span.ts';
import { startHttpReceiver } from './otlp-receiver.ts';
import type { StartedReceiver } from './otlp-receiver.ts';

const BODY = Buffer.from(encodeSpans([aSpan()]));
const TYPE = 'application/x-protobuf';
const HEAD =
  `POST /v1/traces HTTP/1.1\r\nhost: test\r\ncontent-type: ${TYPE}\r\n` +
  `content-length: ${BODY.length}\r\n\r\n`;
const TIMED_OUT = 'HTTP/1.1 408 Request Timeout\r\nconnection: close\r\n\r\n';
/** As long as a collector waits for headers unless told otherwise. */
const SILENT_MS = 5000;
const LIMITS = {
  headersTimeoutMs: SILENT_MS,
  requestTimeoutMs: SILENT_MS + 1000,
  idleTimeoutMs: SILENT_MS,
  connectionsMax: 100,
};
/** Of the server's own looks at the time, and of a busy machine. */
const LATE_MS = 4000;

interface Sender extends Disposable {
  send(bytes: string | Buffer): void;
  heard(): string;
  /** Resolves when the server has hung up. */
  readonly closed: Promise<unknown>;
}

async function connected({ port }: StartedReceiver): Promise<Sender> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (chunk) => (text += chunk.toString('latin1')));
  const closed = once(socket, 'close');
  await once(socket, 'connect');
  return {
    send: (bytes) => socket.write(bytes),
    heard: () => text,
    closed,
    [Symbol.dispose]: () => {
      socket.destroy();
    },
  };
}

/** Others send all the while; resolves to how many of their requests were not answered 200. */
async function othersUntil(done: Promise<unknown>, { port }: StartedReceiver): Promise<number> {
  const end = done.then(() => true);
  let failed = 0;
  while (!(await Promise.race([end, sleep(100, false)]))) {
    const headers = { 'content-type': TYPE };
    const url = `http://127.0.0.1:${port}/v1/traces`;
    const { status } = await fetch(url, { method: 'POST', headers, body: BODY });
    if (status !== 200) failed += 1;
  }
  return failed;
}

async function slowEnds(receiver: StartedReceiver): Promise<string | undefined> {
  const text = await receiver.metrics.metrics();
  return /server="otlp http",reason="slow"} (\d+)/.exec(text)?.[1];
}

describe.concurrent('a sender that falls silent for 5 seconds', () => {
  it.each([
    ['its headers', HEAD.slice(0, -4), SILENT_MS],
    ['its body', HEAD + 'x', LIMITS.requestTimeoutMs],
  ])(
    'in %s is told 408 in time and hung up on, and others are served',
    async (_where, sent, ms) => {
      await using receiver = await startHttpReceiver({ http: { limits: LIMITS } });
      using sender = await connected(receiver);
      const start = performance.now();
      sender.send(sent);
      expect(await othersUntil(sender.closed, receiver)).toBe(0);
      const tookMs = performance.now() - start;
      expect(sender.heard()).toBe(TIMED_OUT);
      expect(tookMs).toBeGreaterThan(ms - 100);
      expect(tookMs).toBeLessThan(ms + LATE_MS);
      expect(await slowEnds(receiver)).toBe('1');
    },
    30_000,
  );

  it('in its body, and goes on, is served like others', async () => {
    const limits = { ...LIMITS, requestTimeoutMs: 30_000 };
    await using receiver = await startHttpReceiver({ http: { limits } });
    using sender = await connected(receiver);
    sender.send(HEAD);
    sender.send(BODY.subarray(0, 10));
    expect(await othersUntil(sleep(SILENT_MS), receiver)).toBe(0);
    expect(sender.heard()).toBe('');
    const before = receiver.spans.length;
    sender.send(BODY.subarray(10));
    while (!sender.heard().startsWith('HTTP/1.1 200 OK\r\n')) await sleep(20);
    expect(receiver.spans.length - before).toBe(1);
    expect(await slowEnds(receiver)).toBeUndefined();
  }, 30_000);
});
