import { writeFile } from 'node:fs/promises';
import { encodeEmitBatch } from '../test/wire/jaeger/encode-with-npm-thrift.ts';
import type { TestBatch, TestSpan, TestTag } from '../test/wire/jaeger/encode-with-npm-thrift.ts';

export const SPANS_PER_PACKET = 5;
const PACKETS = 64;

/**
 * What Jaeger clients send to an agent: `emitBatch` in compact thrift, 5 spans of 10 tags, 1.8 kB.
 * The same bytes every time.
 */
export function jaegerPackets(): readonly Buffer[] {
  return jaegerBatches().map((batch) => encodeEmitBatch(batch, 'compact'));
}

/** What is in the packets. */
export function jaegerBatches(): readonly TestBatch[] {
  return Array.from({ length: PACKETS }, (_, packet) => ({
    serviceName: `checkout-service-${packet % 4}`,
    processTags: [
      text('hostname', `ip-10-0-0-${packet}`),
      text('ip', `10.0.0.${packet}`),
      text('jaeger.version', 'Java-1.8.1'),
    ],
    spans: Array.from({ length: SPANS_PER_PACKET }, (_unused, index) => span(packet, index)),
  }));
}

/** Writes packets as `udp-sender` reads them: each after its length as four little-endian bytes. */
export async function writePackets(path: string, packets: readonly Buffer[]): Promise<void> {
  const parts = packets.flatMap((packet) => {
    const length = Buffer.alloc(4);
    length.writeUInt32LE(packet.length);
    return [length, packet];
  });
  await writeFile(path, Buffer.concat(parts));
}

function text(key: string, value: string): TestTag {
  return { key, value: { type: 'string', value } };
}

function span(packet: number, index: number): TestSpan {
  const id = BigInt(packet * SPANS_PER_PACKET + index + 1) * 0x9e37_79b9_7f4a_7c15n;
  return {
    traceId: (BigInt(packet + 1) * 0xd6e8_feb8_6659_fd93n) % 2n ** 128n,
    spanId: BigInt.asUintN(64, id),
    parentSpanId: index === 0 ? 0n : BigInt.asUintN(64, id - 0x9e37_79b9_7f4a_7c15n),
    name: `GET /api/v1/orders/{id}/item-${index}`,
    flags: 1,
    startMicros: 1_750_000_000_000_000n + BigInt(packet * 1000 + index),
    durationMicros: 1234n + BigInt(index),
    tags: [
      text('span.kind', index % 2 === 0 ? 'server' : 'client'),
      text('http.method', 'GET'),
      text('http.url', `http://orders:8080/api/orders/${packet * 97}`),
      { key: 'http.status_code', value: { type: 'long', value: 200n } },
      text('component', 'spring-web'),
      text('peer.address', `10.2.3.${packet}:8080`),
      { key: 'sampler.param', value: { type: 'bool', value: true } },
      text('customer.id', `cust-${packet * 31}`),
      text('thread.name', `http-nio-8080-exec-${index}`),
      { key: 'load', value: { type: 'double', value: 0.25 } },
    ],
  };
}
