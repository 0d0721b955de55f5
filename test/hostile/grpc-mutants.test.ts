import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { createMessageReader } from '../../src/runtime/grpc/message-reader.ts';
import { RefusedError } from '../../src/runtime/grpc/refused-error.ts';
import { FIXED_PIECES } from '../harness/mutate.ts';
import { proveDecoder } from './prove-decoder.ts';

const BYTES_MAX = 64 * 1024;
const MESSAGES_MAX = 4;
/** As `ROOM_FACTOR` and `ROOM_FIRST_BYTES` of the reader promise. */
const ROOM_PER_BYTE = 16;
const ROOM_FREE = 16 * 1024;

function frame(message: string, flag = 0): Buffer {
  const prefix = Buffer.alloc(5);
  prefix.writeUInt8(flag);
  prefix.writeUInt32BE(message.length, 1);
  return Buffer.concat([prefix, Buffer.from(message)]);
}

describe('damaged gRPC framing', { timeout: 120_000 }, () => {
  it('gives messages of the bytes that came, in memory in proportion, or is refused', () => {
    const tally = proveDecoder({
      seed: 10,
      corpus: [
        Buffer.concat([frame('first'), frame('x'.repeat(200), 1), frame('')]),
        Buffer.concat(['a', 'b', 'c', 'd'].map((text) => frame(text))),
      ],
      pieces: FIXED_PIECES,
      decode: readFrames,
      isRefusal: (error) => error instanceof RefusedError,
    });
    expect(tally.accepted).toBeGreaterThan(10_000);
    expect(tally.refused).toBeGreaterThan(10_000);
  });
});

/** Pushes the bytes in chunks of a size they decide on themselves. */
function readFrames(bytes: Buffer): void {
  let leased = 0;
  let messageBytes = 0;
  let messages = 0;
  const reader = createMessageReader({
    bytesMax: BYTES_MAX,
    messagesMax: MESSAGES_MAX,
    budget: {
      lease: () => ({
        room: () => undefined,
        turn: () => Promise.resolve(),
        grow: (size) => {
          leased += size;
        },
        release: () => undefined,
      }),
    },
    onMessage: (message) => {
      messages += 1;
      messageBytes += message.bytes.length;
    },
  });
  const chunkBytes = 1 + (((bytes[0] ?? 0) ^ (bytes.at(-1) ?? 0)) % 64);
  for (let at = 0; at < bytes.length; at += chunkBytes) {
    reader.push(bytes.subarray(at, at + chunkBytes));
  }
  if (messages > MESSAGES_MAX || messageBytes > bytes.length) throw new Error('too much was read');
  if (leased > ROOM_PER_BYTE * bytes.length + messages * ROOM_FREE + ROOM_FREE) {
    throw new Error(`${leased} bytes were leased for ${bytes.length}`);
  }
  reader.release();
}
