import { Buffer } from 'node:buffer';
import { createHash } from 'node:crypto';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { connect } from 'node:net';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createByteBudget } from '../../src/pipeline/byte-budget.ts';
import { readBody } from '../../src/receivers/http-body.ts';

const BODY_BYTES_MAX = 40 * 2 ** 20;

let server: Server;
let port: number;

beforeEach(async () => {
  const budget = createByteBudget(2 * BODY_BYTES_MAX, new Registry());
  server = createServer((request, response) => {
    const lease = budget.lease();
    void readBody(request, { bytesMax: BODY_BYTES_MAX, lease }).then((body) => {
      lease.release();
      response.end(JSON.stringify([body.length, body.buffer.byteLength, digestOf(body)]));
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  port = typeof address === 'object' && address !== null ? address.port : 0;
});

afterEach(() => {
  server.close();
});

function digestOf(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex');
}

/** No two parts of it are alike. */
function bodyOf(size: number): Buffer {
  const body = Buffer.allocUnsafe(size);
  for (let at = 0; at < size; at += 1) body[at] = (at * 31 + (at >>> 8) * 17 + (at >>> 16)) & 0xff;
  return body;
}

/** Length, memory and digest of a body as it was read. */
async function sent(body: Buffer, isDeclared: boolean): Promise<unknown> {
  const headers = isDeclared ? {} : { 'content-type': 'text/plain' };
  const response = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    headers,
    ...(isDeclared
      ? { body }
      : { body: new Blob([new Uint8Array(body)]).stream(), duplex: 'half' }),
  });
  return response.json();
}

describe('reading a body', () => {
  it('takes every byte in its place, however long it is', async () => {
    for (const size of [1, 1000, 65_536, 300_000, 2 ** 20 + 1, 17 * 2 ** 20 + 5]) {
      const body = bodyOf(size);
      expect(await sent(body, true)).toEqual([size, size, digestOf(body)]);
    }
  });

  it('takes a body that does not say its size in memory at most twice as large', async () => {
    for (const size of [1, 70_000, 3_000_000]) {
      const body = bodyOf(size);
      const [length, room, digest] = partsOf(await sent(body, false));
      expect([length, digest]).toEqual([size, digestOf(body)]);
      expect(Number(room)).toBeLessThanOrEqual(2 * size);
    }
  });

  it('takes a body that comes byte by byte', async () => {
    const body = bodyOf(3000);
    const socket = connect(port, '127.0.0.1').setNoDelay(true);
    socket.write(`POST / HTTP/1.1\r\nhost: test\r\ncontent-length: ${body.length}\r\n\r\n`);
    for (let at = 0; at < body.length; at += 100) {
      socket.write(body.subarray(at, at + 100));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const answer = await new Promise<string>((resolve) => {
      socket.once('data', (bytes) => {
        resolve(bytes.toString());
      });
    });
    socket.destroy();
    expect(answer).toContain(digestOf(body));
  });
});

function partsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
