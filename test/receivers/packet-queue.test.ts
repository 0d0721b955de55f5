import { Buffer } from 'node:buffer';
import { expect, it } from 'vitest';
import { createPacketQueue } from '../../src/receivers/packet-queue.ts';
import type { PacketQueue } from '../../src/receivers/packet-queue.ts';
import { systemClock } from '../../src/runtime/clock.ts';
import { decodeSpans } from '../../src/wire/otlp/decode-trace.ts';
import { encodeEmitBatch } from '../wire/jaeger/encode-with-npm-thrift.ts';

function packet(name: string): Buffer {
  const span = { traceId: 7n, spanId: 1n, parentSpanId: 0n, name, flags: 1 };
  const spans = [{ ...span, startMicros: 1_700_000_000_000_000n, durationMicros: 5n }];
  return encodeEmitBatch({ serviceName: 'svc', spans }, 'compact');
}

interface Outcome {
  readonly queue: PacketQueue;
  /** Names of the spans of each batch. */
  readonly batches: string[][];
  readonly books: { processed: number; malformed: number; dropped: string[] };
}

function start(deliver: () => Promise<void> = () => Promise.resolve()): Outcome {
  const batches: string[][] = [];
  const books: Outcome['books'] = { processed: 0, malformed: 0, dropped: [] };
  const options = { queuePacketsMax: 3, packetBytesMax: 200, workers: 1 };
  const queue = createPacketQueue(
    { encoding: 'compact', model: 'jaeger', ...options },
    {
      deliver: ({ otlp }) => {
        batches.push(decodeSpans(otlp).map(({ name }) => name));
        return deliver();
      },
      books: {
        packetSize: () => undefined,
        processed: (packets) => {
          books.processed += packets;
        },
        malformed: (packets) => {
          books.malformed += packets;
        },
        dropped: (reason) => {
          books.dropped.push(reason);
        },
        readError: () => undefined,
      },
      onClientReport: () => undefined,
      clock: systemClock,
      warn: () => undefined,
    },
  );
  return { queue, batches, books };
}

/** A reader that gives the packets out in one piece of memory, as sockets do. */
function readerOf(packets: Buffer[]): () => Buffer | undefined {
  const memory = Buffer.alloc(1024);
  return () => {
    const next = packets.shift();
    if (next === undefined) return undefined;
    next.copy(memory);
    return memory.subarray(0, next.length);
  };
}

it('reads on behind the second packet of a turn, and books each that it reads', async () => {
  const { queue, batches, books } = start();
  const behind = [packet('c'), Buffer.from('garbage'), Buffer.alloc(300), packet('d')];
  const more = readerOf(behind);
  queue.push(packet('a'), more);
  expect(behind).toHaveLength(4);
  queue.push(packet('b'), more);
  expect(behind).toHaveLength(0);
  await queue.drained();
  expect(batches).toEqual([['a', 'b', 'c', 'd']]);
  expect(books).toEqual({ processed: 4, malformed: 1, dropped: ['too_large'] });
});

it('reads no more in one turn than takes a few milliseconds', async () => {
  const { queue, books } = start();
  const behind = Array.from({ length: 2000 }, () => packet('x'));
  const more = readerOf(behind);
  const push = async (): Promise<void> => {
    queue.push(packet('a'), more);
    queue.push(packet('b'), more);
    await Promise.resolve();
    await queue.drained();
  };
  for (let round = 0; round < 5; round += 1) await push();
  expect(2000 - behind.length).toBe(256);
  await new Promise(setImmediate);
  await push();
  expect(2000 - behind.length).toBeGreaterThan(256);
  expect(books.processed).toBe(2000 - behind.length + 12);
});

it('leaves packets where they are while every batch allowed is under way', async () => {
  const { promise, resolve } = Promise.withResolvers<undefined>();
  const { queue, batches, books } = start(() => promise);
  const behind = [packet('c')];
  const more = readerOf(behind);
  queue.push(packet('a'));
  queue.push(packet('b'));
  for (let count = 0; count < 4; count += 1) queue.push(packet('later'), more);
  expect(batches).toEqual([['a', 'b']]);
  expect(behind).toHaveLength(1);
  expect(books.dropped).toEqual(['queue_full']);
  resolve(undefined);
  await queue.drained();
  expect(batches).toEqual([
    ['a', 'b'],
    ['later', 'later', 'later'],
  ]);
  expect(books.processed).toBe(5);
});
